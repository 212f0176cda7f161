import { expect, test } from "vitest";
import type { Video } from "../api/client";
import { detailsOf, embedCode, factsLine, formatBitRate, stateWords } from "./words";

const video = {
  id: "abc",
  title: "A title",
  original_filename: "clip.mp4",
  status: "complete",
  visibility: "private",
  created_at: "2024-05-01T12:00:00Z",
  size_bytes: 1_234_567,
  duration_seconds: 75,
  width: 1920,
  height: 1080,
  frame_rate: 29.97003,
  progress: 1,
  eta_seconds: null,
  playable: true,
  error: null,
} as Video;

test("Only the owner is told who can see it", () => {
  const now = new Date("2024-05-01T12:05:00Z");
  expect(factsLine(video, true, now)).toBe("5 minutes ago · 1:15 · Private");
  expect(factsLine(video, false, now)).toBe("5 minutes ago · 1:15");
});

test("A state is said in a sentence, with the time left when that is known", () => {
  expect(stateWords(video)).toBeNull();
  expect(stateWords({ ...video, status: "queued" })).toContain("Encoding starts");
  const encoding: Video = { ...video, status: "processing", playable: false, eta_seconds: 75 };
  expect(stateWords(encoding)).toBe("Being encoded. It can be watched in a moment. About 1 min 15 s left.");
  expect(stateWords({ ...encoding, playable: true, eta_seconds: null })).toBe(
    "You can watch it already while the rest is being encoded.",
  );
});

test("The file's name is told to its owner alone", () => {
  expect(detailsOf(video, true)).toContainEqual(["Source", "clip.mp4, 1.2 MB"]);
  expect(detailsOf(video, false)).toContainEqual(["Source", "1.2 MB"]);
  expect(detailsOf(video, false)).toContainEqual(["Frames", "29.97 per second"]);
});

test("Bit rates have the digits that mean something", () => {
  expect(formatBitRate(128_000)).toBe("128 kb/s");
  expect(formatBitRate(2_345_678)).toBe("2.3 Mb/s");
});

test("The embed code is valid HTML whatever the title is", () => {
  const made = document.createElement("div");
  made.innerHTML = embedCode("http://a.example", { ...video, title: 'A "quoted" <title> & more' }, 90.5);
  const frame = made.querySelector("iframe");
  expect(made.children).toHaveLength(1);
  expect(frame?.src).toBe("http://a.example/embed/abc?t=90");
  expect(frame?.title).toBe('A "quoted" <title> & more');
  expect(frame?.getAttribute("allow")).toContain("fullscreen");
});
