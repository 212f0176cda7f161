import { Plus, UploadCloud } from "lucide-react";
import { useCallback } from "react";
import { RequireAccount } from "../account/require_account";
import { useInstance } from "../api/instance";
import { useUser } from "../api/session";
import { Page } from "../layout/page";
import { Button } from "../ui/button";
import { formatBytes } from "../ui/format";
import { useToast } from "../ui/toasts";
import { chooseFiles } from "./choose_files";
import { DropAnywhere } from "./drop_area";
import styles from "./upload_page.module.css";
import { UploadRowView } from "./upload_row";
import { uploads, useUploads } from "./uploads";

export default function UploadPage() {
  const rows = useUploads();
  const user = useUser();
  // A session that ended takes nobody's uploads off the page; the header says what to do.
  const stranded = user === null && rows.length > 0;
  return (
    <Page title="Upload" width="narrow">
      {stranded ? (
        <Rows />
      ) : (
        <RequireAccount reason="Videos belong to an account, so that you can share, rename and remove them later.">
          <UploadForm />
        </RequireAccount>
      )}
    </Page>
  );
}

function UploadForm() {
  const rows = useUploads();
  const instance = useInstance();
  const toast = useToast();
  const add = useCallback(
    (files: File[]) => {
      if (files.length === 0) toast("There are no files in it.");
      const maxBytes = instance?.max_upload_bytes ?? Number.POSITIVE_INFINITY;
      void uploads.add(files, { maxBytes, visibility: instance?.default_visibility ?? "public" });
    },
    [instance, toast],
  );
  const choose = () => chooseFiles({ several: true }, add);
  return (
    <div className={styles.page}>
      <DropAnywhere onFiles={add} />
      <div className={styles.heading}>
        <h1>Upload</h1>
        {rows.length > 0 && (
          <Button icon={Plus} onClick={choose}>
            Add files
          </Button>
        )}
      </div>
      {rows.length === 0 ? <Invitation limit={instance?.max_upload_bytes} onChoose={choose} /> : <Rows />}
    </div>
  );
}

function Invitation({ limit, onChoose }: { limit: number | undefined; onChoose: () => void }) {
  return (
    <div className={styles.invitation}>
      <UploadCloud size={44} strokeWidth={1.5} aria-hidden />
      <h2>Drop videos here</h2>
      <p className={styles.hint}>
        They can be watched while they are still being encoded.
        <br />
        MP4, MOV, MKV, WebM, AVI, MPEG-TS and most others
        {limit !== undefined && `, up to ${formatBytes(limit)} each`}.
      </p>
      <Button look="primary" onClick={onChoose}>
        Choose files
      </Button>
    </div>
  );
}

function Rows() {
  const rows = useUploads();
  return (
    <ul className={styles.rows} aria-label="Files">
      {rows.map((row) => (
        <UploadRowView key={row.id} row={row} />
      ))}
    </ul>
  );
}
