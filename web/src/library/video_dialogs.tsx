// What an owner changes about a video, each in a dialog of its own.
import { type SyntheticEvent, useId, useState } from "react";
import type { VideoSummary, Visibility } from "../api/client";
import { useDeleteVideo, useEditVideo } from "../api/videos";
import { Button } from "../ui/button";
import { ChoiceField } from "../ui/choice_field";
import { Dialog } from "../ui/dialog";
import { Notice } from "../ui/notice";
import { TextField } from "../ui/text_field";
import { useToast } from "../ui/toasts";

type Shown = Pick<VideoSummary, "id" | "title" | "visibility">;

interface DialogProps {
  video: Shown;
  onClose: () => void;
}

export function RenameDialog({ video, onClose }: DialogProps) {
  const form = useId();
  const [title, setTitle] = useState(video.title);
  const edit = useEditVideo(video.id);
  const missing = !title.trim();
  const send = (event: SyntheticEvent) => {
    event.preventDefault();
    if (missing || edit.isPending) return;
    if (title.trim() === video.title) return onClose();
    edit.mutate({ title: title.trim() }, { onSuccess: onClose });
  };
  return (
    <Dialog
      title="Rename video"
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={form} look="primary" disabled={edit.isPending}>
            Save
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={send} noValidate>
        <TextField
          label="Title"
          autoComplete="off"
          required
          value={title}
          error={missing ? "A video needs a title." : edit.error?.message}
          onChange={(event) => setTitle(event.target.value)}
        />
      </form>
    </Dialog>
  );
}

const choices: { value: Visibility; name: string; text: string }[] = [
  { value: "public", name: "Public", text: "Everybody finds it in the library." },
  { value: "unlisted", name: "Unlisted", text: "Everybody who has its link can watch it." },
  { value: "private", name: "Private", text: "Only you can watch it." },
];

export function VisibilityDialog({ video, onClose }: DialogProps) {
  const [visibility, setVisibility] = useState(video.visibility);
  const edit = useEditVideo(video.id);
  const toast = useToast();
  const save = () => {
    if (visibility === video.visibility) return onClose();
    edit.mutate(
      { visibility },
      {
        onSuccess: () => {
          toast(`Now ${visibility}`);
          onClose();
        },
      },
    );
  };
  return (
    <Dialog
      title="Who can see it"
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" disabled={edit.isPending} onClick={save}>
            Save
          </Button>
        </>
      }
    >
      {edit.isError && <Notice kind="danger">{edit.error.message}</Notice>}
      <ChoiceField label={`“${video.title}” is`} choices={choices} value={visibility} onChange={setVisibility} />
    </Dialog>
  );
}

export function DeleteVideoDialog({ video, onClose, onDeleted }: DialogProps & { onDeleted?: () => void }) {
  const remove = useDeleteVideo(video.id);
  const toast = useToast();
  const send = () =>
    remove.mutate(undefined, {
      onSuccess: () => {
        toast("Video deleted");
        onClose();
        onDeleted?.();
      },
    });
  return (
    <Dialog
      title="Delete this video?"
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="danger" disabled={remove.isPending} onClick={send}>
            Delete video
          </Button>
        </>
      }
    >
      {remove.isError && <Notice kind="danger">{remove.error.message}</Notice>}
      <p>“{video.title}” and its file are removed, and every link to it stops working. That can’t be undone.</p>
    </Dialog>
  );
}
