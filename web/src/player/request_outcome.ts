// What to do about an answer to a request for a playlist or a segment. Pure.

export type Outcome = "done" | "renew" | "wait";

const renewalsAllowed = 2;
export const waits = [500, 1000, 2000, 4000, 8000, 8000, 8000, 8000, 8000, 8000, 8000]; // milliseconds

// What to do about an answer. A time-out isn't waited for again: the engine takes a smaller rendition.
export function judge(status: number, timedOut: boolean, renewals: number, failures: number): Outcome {
  if ([401, 403, 404, 410].includes(status) && renewals < renewalsAllowed) return "renew";
  const unreachable = (status === 0 && !timedOut) || status === 429 || (status >= 500 && status !== 501);
  return unreachable && failures < waits.length ? "wait" : "done";
}
