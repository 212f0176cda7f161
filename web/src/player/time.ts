// Times in addresses: `?t=90`, `?t=1m30s`, `?t=1h2m3s`, `?t=1:30`.

const inUnits = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+(?:\.\d+)?)s?)?$/;
const onClock = /^(?:(\d+):)?(\d+):(\d{1,2})$/;

// Seconds, or null for what is no time.
export function parseTime(text: string | null | undefined): number | null {
  const trimmed = text?.trim().toLowerCase();
  if (!trimmed) return null;
  const match = onClock.exec(trimmed) ?? inUnits.exec(trimmed);
  if (!match) return null;
  const [, hours = "0", minutes = "0", seconds = "0"] = match;
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}

// `address` with the position to begin at; without one for the very beginning.
export function atTime(address: string, seconds: number): string {
  const url = new URL(address);
  const whole = Math.floor(seconds);
  if (whole > 0) url.searchParams.set("t", String(whole));
  else url.searchParams.delete("t");
  return url.href;
}
