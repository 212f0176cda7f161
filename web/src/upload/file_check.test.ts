import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { refusalOf, titleFromName } from "./file_check";
import { headBytes, recognise } from "./media_signature";

const sample = (name: string) =>
  new Uint8Array(readFileSync(join(process.cwd(), "../tests/media", name))).slice(0, headBytes);
const bytes = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0));
const filled = (text: string) => new Uint8Array([...bytes(text), ...Array.from({ length: 600 }, (_, n) => (n * 37) % 256)]);
const limit = 1000_000_000;
const check = (head: Uint8Array, name: string, size = 5000, type = "") => refusalOf({ name, size, type }, head, limit);

describe("real files", () => {
  test.each([
    "422_10bit_50fps_8mono.mp4",
    "big_buck_bunny_0_30.webm",
    "cover_art.mp3",
    "fragmented_51.mp4",
    "iphone_vertical_rot90.mov",
    "mpeg2_1080p.ts",
    "mpeg4_mp3.avi",
    "negative_start_pts_wrap.ts",
    "pcm_mono.wav",
    "srt_and_ass_two_languages.mkv",
    // What is wrong with these can't be seen from their beginning.
    "bad_bitstream.webm",
    "no_moov_truncated.mp4",
    "vvc_no_decoder.mp4",
  ])("%s is media, whatever its name", (name) => expect(check(sample(name), "file")).toBeNull());

  test.each([
    ["text_renamed.mp4", /^It is text/],
    ["hostile_hls_renamed.mp4", /^It is a playlist/],
    ["hostile_concat.ffconcat", /^It is a playlist/],
    ["README.md", /^It is text/],
  ])("%s is refused, whatever its name", (name, reason) => expect(check(sample(name), "clip.mp4")).toMatch(reason));

  test("a picture of ours is refused", () => {
    const svg = new Uint8Array(readFileSync(join(process.cwd(), "public/favicon.svg")));
    expect(check(svg, "clip.mp4")).toMatch(/text/);
  });
});

test.each([
  ["ADTS AAC", "\xff\xf1\x50\x80\x02\x1f\xfc"],
  ["MP3 without a tag", "\xff\xfb\x90\x64\x00"],
  ["FLAC", "fLaC\x00\x00\x00\x22"],
  ["Ogg", "OggS\x00\x02"],
  ["FLV", "FLV\x01\x05"],
  ["ASF", "0&\xb2u\x8ef\xcf\x11\xa6\xd9"],
  ["MPEG program stream", "\x00\x00\x01\xba\x44"],
  ["old QuickTime", "\x00\x00\x00\x08wide\x00\x00"],
  ["AIFF", "FORM\x00\x00\x00\x10AIFFCOMM"],
  ["MXF", "\x06\x0e+4\x02\x05\x01\x01\x0d"],
  ["GIF", "GIF89a"],
])("%s is media", (_, head) => expect(recognise(filled(head))).toEqual({ media: true }));

test.each([
  ["a PDF", "%PDF-1.7\n"],
  ["an archive or an office document", "PK\x03\x04\x14\x00"],
  ["a picture", "\x89PNG\r\n\x1a\n"],
  ["a picture", "\xff\xd8\xff\xe0\x00\x10JFIF"],
  ["a picture", "RIFF\x10\x00\x00\x00WEBPVP8 "],
  ["a picture", "\x00\x00\x00\x18ftypheic\x00\x00"],
  ["a program", "\x7fELF\x02\x01"],
  ["an archive", "\x1f\x8b\x08\x00"],
])("%s is none", (what, head) => expect(recognise(filled(head))).toEqual({ media: false, what }));

test("192-byte packets with time stamps are a transport stream", () => {
  const head = new Uint8Array(headBytes);
  for (let at = 4; at < head.length; at += 192) head[at] = 0x47;
  expect(recognise(head)).toEqual({ media: true });
});

test("UTF-16 is text and not MP3", () => expect(recognise(filled("\xff\xfeH\x00e\x00"))?.media).toBe(false));

test("text that is cut within a character is text", () => {
  expect(recognise(new TextEncoder().encode("Grüße".repeat(1000)).slice(0, headBytes - 1))?.media).toBe(false);
});

describe("a signature nobody knows", () => {
  const unknown = filled("\x01\x02\x03\x04\x05\x06");
  test("is left to the server when the name says media", () => expect(check(unknown, "Clip.MXF")).toBeNull());
  test("is left to the server when the browser says media", () => expect(check(unknown, "x", 9, "video/x-new")).toBeNull());
  test("is refused otherwise", () => expect(check(unknown, "save.dat")).toMatch(/doesn't look like/));
});

test("an empty file is refused before its name counts", () => expect(check(new Uint8Array(), "zero_bytes.webm", 0)).toMatch(/empty/));

test("a file above the limit is refused with both numbers", () => {
  expect(check(sample("pcm_mono.wav"), "a.wav", 2_500_000_000)).toBe("It has 2.5 GB; this server takes files of up to 1.0 GB.");
  expect(check(sample("pcm_mono.wav"), "a.wav", limit + 1)).toBe(
    "It has 1,000,000,001 bytes; this server takes files of up to 1,000,000,000 bytes.",
  );
  expect(check(sample("pcm_mono.wav"), "a.wav", limit)).toBeNull();
});

test.each([
  ["holiday.mp4", "holiday"],
  ["talk v1.2.mkv", "talk v1.2"],
  [".mp4", ".mp4"],
  ["no extension", "no extension"],
  ["two\nlines.mp4", "twolines"],
  [`${"é".repeat(230)}.mp4`, "é".repeat(200)],
])("the title of %s is %s", (name, title) => expect(titleFromName(name)).toBe(title));
