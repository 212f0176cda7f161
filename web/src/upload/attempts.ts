// Calls that are repeated until they succeed or make no sense any more.
import { ApiError } from "../api/client";
import type { Trouble } from "./row";

// Milliseconds before attempt `failures` + 1: doubled up to half a minute, and spread, so that a
// server that comes back isn't met by everybody at once. `random` is from 0 to 1.
export function retryDelay(failures: number, random: number): number {
  return Math.min(30_000, 500 * 2 ** failures) * (0.75 + random / 2);
}

// A signed-out person signs in by hand; this is only for a sign-in that this page doesn't hear of.
const signInCheck = 10_000;

// Null: repeating won't help.
export function troubleOf(error: unknown): Trouble | null {
  if (!(error instanceof ApiError)) return null;
  if (error.status === 401) return "signed_out";
  const passing = error.status === 0 || error.status === 408 || error.status === 429 || error.status >= 500;
  return passing ? "unreachable" : null;
}

// Sleepers that can be woken: by a sign-in, a connection that is back, or a person's "Try now".
export class Alarm {
  private readonly sleepers = new Set<() => void>();

  wake() {
    for (const wake of [...this.sleepers]) wake();
  }

  // Rejects when `signal` is aborted.
  sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = () => {
        clearTimeout(timer);
        this.sleepers.delete(end);
        signal.removeEventListener("abort", end);
        if (signal.aborted) reject(signal.reason as Error);
        else resolve();
      };
      const timer = setTimeout(end, milliseconds);
      this.sleepers.add(end);
      signal.addEventListener("abort", end);
      if (signal.aborted) end();
    });
  }
}

export interface Attempts {
  signal: AbortSignal;
  alarm: Alarm;
  onTrouble: (trouble: Trouble | null) => void;
}

// Repeats `call` while what fails is the way to the server, however long that takes.
export async function keepTrying<T>({ signal, alarm, onTrouble }: Attempts, call: () => Promise<T>): Promise<T> {
  for (let failures = 0; ; failures += 1) {
    signal.throwIfAborted();
    try {
      const result = await call();
      onTrouble(null);
      return result;
    } catch (error) {
      signal.throwIfAborted();
      const trouble = troubleOf(error);
      if (!trouble) throw error;
      const offline = trouble === "unreachable" && !navigator.onLine;
      onTrouble(offline ? "offline" : trouble);
      await alarm.sleep(trouble === "signed_out" ? signInCheck : retryDelay(failures, Math.random()), signal);
    }
  }
}
