// Numbers as people read them. Pure; English.

const sizeUnits = ["bytes", "KB", "MB", "GB", "TB"];

// Decimal units, as file managers and disks have them: 1_234_567 → "1.2 MB".
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < sizeUnits.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit > 0 && value < 9.95 ? 1 : 0;
  return `${value.toFixed(digits)} ${bytes === 1 ? "byte" : sizeUnits[unit]}`;
}

// A position on a clock: 75 → "1:15", 3675 → "1:01:15".
export function formatClock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const pad = (value: number) => String(value).padStart(2, "0");
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  return hours > 0 ? `${hours}:${pad(minutes)}:${pad(whole % 60)}` : `${minutes}:${pad(whole % 60)}`;
}

// A length on a clock. A video of 0.6 s isn't 0:00 long, nor one of 29.97 s 0:29.
export const formatLength = (seconds: number) => formatClock(Math.max(1, Math.round(seconds)));

// A wait, no finer than it is worth: 8 → "8 s", 75 → "1 min 15 s", 4000 → "1 h 7 min".
export function formatWait(seconds: number): string {
  const whole = Math.max(1, Math.ceil(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 600) return whole % 60 ? `${Math.floor(whole / 60)} min ${whole % 60} s` : `${whole / 60} min`;
  const minutes = Math.ceil(whole / 60);
  if (minutes < 60) return `${minutes} min`;
  return minutes % 60 ? `${Math.floor(minutes / 60)} h ${minutes % 60} min` : `${minutes / 60} h`;
}

const ageSteps: [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_557_600],
  ["month", 2_629_800],
  ["week", 604_800],
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
];
const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

// How long ago: "just now", "5 minutes ago", "yesterday".
export function formatAge(time: string | Date, now: Date = new Date()): string {
  const seconds = (now.getTime() - new Date(time).getTime()) / 1000;
  for (const [unit, length] of ageSteps) {
    if (seconds >= length) return relative.format(-Math.floor(seconds / length), unit);
  }
  return "just now";
}

const date = new Intl.DateTimeFormat("en", { day: "numeric", month: "long", year: "numeric" });

// A day, where one is: "March 3, 2026".
export const formatDate = (time: string | Date) => date.format(new Date(time));
