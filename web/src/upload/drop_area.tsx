import { UploadCloud } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { createPortal } from "react-dom";
import styles from "./drop_area.module.css";
import { droppedFiles, holdsFiles } from "./dropped_files";

// Takes files that are dropped anywhere on the page, or pasted; says so while they are dragged.
export function DropAnywhere({ onFiles }: { onFiles: (files: File[]) => void }) {
  const [dragging, setDragging] = useState(false);
  const latest = useRef(onFiles);
  useEffect(() => {
    latest.current = onFiles;
  });
  useEffect(() => {
    // One enter and one leave for every element on the way; outside when they are even.
    let depth = 0;
    const enter = (event: DragEvent) => {
      if (!holdsFiles(event.dataTransfer)) return;
      event.preventDefault();
      depth += 1;
      setDragging(true);
    };
    const over = (event: DragEvent) => {
      if (!event.dataTransfer || !holdsFiles(event.dataTransfer)) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = "copy";
    };
    const leave = () => {
      depth = Math.max(0, depth - 1);
      if (depth === 0) setDragging(false);
    };
    const take = (data: DataTransfer) => void droppedFiles(data)
        .catch(() => []) // a folder that may not be read
        .then((files) => latest.current(files));
    const drop = (event: DragEvent) => {
      depth = 0;
      setDragging(false);
      if (!event.dataTransfer || !holdsFiles(event.dataTransfer)) return;
      event.preventDefault();
      take(event.dataTransfer);
    };
    const paste = (event: ClipboardEvent) => {
      if (event.clipboardData && holdsFiles(event.clipboardData)) take(event.clipboardData);
    };
    window.addEventListener("dragenter", enter);
    window.addEventListener("dragover", over);
    window.addEventListener("dragleave", leave);
    window.addEventListener("drop", drop);
    window.addEventListener("paste", paste);
    return () => {
      window.removeEventListener("dragenter", enter);
      window.removeEventListener("dragover", over);
      window.removeEventListener("dragleave", leave);
      window.removeEventListener("drop", drop);
      window.removeEventListener("paste", paste);
    };
  }, []);
  if (!dragging) return null;
  return createPortal(
    <div className={styles.overlay}>
      <div className={styles.target}>
        <UploadCloud size={48} strokeWidth={1.5} aria-hidden />
        Drop to upload
      </div>
    </div>,
    document.body,
  );
}
