import { expect, test } from "vitest";
import { formatAge, formatBytes, formatClock, formatLength, formatWait } from "./format";

test.each([
  [0, "0 bytes"],
  [1, "1 byte"],
  [999, "999 bytes"],
  [1000, "1.0 KB"],
  [9_960, "10 KB"],
  [1_234_567, "1.2 MB"],
  [999_600_000, "1.0 GB"],
  [68_719_476_736, "69 GB"],
])("formatBytes(%d) is %s", (bytes, text) => expect(formatBytes(bytes)).toBe(text));

test.each([
  [-3, "0:00"],
  [9.9, "0:09"],
  [75, "1:15"],
  [3675, "1:01:15"],
  [36_000, "10:00:00"],
])("formatClock(%d) is %s", (seconds, text) => expect(formatClock(seconds)).toBe(text));

test.each([
  [0, "1 s"],
  [8.2, "9 s"],
  [60, "1 min"],
  [75, "1 min 15 s"],
  [601, "11 min"],
  [3600, "1 h"],
  [4000, "1 h 7 min"],
])("formatWait(%d) is %s", (seconds, text) => expect(formatWait(seconds)).toBe(text));

test.each([
  ["2026-01-02T11:59:30Z", "just now"],
  ["2026-01-02T12:00:05Z", "just now"],
  ["2026-01-02T11:55:00Z", "5 minutes ago"],
  ["2026-01-01T11:00:00Z", "yesterday"],
  ["2024-12-01T12:00:00Z", "last year"],
])("formatAge(%s) is %s", (time, text) => expect(formatAge(time, new Date("2026-01-02T12:00:00Z"))).toBe(text));

test.each([
  [0.6, "0:01"],
  [29.97, "0:30"],
  [3599.6, "1:00:00"],
])("formatLength(%d) is %s", (seconds, text) => expect(formatLength(seconds)).toBe(text));
