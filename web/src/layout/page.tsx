import type { ReactNode } from "react";
import { usePageTitle } from "./navigation";
import styles from "./page.module.css";

// The frame of a page's content; sets the tab's title.
export function Page({
  title,
  width = "wide",
  children,
}: {
  title: string;
  width?: "wide" | "narrow" | "tiny";
  children: ReactNode;
}) {
  usePageTitle(title);
  return <div className={`${styles.page} ${width === "wide" ? "" : styles[width]}`}>{children}</div>;
}
