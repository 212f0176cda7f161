// What the owner should know of the file: what was damaged, left out or guessed.
import { Info } from "lucide-react";
import type { Schemas } from "../api/client";
import styles from "./notes.module.css";

export function Notes({ notes }: { notes: Schemas["Note"][] }) {
  if (notes.length === 0) return null;
  return (
    <section className={styles.notes} aria-labelledby="notes">
      <h2 id="notes">
        <Info size={18} aria-hidden />
        About your file
      </h2>
      <ul>
        {notes.map(({ code, message }) => (
          <li key={code + message}>{message}</li>
        ))}
      </ul>
    </section>
  );
}
