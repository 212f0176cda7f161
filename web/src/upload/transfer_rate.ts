// How fast bytes go, smoothed. Pure.

export interface Rate {
  bytes: number; // at the last observation
  at: number; // milliseconds
  perSecond: number | null; // null until there is something to go by
}

const settling = 4000; // milliseconds until an old speed counts for a third

export const startRate = (bytes: number, at: number): Rate => ({ bytes, at, perSecond: null });

// Bytes that go back (a part is sent again) are no negative speed.
export function observe(rate: Rate, bytes: number, at: number): Rate {
  const elapsed = at - rate.at;
  if (elapsed <= 0) return rate;
  const now = (Math.max(0, bytes - rate.bytes) / elapsed) * 1000;
  if (rate.perSecond === null) return { bytes, at, perSecond: now > 0 ? now : null };
  const weight = 1 - Math.exp(-elapsed / settling);
  return { bytes, at, perSecond: rate.perSecond + weight * (now - rate.perSecond) };
}

// Seconds; null when nobody can say.
export function timeLeft(perSecond: number | null, bytes: number): number | null {
  if (perSecond === null || perSecond < 1024) return null;
  return bytes / perSecond;
}
