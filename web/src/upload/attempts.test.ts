import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ApiError } from "../api/client";
import { Alarm, keepTrying, retryDelay, troubleOf } from "./attempts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const unreachable = () => Promise.reject(new ApiError(0, "offline", "No answer."));

function attempts() {
  const stop = new AbortController();
  const onTrouble = vi.fn();
  return { stop, alarm: new Alarm(), signal: stop.signal, onTrouble };
}

test("waits double up to half a minute", () => {
  expect([0, 1, 2, 10].map((failures) => retryDelay(failures, 0.5))).toEqual([500, 1000, 2000, 30_000]);
  expect(retryDelay(0, 0)).toBeLessThan(retryDelay(0, 1));
});

test.each([
  [0, "unreachable"],
  [429, "unreachable"],
  [503, "unreachable"],
  [401, "signed_out"],
  [403, null],
  [404, null],
  [409, null],
  [413, null],
])("status %d is %s", (status, trouble) => expect(troubleOf(new ApiError(status, "code", "Text."))).toBe(trouble));

test("goes on once the server is back, and says so", async () => {
  const { onTrouble, ...ways } = attempts();
  const call = vi.fn(unreachable as () => Promise<string>).mockImplementationOnce(unreachable).mockImplementationOnce(unreachable);
  call.mockImplementationOnce(unreachable).mockResolvedValueOnce("here");
  const result = keepTrying({ ...ways, onTrouble }, call);
  await vi.advanceTimersByTimeAsync(10_000);
  await expect(result).resolves.toBe("here");
  expect(call).toHaveBeenCalledTimes(4);
  expect(onTrouble.mock.calls).toEqual([["unreachable"], ["unreachable"], ["unreachable"], [null]]);
});

test("doesn't repeat what was refused", async () => {
  const call = vi.fn(() => Promise.reject(new ApiError(404, "video_not_found", "No.")));
  await expect(keepTrying(attempts(), call)).rejects.toThrow("No.");
  expect(call).toHaveBeenCalledTimes(1);
});

test("a wake-up cuts the wait short", async () => {
  const ways = attempts();
  const call = vi.fn().mockImplementationOnce(unreachable).mockResolvedValueOnce("here");
  const result = keepTrying(ways, call);
  await vi.advanceTimersByTimeAsync(1);
  ways.alarm.wake();
  await expect(result).resolves.toBe("here");
});

test("stops at once when it is told to", async () => {
  const ways = attempts();
  const call = vi.fn(unreachable);
  const result = keepTrying(ways, call);
  const stopped = expect(result).rejects.toThrow("stopped");
  await vi.advanceTimersByTimeAsync(1);
  ways.stop.abort(new Error("stopped"));
  await stopped;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(call).toHaveBeenCalledTimes(1);
});
