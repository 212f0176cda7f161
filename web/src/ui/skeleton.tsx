import styles from "./skeleton.module.css";

// Where a line of text will be.
export function Skeleton({ width }: { width: string }) {
  return <div className={styles.line} style={{ width: `min(100%, ${width})` }} />;
}
