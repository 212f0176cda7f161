// The owner's captions: those that are there, and a file to add.
import { Trash2 } from "lucide-react";
import { type SyntheticEvent, useId, useState } from "react";
import type { Track, Video } from "../api/client";
import { useAddTrack, useRemoveTrack } from "../api/videos";
import { Button, IconButton } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { Notice } from "../ui/notice";
import { SelectField } from "../ui/select_field";
import { TextField } from "../ui/text_field";
import { useToast } from "../ui/toasts";
import { languageChoices, languageName, languageOfFile } from "./languages";
import styles from "./captions_dialog.module.css";

export function CaptionsDialog({ video, onClose }: { video: Video; onClose: () => void }) {
  return (
    <Dialog title="Captions" onClose={onClose} actions={<Button onClick={onClose}>Done</Button>}>
      {video.tracks.length > 0 && (
        <ul className={styles.list}>
          {video.tracks.map((track) => (
            <TrackRow key={track.name} id={video.id} track={track} />
          ))}
        </ul>
      )}
      <AddTrack id={video.id} />
    </Dialog>
  );
}

const nameOf = ({ label, language }: Track) => label || languageName(language);

function wordsAbout({ label, language, kind, forced, default: shown, from_source }: Track): string {
  return [
    label && languageName(language),
    kind === "captions" && "with sounds",
    forced && "only what is foreign",
    shown && "shown by default",
    from_source ? "from the video file" : "added",
  ]
    .filter(Boolean)
    .join(" · ");
}

function TrackRow({ id, track }: { id: string; track: Track }) {
  const [sure, setSure] = useState(false);
  const remove = useRemoveTrack(id);
  const name = nameOf(track);
  return (
    <li className={styles.row}>
      <div className={styles.words}>
        <strong>{name}</strong>
        <span>{remove.error?.message ?? wordsAbout(track)}</span>
      </div>
      {sure ? (
        <>
          <Button onClick={() => setSure(false)}>Keep</Button>
          <Button look="danger" disabled={remove.isPending} onClick={() => remove.mutate(track.name)}>
            Remove
          </Button>
        </>
      ) : (
        <IconButton label={`Remove ${name}`} icon={Trash2} onClick={() => setSure(true)} />
      )}
    </li>
  );
}

function AddTrack({ id }: { id: string }) {
  const fileId = useId();
  const [file, setFile] = useState<File | null>(null);
  const [language, setLanguage] = useState(navigator.language.split("-", 1)[0] || "en");
  const [label, setLabel] = useState("");
  const [sounds, setSounds] = useState(false);
  const [standard, setStandard] = useState(false);
  const [round, setRound] = useState(0); // a file input is emptied by a new one
  const add = useAddTrack(id);
  const toast = useToast();
  const take = (chosen: File | null) => {
    setFile(chosen);
    add.reset();
    const found = chosen && languageOfFile(chosen.name);
    if (found) setLanguage(found);
  };
  const send = (event: SyntheticEvent) => {
    event.preventDefault();
    if (!file || add.isPending) return;
    const kind = sounds ? "captions" : "subtitles";
    add.mutate(
      { file, language, label: label.trim(), kind, default: standard },
      {
        onSuccess: () => {
          toast("Captions added");
          setFile(null);
          setLabel("");
          setRound(round + 1);
        },
      },
    );
  };
  return (
    <form className={styles.form} onSubmit={send} noValidate>
      <div className={styles.file}>
        <label htmlFor={fileId}>Add a file</label>
        <input
          key={round}
          id={fileId}
          type="file"
          accept=".vtt,.srt,text/vtt,application/x-subrip"
          onChange={(event) => take(event.target.files?.[0] ?? null)}
        />
        <p>WebVTT (.vtt) or SubRip (.srt)</p>
      </div>
      {add.isError && <Notice kind="danger">{add.error.message}</Notice>}
      {file && (
        <>
          <SelectField label="Language" value={language} onChange={(event) => setLanguage(event.target.value)}>
            {languageChoices(language).map(([tag, name]) => (
              <option key={tag} value={tag}>
                {name}
              </option>
            ))}
          </SelectField>
          <TextField
            label="Name"
            hint="What viewers choose by; without one the language."
            autoComplete="off"
            maxLength={60}
            value={label}
            onChange={(event) => setLabel(event.target.value)}
          />
          <Check label="Sounds are described too" checked={sounds} onChange={setSounds} />
          <Check label="Shown without being asked for" checked={standard} onChange={setStandard} />
          <Button type="submit" look="primary" disabled={add.isPending}>
            Add captions
          </Button>
        </>
      )}
    </form>
  );
}

function Check({ label, checked, onChange }: { label: string; checked: boolean; onChange: (on: boolean) => void }) {
  return (
    <label className={styles.check}>
      <input type="checkbox" checked={checked} onChange={(event) => onChange(event.target.checked)} />
      {label}
    </label>
  );
}
