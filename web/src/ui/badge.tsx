import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import styles from "./badge.module.css";

// One or two words about the thing it stands on.
export function Badge({
  look = "plain",
  icon: Icon,
  children,
}: {
  look?: "plain" | "accent" | "danger" | "on_picture";
  icon?: LucideIcon | undefined;
  children: ReactNode;
}) {
  return (
    <span className={`${styles.badge} ${styles[look]}`}>
      {Icon && <Icon size={13} aria-hidden />}
      {children}
    </span>
  );
}
