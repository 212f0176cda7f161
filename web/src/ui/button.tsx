import type { LucideIcon } from "lucide-react";
import type { ButtonHTMLAttributes, ReactNode } from "react";
import { Link } from "wouter";
import styles from "./button.module.css";

type Look = "primary" | "plain" | "quiet" | "danger";

const classes = (look: Look, iconOnly = false) =>
  [styles.button, styles[look], iconOnly && styles.icon_only].filter(Boolean).join(" ");

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  look?: Look;
  icon?: LucideIcon;
}

export function Button({ look = "plain", icon: Icon, children, ...rest }: ButtonProps) {
  return (
    <button type="button" className={classes(look)} {...rest}>
      {Icon && <Icon size={18} aria-hidden />}
      {children}
    </button>
  );
}

// A button that shows only its picture: `label` is read out and shown as a tooltip.
export function IconButton({
  label,
  icon: Icon,
  look = "quiet",
  ...rest
}: Omit<ButtonProps, "icon" | "children"> & { label: string; icon: LucideIcon }) {
  return (
    <button type="button" className={classes(look, true)} aria-label={label} title={label} {...rest}>
      <Icon size={20} aria-hidden />
    </button>
  );
}

// Looks like a button, goes to another page.
export function ButtonLink({
  href,
  look = "plain",
  icon: Icon,
  children,
}: {
  href: string;
  look?: Look;
  icon?: LucideIcon;
  children: ReactNode;
}) {
  return (
    <Link href={href} className={classes(look)}>
      {Icon && <Icon size={18} aria-hidden />}
      {children}
    </Link>
  );
}
