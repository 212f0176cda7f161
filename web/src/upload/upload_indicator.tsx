import { Link } from "wouter";
import { summary } from "./row";
import styles from "./upload_indicator.module.css";
import { useUploads } from "./uploads";

// In the header: how far all uploads are, on every page.
export function UploadIndicator() {
  const text = summary(useUploads());
  if (text === null) return null;
  return (
    <Link href="/upload" className={styles.indicator}>
      {text}
    </Link>
  );
}
