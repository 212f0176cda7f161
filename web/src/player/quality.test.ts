import { expect, test } from "vitest";
import { autoLabel, chooseLevel, levelName, nextSpeed, sortLevels, speedLabel } from "./quality";

const level = (height: number, bitrate = height * 1000) => ({ id: `${height}`, name: `${height}p`, height, bitrate });
const levels = [level(360), level(1080), level(720)];

test("A rendition is named after its short side", () => {
  expect(levelName(1280, 720)).toBe("720p");
  expect(levelName(720, 1280)).toBe("720p");
});

test("The largest comes first", () => {
  expect(sortLevels(levels).map(({ name }) => name)).toEqual(["1080p", "720p", "360p"]);
});

test("Auto says what it has chosen", () => {
  expect(autoLabel("720p")).toBe("Auto (720p)");
  expect(autoLabel(null)).toBe("Auto");
});

test("What was chosen stands in for by the next smaller one while it is missing", () => {
  expect(chooseLevel(levels, "720p")?.name).toBe("720p");
  expect(chooseLevel(levels, "480p")?.name).toBe("360p");
  expect(chooseLevel(levels, "240p")).toBeNull();
  expect(chooseLevel([], "240p")).toBeNull();
});

test("Speeds go in steps and stop at the ends", () => {
  expect(nextSpeed(1, 1)).toBe(1.25);
  expect(nextSpeed(1, -1)).toBe(0.75);
  expect(nextSpeed(2, 1)).toBe(2);
  expect(nextSpeed(1.1, -1)).toBe(1);
  expect(speedLabel(1)).toBe("Normal");
  expect(speedLabel(1.5)).toBe("1.5×");
});
