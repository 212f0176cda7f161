import { Pause, Play, RotateCw, SquarePlay, Trash2, X } from "lucide-react";
import { useState } from "react";
import { Button, ButtonLink, IconButton } from "../ui/button";
import { CopyButton } from "../ui/copy_button";
import { Dialog } from "../ui/dialog";
import { formatBytes } from "../ui/format";
import { ProgressBar } from "../ui/progress_bar";
import { chooseFiles } from "./choose_files";
import { isFar, isSending, sentShare, statusText, type UploadRow } from "./row";
import { RowDetails } from "./row_details";
import styles from "./upload_row.module.css";
import { uploads } from "./uploads";

const isBad = ({ phase }: UploadRow) =>
  phase.kind === "refused" || phase.kind === "broken" || phase.kind === "failed";

export function UploadRowView({ row }: { row: UploadRow }) {
  const { phase } = row;
  const troubled = phase.kind === "sending" && phase.trouble !== null;
  const look = isBad(row) ? styles.bad : troubled || phase.kind === "file_needed" ? styles.troubled : "";
  return (
    <li className={styles.row} data-phase={phase.kind} aria-label={row.title}>
      <div className={styles.top}>
        {phase.kind === "refused" ? (
          <h2 className={styles.filename}>{row.filename}</h2>
        ) : (
          <RowDetails key={row.title} row={row} />
        )}
        <Ending row={row} />
      </div>
      {phase.kind !== "refused" && <Timeline row={row} />}
      <div className={styles.bottom}>
        <p className={`${styles.status} ${look}`}>{statusText(row)}</p>
        <Actions row={row} />
      </div>
      {row.problem && (
        <p className={`${styles.status} ${styles.bad}`} role="alert">
          {row.problem}
        </p>
      )}
    </li>
  );
}

// Upload and encoding, one after the other on one line.
function Timeline({ row }: { row: UploadRow }) {
  const { phase } = row;
  const ended = phase.kind === "complete";
  const encoded = phase.kind === "encoding" ? phase.progress : ended ? 1 : 0;
  return (
    <div className={styles.timeline}>
      <ProgressBar value={sentShare(row)} label={`Upload of ${row.title}`} />
      <ProgressBar value={encoded} label={`Encoding of ${row.title}`} />
    </div>
  );
}

function Actions({ row }: { row: UploadRow }) {
  const { phase, id } = row;
  const watchable = phase.kind === "complete" || (phase.kind === "encoding" && phase.playable);
  const retry = () => uploads.act((engine) => engine.resume(id));
  return (
    <div className={styles.actions}>
      {isSending(row) && (
        <Button icon={Pause} onClick={() => uploads.act((engine) => engine.pause(id))}>
          Pause
        </Button>
      )}
      {phase.kind === "sending" && phase.trouble && phase.trouble !== "signed_out" && (
        <Button icon={RotateCw} onClick={() => uploads.act((engine) => engine.wake())}>
          Try now
        </Button>
      )}
      {phase.kind === "paused" && (
        <Button look="primary" icon={Play} onClick={retry}>
          Resume
        </Button>
      )}
      {phase.kind === "broken" && (
        <Button look="primary" icon={RotateCw} onClick={retry}>
          Try again
        </Button>
      )}
      {phase.kind === "file_needed" && (
        <Button look="primary" onClick={() => chooseFiles({ several: false }, (files) => giveFile(id, files))}>
          Choose the file
        </Button>
      )}
      {phase.kind === "failed" && phase.canRetry && (
        <Button look="primary" icon={RotateCw} onClick={() => uploads.act((engine) => void engine.retryEncoding(id))}>
          Try again
        </Button>
      )}
      {phase.kind === "failed" && (
        <Button icon={Trash2} onClick={() => uploads.act((engine) => void engine.deleteVideo(id))}>
          Remove
        </Button>
      )}
      {row.videoId && (phase.kind === "encoding" || phase.kind === "complete") && (
        <CopyButton label="Copy link" text={`${window.location.origin}/watch/${row.videoId}`} />
      )}
      {row.videoId && watchable && (
        <ButtonLink href={`/watch/${row.videoId}`} look="primary" icon={SquarePlay}>
          Watch
        </ButtonLink>
      )}
    </div>
  );
}

function giveFile(id: string, [file]: File[]) {
  if (file) uploads.act((engine) => engine.giveFile(id, file));
}

// The corner: cancel what isn't uploaded yet, put away what has come to its end.
function Ending({ row }: { row: UploadRow }) {
  const [asking, setAsking] = useState(false);
  const { phase, id } = row;
  if (phase.kind === "encoding" || phase.kind === "failed") return null;
  if (phase.kind === "refused" || phase.kind === "complete") {
    return <IconButton label="Remove from this list" icon={X} onClick={() => uploads.dismiss(id)} />;
  }
  const cancel = () => uploads.act((engine) => engine.cancel(id));
  return (
    <>
      <IconButton label="Cancel upload" icon={X} onClick={() => (isFar(row) ? setAsking(true) : cancel())} />
      {asking && (
        <Dialog
          title="Cancel this upload?"
          onClose={() => setAsking(false)}
          actions={
            <>
              <Button onClick={() => setAsking(false)}>Go on uploading</Button>
              <Button look="danger" onClick={cancel}>
                Cancel upload
              </Button>
            </>
          }
        >
          <p>
            {formatBytes(row.sentBytes)} of “{row.title}” are on the server already. They are removed.
          </p>
        </Dialog>
      )}
    </>
  );
}

