import { expect, test } from "vitest";
import { observe, startRate, timeLeft } from "./transfer_rate";

// A rate after observations every half second of the bytes that `sent` says.
function after(halfSeconds: number, sent: (halfSecond: number) => number) {
  let rate = startRate(sent(0), 0);
  for (let n = 1; n <= halfSeconds; n += 1) rate = observe(rate, sent(n), n * 500);
  return rate;
}

test("nothing is known at the beginning, nor before a byte went", () => {
  expect(startRate(0, 0).perSecond).toBeNull();
  expect(after(4, () => 0).perSecond).toBeNull();
});

test("a steady connection has its speed at once", () => {
  expect(after(1, (n) => n * 50_000).perSecond).toBeCloseTo(100_000);
  expect(after(40, (n) => n * 50_000).perSecond).toBeCloseTo(100_000);
});

test("a change is followed within some seconds, not at once", () => {
  const slower = (seconds: number) =>
    after(20 + seconds * 2, (n) => Math.min(n, 20) * 500_000 + Math.max(0, n - 20) * 50_000).perSecond ?? 0;
  expect(slower(1)).toBeGreaterThan(700_000);
  expect(slower(20)).toBeLessThan(110_000);
});

test("a stall runs down towards nothing", () => {
  expect(after(60, (n) => Math.min(n, 10) * 500_000).perSecond).toBeLessThan(10_000);
});

test("bytes that go back are no negative speed", () => {
  expect(after(3, (n) => [8_000_000, 9_000_000, 8_000_000, 8_000_000][n] ?? 0).perSecond).toBeGreaterThan(0);
});

test("what goes on from stored bytes is not fast", () => {
  expect(observe(startRate(500_000_000, 0), 500_100_000, 1000).perSecond).toBeCloseTo(100_000);
});

test("the time left is what is left by the speed, unless there is none to speak of", () => {
  expect(timeLeft(100_000, 1_000_000)).toBe(10);
  expect(timeLeft(null, 1_000_000)).toBeNull();
  expect(timeLeft(3, 1_000_000)).toBeNull();
});
