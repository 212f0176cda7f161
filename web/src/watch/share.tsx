import { Check, Copy, Share2 } from "lucide-react";
import { type RefObject, useId, useState } from "react";
import type { Video } from "../api/client";
import { atTime } from "../player/time";
import { Button } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { formatClock } from "../ui/format";
import { Notice } from "../ui/notice";
import styles from "./share.module.css";
import { embedCode } from "./words";

export function ShareButton({ video, position }: { video: Video; position: RefObject<number> }) {
  const [at, setAt] = useState<number | null>(null);
  return (
    <>
      <Button icon={Share2} onClick={() => setAt(Math.floor(position.current))}>
        Share
      </Button>
      {at !== null && <ShareDialog video={video} at={at} onClose={() => setAt(null)} />}
    </>
  );
}

function ShareDialog({ video, at, onClose }: { video: Video; at: number; onClose: () => void }) {
  const [here, setHere] = useState(false);
  const { origin } = window.location;
  const start = here ? at : 0;
  return (
    <Dialog title="Share" onClose={onClose} actions={<Button onClick={onClose}>Done</Button>}>
      {video.visibility === "private" && (
        <Notice kind="warning">This video is private: nobody but you can see it, with the link or without.</Notice>
      )}
      <CopyField label="Link" text={atTime(`${origin}/watch/${video.id}`, start)} />
      <CopyField label="Code for your page" text={embedCode(origin, video, start)} />
      {at > 0 && (
        <label className={styles.here}>
          <input type="checkbox" checked={here} onChange={(event) => setHere(event.target.checked)} />
          Begin at {formatClock(at)}
        </label>
      )}
    </Dialog>
  );
}

function CopyField({ label, text }: { label: string; text: string }) {
  const id = useId();
  const [copied, setCopied] = useState<string | null>(null);
  const [failed, setFailed] = useState(false);
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => setCopied(text),
      () => setFailed(true),
    );
  const isCopied = copied === text;
  return (
    <div className={styles.field}>
      <label htmlFor={id}>{label}</label>
      <div className={styles.line}>
        <input id={id} readOnly value={text} onFocus={(event) => event.target.select()} />
        <Button icon={isCopied ? Check : Copy} aria-label={`Copy: ${label}`} onClick={() => void copy()}>
          {isCopied ? "Copied" : "Copy"}
        </Button>
      </div>
      {failed && <p>The browser doesn’t let this page copy. Select the text and copy it yourself.</p>}
    </div>
  );
}
