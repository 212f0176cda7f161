import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import styles from "./empty_state.module.css";

// What a page says when it has nothing to show: why, and what can be done.
export function EmptyState({
  icon: Icon,
  title,
  heading: Heading = "h1",
  children,
  actions,
}: {
  icon: LucideIcon;
  title: string;
  // "h2" on a page that has its name above.
  heading?: "h1" | "h2";
  children?: ReactNode;
  actions?: ReactNode;
}) {
  return (
    <div className={styles.empty}>
      <Icon size={40} strokeWidth={1.5} aria-hidden />
      <Heading className={styles.title}>{title}</Heading>
      {children && <p className={styles.text}>{children}</p>}
      {actions && <div className={styles.actions}>{actions}</div>}
    </div>
  );
}
