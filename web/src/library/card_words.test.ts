import { expect, test } from "vitest";
import { cardPath, fillsFrame, statusWords } from "./card_words";

const video = { id: "a", progress: 0, eta_seconds: null, error: null, playable: false };

test.each([
  [{ ...video, status: "pending" }, "Uploading", "The upload isn’t finished."],
  [{ ...video, status: "queued" }, "Queued", "Starts as soon as a worker is free."],
  [{ ...video, status: "processing" }, "Processing 0%", "Being prepared"],
  [{ ...video, status: "processing", progress: 0.999, eta_seconds: 75 }, "Processing 99%", "1 min 15 s left"],
  [
    { ...video, status: "processing", progress: 0.4, eta_seconds: 9, playable: true },
    "Processing 40%",
    "Can be watched already · 9 s left",
  ],
  [{ ...video, status: "processing", progress: 0.4, playable: true }, "Processing 40%", "Can be watched already"],
  [{ ...video, status: "failed", error: { code: "x", message: "This is no video." } }, "Failed", "This is no video."],
] as const)("%j", (shown, badge, line) => {
  expect(statusWords(shown)).toMatchObject({ badge, line });
});

test("a complete video needs no words", () => {
  expect(statusWords({ ...video, status: "complete" })).toBeNull();
});

test("an unfinished upload leads to the upload page", () => {
  expect(cardPath({ ...video, status: "pending" })).toBe("/upload");
  expect(cardPath({ ...video, status: "failed" })).toBe("/watch/a");
});

test.each([
  [1920, 1080, true],
  [3840, 1920, true],
  [1280, 800, true],
  [1440, 1080, false],
  [1080, 1920, false],
  [960, 400, false],
  [null, null, true],
])("a picture of %s x %s fills the frame: %s", (width, height, fills) => expect(fillsFrame(width, height)).toBe(fills));
