import { expect, test } from "vitest";
import { parseStoryboard, tileAt } from "./storyboard";

const address = "http://a.example/play/token/storyboard.vtt";
const text = `WEBVTT

00:00:00.000 --> 00:00:02.000
images/00000.jpg#xywh=0,0,256,144

00:02.000 --> 00:04.000
images/00000.jpg#xywh=256,0,256,144

a name
01:00:04.000 --> 01:00:06.500 align:start
images/00001.jpg?Policy=x#xywh=0,144,256,144
`;

test("Tiles know their time, their sheet beside the file, and their place on it", () => {
  const tiles = parseStoryboard(text, address);
  expect(tiles.map(({ start, end }) => [start, end])).toEqual([
    [0, 2],
    [2, 4],
    [3604, 3606.5],
  ]);
  expect(tiles[1]).toEqual({
    start: 2,
    end: 4,
    sheet: "http://a.example/play/token/images/00000.jpg",
    x: 256,
    y: 0,
    width: 256,
    height: 144,
  });
  expect(tiles[2]?.sheet).toBe("http://a.example/play/token/images/00001.jpg?Policy=x");
});

test("Line ends of every kind are read", () => {
  expect(parseStoryboard(text.replaceAll("\n", "\r\n"), address)).toHaveLength(3);
});

test("What isn't a tile is left out", () => {
  expect(parseStoryboard("WEBVTT\n\n00:00.000 --> 00:01.000\nHello\n", address)).toEqual([]);
  expect(parseStoryboard("WEBVTT\n\n00:00.000 --> 00:01.000\na.jpg#xywh=0,0,0,0\n", address)).toEqual([]);
  expect(parseStoryboard("", address)).toEqual([]);
});

test("A moment has the tile that has begun last", () => {
  const tiles = parseStoryboard(text, address);
  const startAt = (time: number) => tileAt(tiles, time)?.start;
  expect(startAt(0)).toBe(0);
  expect(startAt(1.99)).toBe(0);
  expect(startAt(2)).toBe(2);
  expect(startAt(100)).toBe(2);
  expect(startAt(3606.6)).toBe(3604);
});

test("Beyond a growing storyboard, and in an empty one, there is no tile", () => {
  expect(tileAt([], 1)).toBeNull();
  expect(tileAt(parseStoryboard(text, address), 4000)).toBeNull();
});
