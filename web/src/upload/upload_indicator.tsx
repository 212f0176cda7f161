import { Link } from "wouter";
import { summary } from "./row";
import styles from "./upload_indicator.module.css";
import { useUploads } from "./uploads";

// In the header: how far all uploads are, on every page.
export function UploadIndicator() {
  const all = summary(useUploads());
  if (all === null) return null;
  return (
    <Link href="/upload" className={styles.indicator}>
      {all.percent === null ? (
        all.count
      ) : (
        <>
          <span className={styles.count}>{all.count}, </span>
          {all.percent}
        </>
      )}
    </Link>
  );
}
