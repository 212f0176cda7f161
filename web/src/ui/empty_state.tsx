import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import styles from "./empty_state.module.css";

// What a page says when it has nothing to show: why, and what can be done.
export function EmptyState({
  icon: Icon,
  title,
  children,
  actions,
}: {
  icon: LucideIcon;
  title: string;
  children?: ReactNode;
  actions?: ReactNode;
}) {
  return (
    <div className={styles.empty}>
      <Icon size={40} strokeWidth={1.5} aria-hidden />
      <h1>{title}</h1>
      {children && <p className={styles.text}>{children}</p>}
      {actions && <div className={styles.actions}>{actions}</div>}
    </div>
  );
}
