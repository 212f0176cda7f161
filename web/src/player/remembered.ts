// What the browser keeps for a person: where they stopped in each video, how loud and how fast they
// like it, and in which language. Storage may be full or forbidden; then nothing is remembered.

import type { CaptionChoice } from "./captions";

const positionsKey = "sluice.positions";
const tasteKey = "sluice.player";
const positionsKept = 200;

interface Position {
  time: number; // seconds
  at: number; // milliseconds, when it was noted
}

export interface Taste {
  volume: number; // 0 to 1
  muted: boolean;
  speed: number;
  captions: CaptionChoice | null; // null: none made
  sound: string | null; // a language; null: none chosen
}

export const defaultTaste: Taste = { volume: 1, muted: false, speed: 1, captions: null, sound: null };

function read(storage: Storage | undefined, key: string): Record<string, unknown> {
  try {
    const kept: unknown = JSON.parse(storage?.getItem(key) ?? "{}");
    return typeof kept === "object" && kept !== null ? (kept as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function write(storage: Storage | undefined, key: string, value: unknown) {
  try {
    storage?.setItem(key, JSON.stringify(value));
  } catch {
    // Private windows and full disks refuse.
  }
}

// Worth coming back to: not the first seconds, not the credits.
export function isWorthResuming(time: number, duration: number | null): boolean {
  return time >= 5 && (duration === null || time <= duration * 0.95);
}

const isPosition = (value: unknown): value is Position =>
  typeof value === "object" && value !== null && "time" in value && typeof value.time === "number";

const isCaptionChoice = (value: unknown): value is CaptionChoice =>
  typeof value === "object" &&
  value !== null &&
  "language" in value &&
  (value.language === null || typeof value.language === "string");

export class Memory {
  constructor(private readonly storage: Storage | undefined) {}

  position(id: string, duration: number | null): number | null {
    const kept = read(this.storage, positionsKey)[id];
    return isPosition(kept) && isWorthResuming(kept.time, duration) ? kept.time : null;
  }

  // The oldest are forgotten.
  keepPosition(id: string, time: number, duration: number | null, now: number) {
    const kept = Object.entries(read(this.storage, positionsKey)).filter(
      (entry): entry is [string, Position] => entry[0] !== id && isPosition(entry[1]),
    );
    if (isWorthResuming(time, duration)) kept.push([id, { time, at: now }]);
    kept.sort(([, a], [, b]) => b.at - a.at);
    write(this.storage, positionsKey, Object.fromEntries(kept.slice(0, positionsKept)));
  }

  taste(): Taste {
    const { volume, muted, speed, captions, sound } = read(this.storage, tasteKey);
    return {
      volume: typeof volume === "number" && volume >= 0 && volume <= 1 ? volume : defaultTaste.volume,
      muted: muted === true,
      speed: typeof speed === "number" && speed >= 0.25 && speed <= 4 ? speed : defaultTaste.speed,
      captions: isCaptionChoice(captions) ? captions : null,
      sound: typeof sound === "string" && sound !== "" ? sound : null,
    };
  }

  keepTaste(taste: Taste) {
    write(this.storage, tasteKey, taste);
  }
}

// An embedded page may be denied even to look at its storage.
export function browserMemory(): Memory {
  try {
    return new Memory(window.localStorage);
  } catch {
    return new Memory(undefined);
  }
}
