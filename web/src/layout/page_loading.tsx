import { LoaderCircle } from "lucide-react";
import styles from "./page_loading.module.css";

export function PageLoading() {
  return (
    <div className={styles.loading} role="status">
      <LoaderCircle size={28} aria-hidden />
      <span className="unseen">Loading</span>
    </div>
  );
}
