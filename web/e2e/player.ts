// What is on the screen of a player, and clips made for the tests that play them.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, type FrameLocator, type Page } from "@playwright/test";

const run = promisify(execFile);

// Made by ffmpeg: a picture in motion with a clock in it, and a tone.
export async function makeClip(path: string, { size, seconds }: { size: string; seconds: number }): Promise<string> {
  const picture = `testsrc2=size=${size}:rate=30:duration=${seconds}`;
  const sound = `sine=frequency=440:duration=${seconds}`;
  const encoding = ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "30", "-pix_fmt", "yuv420p", "-c:a", "aac"];
  await run("ffmpeg", ["-v", "error", "-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", sound, ...encoding, "-y", path]);
  return path;
}

type Place = Page | FrameLocator;

interface Seen {
  frames: number; // shown so far
  height: number; // of the rendition
  time: number;
  paused: boolean;
  buffered: number; // seconds from the beginning
  pixels: string; // the picture, small
}

export const seen = (place: Place): Promise<Seen> =>
  place.locator("video").evaluate((element) => {
    const video = element as HTMLVideoElement;
    const canvas = document.createElement("canvas");
    canvas.width = 32;
    canvas.height = 18;
    const context = canvas.getContext("2d");
    context?.drawImage(video, 0, 0, canvas.width, canvas.height);
    const { buffered } = video;
    return {
      frames: video.getVideoPlaybackQuality().totalVideoFrames,
      height: video.videoHeight,
      time: video.currentTime,
      paused: video.paused,
      buffered: buffered.length > 0 ? buffered.end(buffered.length - 1) : 0,
      pixels: Array.from(context?.getImageData(0, 0, canvas.width, canvas.height).data ?? []).join(),
    };
  });

export const press = (place: Place) => place.getByRole("button", { name: "Play", exact: true }).click();

// Presses one of the controls. They are out of the pointer's reach once nothing has moved for some seconds, which is
// soon over on a busy machine.
export async function pressControl(page: Page, name: string | RegExp) {
  const player = await page.getByTestId("player").boundingBox();
  if (!player) throw new Error("no player");
  await expect(async () => {
    await page.mouse.move(player.x + 40, player.y + 40);
    await page.mouse.move(player.x + 60, player.y + 60);
    await page.getByRole("button", { name }).click({ timeout: 1000 });
  }).toPass();
}

// It plays: more frames than `since` are shown, and the picture is another one.
export async function expectPlaying(place: Place, since?: Seen): Promise<Seen> {
  const before = since ?? (await seen(place));
  await expect.poll(async () => (await seen(place)).frames, { timeout: 30_000 }).toBeGreaterThan(before.frames + 10);
  await expect.poll(async () => (await seen(place)).pixels !== before.pixels).toBe(true);
  return seen(place);
}
