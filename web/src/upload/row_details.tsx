import { type KeyboardEvent, useState } from "react";
import type { Visibility } from "../api/client";
import type { UploadRow } from "./row";
import { longestTitle } from "./file_check";
import styles from "./upload_row.module.css";
import { uploads } from "./uploads";

// Title and visibility: the file's name and the installation's default until changed, at any time.
export function RowDetails({ row }: { row: UploadRow }) {
  const [title, setTitle] = useState(row.title);
  const save = () => {
    const wanted = title.trim();
    setTitle(wanted || row.title);
    if (wanted && wanted !== row.title) uploads.act((engine) => void engine.edit(row.id, { title: wanted }));
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === "Enter") event.currentTarget.blur();
    if (event.key === "Escape") setTitle(row.title);
  };
  const show = (visibility: Visibility) => uploads.act((engine) => void engine.edit(row.id, { visibility }));
  return (
    <div className={styles.details}>
      <input
        className={styles.title}
        aria-label="Title"
        maxLength={longestTitle}
        value={title}
        onChange={(event) => setTitle(event.target.value)}
        onBlur={save}
        onKeyDown={onKeyDown}
      />
      <select
        className={styles.visibility}
        aria-label="Who can see it"
        value={row.visibility}
        onChange={(event) => show(event.target.value as Visibility)}
      >
        <option value="public">Public</option>
        <option value="unlisted">Unlisted</option>
        <option value="private">Private</option>
      </select>
    </div>
  );
}
