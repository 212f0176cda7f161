import type { LucideIcon } from "lucide-react";
import styles from "./controls.module.css";

export function ControlButton({
  label,
  icon: Icon,
  filled = false,
  onClick,
}: {
  label: string;
  icon: LucideIcon;
  filled?: boolean;
  onClick: () => void;
}) {
  return (
    <button type="button" className={styles.button} aria-label={label} title={label} onClick={onClick}>
      <Icon size={22} fill={filled ? "currentColor" : "none"} aria-hidden />
    </button>
  );
}
