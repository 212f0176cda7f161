import type { ReactNode } from "react";
import styles from "./page_heading.module.css";

// A page's name, a sentence about it if it needs one, and what can be done on it.
export function PageHeading({
  title,
  actions,
  children,
}: {
  title: ReactNode;
  actions?: ReactNode;
  children?: ReactNode;
}) {
  return (
    <div className={styles.heading}>
      <div className={styles.words}>
        <h1>{title}</h1>
        {children && <p>{children}</p>}
      </div>
      {actions}
    </div>
  );
}
