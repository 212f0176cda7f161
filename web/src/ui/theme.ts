// Light or dark as the system has it, or as chosen here. public/theme.js applies the choice before
// the first paint, this module when it changes.
import { useSyncExternalStore } from "react";

export type Theme = "system" | "light" | "dark";

const key = "sluice.theme";
const watchers = new Set<() => void>();

export function readTheme(): Theme {
  const { theme } = document.documentElement.dataset;
  return theme === "light" || theme === "dark" ? theme : "system";
}

function apply(theme: Theme) {
  const root = document.documentElement;
  if (theme === "system") delete root.dataset.theme;
  else root.dataset.theme = theme;
  for (const watcher of watchers) watcher();
}

export function chooseTheme(theme: Theme) {
  apply(theme);
  try {
    if (theme === "system") localStorage.removeItem(key);
    else localStorage.setItem(key, theme);
  } catch {
    // Storage is refused: the choice holds for this page.
  }
}

// Another tab chose.
function onStorage(event: StorageEvent) {
  if (event.key !== key) return;
  apply(event.newValue === "light" || event.newValue === "dark" ? event.newValue : "system");
}

function watch(watcher: () => void) {
  if (watchers.size === 0) window.addEventListener("storage", onStorage);
  watchers.add(watcher);
  return () => {
    watchers.delete(watcher);
    if (watchers.size === 0) window.removeEventListener("storage", onStorage);
  };
}

export const useTheme = () => useSyncExternalStore(watch, readTheme);
