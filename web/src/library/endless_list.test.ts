import { expect, test } from "vitest";
import type { VideoSummary } from "../api/client";
import { activeCursors, allVideos, pollingInterval, withFreshVideos } from "./endless_list";

const video = (id: string, status: VideoSummary["status"] = "complete") => ({ id, status }) as VideoSummary;
const pagesOf = (...pages: VideoSummary[][]) => ({
  pages: pages.map((videos) => ({ videos, next_cursor: null })),
  pageParams: pages.map((_, at) => (at === 0 ? null : `cursor ${at}`)),
});

test("a video that slid onto the next page is shown once", () => {
  const ids = allVideos(pagesOf([video("c"), video("b")], [video("b"), video("a")])).map(({ id }) => id);
  expect(ids).toEqual(["c", "b", "a"]);
});

test.each([
  [[video("a"), video("b", "failed")], false],
  [[], false],
  [[video("a", "queued")], 2000],
  [[video("a", "processing"), video("b", "pending")], 2000],
  [[video("a"), video("b", "pending")], 10_000],
])("what is active decides how often to ask: %j", (videos, interval) => {
  expect(pollingInterval(videos)).toBe(interval);
});

test("only pages with something active are asked for again, and few of them", () => {
  expect(activeCursors(pagesOf([video("d")], [video("c", "queued")], [video("b")], [video("a", "pending")]))).toEqual([
    "cursor 1",
    "cursor 3",
  ]);
  expect(activeCursors(pagesOf(...Array.from({ length: 9 }, (_, at) => [video(`${at}`, "queued")])))).toHaveLength(4);
});

test("fresh videos take the place of the old; others stay, and none is added", () => {
  const data = withFreshVideos(pagesOf([video("b", "queued")], [video("a")]), [video("b", "processing"), video("z")]);
  expect(data.pages.map(({ videos }) => videos)).toEqual([[video("b", "processing")], [video("a")]]);
});
