// Captions and sound to choose from: what is really on the screen and in the loudspeaker.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Page } from "@playwright/test";
import { overhang, seriousFindings } from "./accessibility";
import { expectPlaying, press } from "./player";
import { type Account, expect, media, signIn, type Sluice, test } from "./sluice";

const run = promisify(execFile);

const clip = media("mov_text_eng_spa_vfr.m4v"); // 7 s; English by default, and Spanish

async function complete(sluice: Sluice, account: Account, file: string): Promise<string> {
  const id = await sluice.upload(account, file);
  await sluice.untilStatus(account, id, "complete");
  return id;
}

// The words over the picture.
const caption = (page: Page) => page.locator(".vjs-text-track-cue");

async function choose(page: Page, menu: RegExp, name: string) {
  await page.getByTestId("player").getByRole("button", { name: menu }).click();
  await page.getByRole("menuitemradio", { name, exact: true }).click();
}

test("Captions are shown in time, chosen by menu and key, and the choice is remembered", async ({ page, sluice }) => {
  const id = await complete(sluice, await sluice.signUp(), clip);
  await page.goto(`/watch/${id}?t=3s`);
  await press(page);
  await expectPlaying(page);
  await page.keyboard.press("k");
  await page.keyboard.press("5"); // 3.7 s
  await expect(caption(page)).toHaveText("AWESOME FIXTURE MOVIE");
  await choose(page, /^Captions/, "Spanish");
  await expect(caption(page)).toHaveText("QUE BEUNA PELICULA");
  await page.keyboard.press("1"); // 0.7 s
  await expect(caption(page)).toHaveText("Esto es una prueba.");
  expect(await seriousFindings(page)).toEqual([]);
  await page.keyboard.press("c");
  await expect(caption(page)).toHaveCount(0);
  await page.keyboard.press("c");
  await expect(caption(page)).toHaveText("Esto es una prueba.");

  await page.goto(`/watch/${id}?t=3s`);
  await press(page);
  await expect(caption(page)).toHaveText("QUE BEUNA PELICULA");
  await page.keyboard.press("c");
  await expect(caption(page)).toHaveCount(0);
  await page.goto(`/watch/${id}?t=3s`);
  await press(page);
  await expectPlaying(page);
  await expect(caption(page)).toHaveCount(0);
});

test("An owner adds captions, which play at once, and removes them", async ({ page, sluice }) => {
  const account = await sluice.signUp();
  const id = await complete(sluice, account, media("car-detection.mp4"));
  await signIn(page, sluice, account);
  await page.goto(`/watch/${id}?t=5s`);
  await press(page);
  await expectPlaying(page);
  await page.keyboard.press("k");
  await expect(page.getByRole("button", { name: "Captions", exact: true })).toHaveCount(1); // the owner's

  await page.getByRole("button", { name: "Captions" }).click();
  const dialog = page.getByRole("dialog", { name: "Captions" });
  const file = (text: string) => ({ name: "film.de.srt", mimeType: "", buffer: Buffer.from(text, "latin1") });
  await dialog.getByLabel("Add a file").setInputFiles(file("no captions at all"));
  await dialog.getByRole("button", { name: "Add captions" }).click();
  await expect(dialog).toContainText("There are no subtitles in this file.");
  await dialog.getByLabel("Add a file").setInputFiles(file("1\n00:00:00,000 --> 00:00:29,000\nGr\xfc\xdfe <i>aus</i> K\xf6ln\n"));
  await expect(dialog.getByLabel("Language")).toHaveValue("de");
  await dialog.getByLabel("Name").fill("Für alle");
  expect(await seriousFindings(page)).toEqual([]);
  expect(await overhang(page)).toBeLessThanOrEqual(0);
  await dialog.getByRole("button", { name: "Add captions" }).click();
  await expect(dialog.getByRole("listitem")).toContainText("German · added");
  await dialog.getByRole("button", { name: "Done" }).click();

  await choose(page, /^Captions$/, "Für alle");
  await expect(caption(page)).toHaveText("Grüße aus Köln");
  await expect(caption(page).locator("i")).toHaveText("aus");
  await page.reload();
  await press(page);
  await expect(caption(page)).toHaveText("Grüße aus Köln");

  await page.locator("main").getByRole("button", { name: "Captions" }).last().click();
  await dialog.getByRole("button", { name: "Remove Für alle" }).click();
  await dialog.getByRole("button", { name: "Remove", exact: true }).click();
  await expect(dialog.getByRole("listitem")).toHaveCount(0);
  await dialog.getByRole("button", { name: "Done" }).click();
  await expect(caption(page)).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Captions" })).toHaveCount(1);
});

// Two tones, one in each language.
async function makeTwoSounds(path: string) {
  const tone = (frequency: number) => ["-f", "lavfi", "-i", `sine=frequency=${frequency}:duration=20`];
  const tags = ["-metadata:s:a:0", "language=eng", "-metadata:s:a:1", "language=deu"];
  const coding = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac"];
  const picture = ["-f", "lavfi", "-i", "testsrc2=size=320x180:rate=25:duration=20"];
  const maps = ["-map", "0:v", "-map", "1:a", "-map", "2:a"];
  await run("ffmpeg", ["-v", "error", ...picture, ...tone(440), ...tone(1320), ...maps, ...coding, ...tags, "-y", path]);
  return path;
}

// The loudest frequency of what the player plays, in Hz.
async function listen(page: Page): Promise<() => Promise<number>> {
  await page.locator("video").evaluate((video: HTMLVideoElement) => {
    const context = new AudioContext();
    const analyser = new AnalyserNode(context, { fftSize: 8192, smoothingTimeConstant: 0 });
    context.createMediaElementSource(video).connect(analyser).connect(context.destination);
    Object.assign(window, { analyser });
    return context.resume();
  });
  return () =>
    page.evaluate(() => {
      const { analyser } = window as unknown as { analyser: AnalyserNode };
      const levels = new Float32Array(analyser.frequencyBinCount);
      analyser.getFloatFrequencyData(levels);
      const loudest = levels.indexOf(Math.max(...levels));
      return (loudest * analyser.context.sampleRate) / analyser.fftSize;
    });
}

test("Another sound is chosen and really heard, and its language is remembered", async ({ page, sluice }, info) => {
  const account = await sluice.signUp();
  const file = await makeTwoSounds(info.outputPath("two.mp4"));
  await page.goto(`/watch/${await complete(sluice, account, file)}`);
  await press(page);
  await expectPlaying(page);
  const loudest = await listen(page);
  await expect.poll(loudest).toBeCloseTo(440, -2);
  await choose(page, /^Sound$/, "German");
  await expect.poll(loudest).toBeGreaterThan(1300);
  expect(await loudest()).toBeLessThan(1340);
  await expectPlaying(page);

  await page.goto(`/watch/${await complete(sluice, account, file)}`);
  await press(page);
  await expectPlaying(page);
  const again = await listen(page);
  await expect.poll(again).toBeGreaterThan(1300);
  expect(await again()).toBeLessThan(1340);
  await page.getByTestId("player").getByRole("button", { name: /^Sound$/ }).click();
  await expect(page.getByRole("menuitemradio", { name: "German", exact: true })).toBeChecked();
  await page.getByRole("menuitemradio", { name: "English", exact: true }).click();
  await expect.poll(again).toBeCloseTo(440, -2);
  await page.reload();
  await press(page);
  await expectPlaying(page);
  const last = await listen(page);
  await expect.poll(last).toBeCloseTo(440, -2);
});
