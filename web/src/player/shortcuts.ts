// What the keys do, like on the large video sites.

export type Command =
  | { do: "toggle" }
  | { do: "skip"; by: number } // seconds
  | { do: "louder"; by: number }
  | { do: "mute" }
  | { do: "fullscreen" }
  | { do: "captions" }
  | { do: "jump"; share: number } // of the whole
  | { do: "speed"; direction: 1 | -1 }
  | { do: "frame"; direction: 1 | -1 }
  | { do: "help" };

const keys: Record<string, Command> = {
  " ": { do: "toggle" },
  k: { do: "toggle" },
  j: { do: "skip", by: -10 },
  l: { do: "skip", by: 10 },
  arrowleft: { do: "skip", by: -5 },
  arrowright: { do: "skip", by: 5 },
  arrowup: { do: "louder", by: 0.05 },
  arrowdown: { do: "louder", by: -0.05 },
  m: { do: "mute" },
  f: { do: "fullscreen" },
  c: { do: "captions" },
  "<": { do: "speed", direction: -1 },
  ">": { do: "speed", direction: 1 },
  ",": { do: "frame", direction: -1 },
  ".": { do: "frame", direction: 1 },
  "?": { do: "help" },
  home: { do: "jump", share: 0 },
  end: { do: "jump", share: 1 },
};

export const shortcutList: [keys: string, meaning: string][] = [
  ["Space or k", "Play or pause"],
  ["← →", "5 seconds back or on"],
  ["j l", "10 seconds back or on"],
  ["0 … 9", "To the tenths of the video"],
  ["↑ ↓", "Louder or quieter"],
  ["m", "Sound off or on"],
  ["f", "Full screen"],
  ["c", "Captions"],
  ["< >", "Slower or faster"],
  [", .", "One picture back or on, while paused"],
  ["?", "This list"],
];

type Key = Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey">;

export function commandFor(event: Key): Command | null {
  if (event.ctrlKey || event.metaKey || event.altKey) return null;
  if (/^[0-9]$/.test(event.key)) return { do: "jump", share: Number(event.key) / 10 };
  return keys[event.key.toLowerCase()] ?? null;
}

// Does what has the focus need this key itself?
export function takesKey(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.closest("dialog, [role=menu]")) return true;
  if (target.matches("textarea, select, input:not([type=range])")) return true;
  if (target.matches("input[type=range], [role=slider]")) return key.startsWith("Arrow") || key === "Home" || key === "End";
  return (key === " " || key === "Enter") && target.closest("button, a, summary, [role=button]") !== null;
}
