import { expect, test } from "vitest";
import { atTime, parseTime } from "./time";

test.each([
  ["90", 90],
  ["90s", 90],
  ["1m30s", 90],
  ["1m30", 90],
  ["1h2m3s", 3723],
  ["2h", 7200],
  ["1:30", 90],
  ["1:02:03", 3723],
  [" 1M30S ", 90],
  ["0", 0],
  ["12.5", 12.5],
])("%s is a time", (text, seconds) => expect(parseTime(text)).toBe(seconds));

test.each(["", " ", "x", "-5", "1x", "m", "1:2:3:4", null, undefined])("%s is none", (text) =>
  expect(parseTime(text)).toBeNull(),
);

test("A link carries whole seconds, and none for the beginning", () => {
  expect(atTime("http://a.example/watch/1", 90.7)).toBe("http://a.example/watch/1?t=90");
  expect(atTime("http://a.example/watch/1?t=90", 0.4)).toBe("http://a.example/watch/1");
});
