// The title, which its owner changes where it stands.
import { Pencil } from "lucide-react";
import { type SyntheticEvent, useState } from "react";
import type { Video } from "../api/client";
import { useEditVideo } from "../api/videos";
import { Button, IconButton } from "../ui/button";
import { TextField } from "../ui/text_field";
import { useToast } from "../ui/toasts";
import styles from "./title.module.css";

export function Title({ video, editable }: { video: Video; editable: boolean }) {
  const [editing, setEditing] = useState(false);
  if (editing) return <TitleForm video={video} onClose={() => setEditing(false)} />;
  return (
    <div className={styles.shown}>
      <h1>{video.title}</h1>
      {editable && <IconButton label="Rename" icon={Pencil} onClick={() => setEditing(true)} />}
    </div>
  );
}

function TitleForm({ video, onClose }: { video: Video; onClose: () => void }) {
  const [title, setTitle] = useState(video.title);
  const edit = useEditVideo(video.id);
  const toast = useToast();
  const missing = !title.trim();
  const save = (event: SyntheticEvent) => {
    event.preventDefault();
    if (missing || edit.isPending) return;
    if (title.trim() === video.title) return onClose();
    const onSuccess = () => {
      toast("Renamed");
      onClose();
    };
    edit.mutate({ title: title.trim() }, { onSuccess });
  };
  return (
    <form className={styles.form} onSubmit={save} noValidate>
      <TextField
        label="Title"
        autoComplete="off"
        ref={(input) => input?.focus()}
        value={title}
        onKeyDown={(event) => event.key === "Escape" && onClose()}
        error={missing ? "A video needs a title." : edit.error?.message}
        onChange={(event) => setTitle(event.target.value)}
      />
      <div className={styles.buttons}>
        <Button type="submit" look="primary" disabled={edit.isPending}>
          Save
        </Button>
        <Button onClick={onClose}>Cancel</Button>
      </div>
    </form>
  );
}
