// Watching: the player on real files by the real binary, in a real browser.
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { overhang, seriousFindings } from "./accessibility";
import { expectPlaying, makeClip, press, pressControl, seen } from "./player";
import { type Account, expect, media, signIn, type Sluice, test } from "./sluice";

const clip = media("car-detection.mp4"); // 30 s, upright lines in motion; 360p and 240p

async function uploaded(sluice: Sluice, file = clip, fields: Record<string, string> = {}) {
  const account = await sluice.signUp();
  const id = await sluice.upload(account, file, fields);
  await sluice.untilStatus(account, id, "complete");
  return { account, id };
}

test("A video plays, is sought in, and changes its quality", async ({ page, sluice }) => {
  const { id } = await uploaded(sluice);
  await page.goto(`/watch/${id}`);
  await expect(page).toHaveTitle(/^car-detection/);
  await press(page);
  const playing = await expectPlaying(page);

  const bar = page.getByRole("slider", { name: "Position" });
  const box = await bar.boundingBox();
  if (!box) throw new Error("no seek bar");
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  const preview = page.getByTestId("preview");
  await expect(preview).toContainText(/^0:1[45]$/);
  await expect.poll(() => preview.locator("img").evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(0);
  await page.mouse.down();
  await page.mouse.up();
  await expect.poll(async () => (await seen(page)).time).toBeGreaterThan(14.5);
  const sought = await expectPlaying(page, playing);
  expect(sought.time).toBeLessThan(25);

  // From the beginning each time: on a busy machine the end comes soon.
  await page.keyboard.press("0");
  await pressControl(page, /^Quality/);
  await page.getByRole("menuitemradio", { name: "240p", exact: true }).click();
  await expect.poll(async () => (await seen(page)).height).toBe(240);
  await expectPlaying(page);
  await page.keyboard.press("0");
  await pressControl(page, "Quality: 240p");
  await page.getByRole("menuitemradio", { name: "360p", exact: true }).click();
  await expect.poll(async () => (await seen(page)).height).toBe(360);
  await expectPlaying(page);
  await pressControl(page, "Quality: 360p");
  await page.getByRole("menuitemradio", { name: "Auto", exact: true }).click();
  await pressControl(page, /^Quality/);
  await expect(page.getByRole("menuitemradio", { name: /^Auto \(\d+p\)$/ })).toBeChecked();
  expect(await seriousFindings(page)).toEqual([]);
});

test("The keys of the large video sites work, but not while one types", async ({ page, sluice }) => {
  const { id } = await uploaded(sluice);
  await page.goto(`/watch/${id}`);
  await page.getByRole("button", { name: "Play", exact: true }).waitFor();
  await page.keyboard.press("k");
  await expectPlaying(page);
  await page.keyboard.press("k");
  await expect.poll(async () => (await seen(page)).paused).toBe(true);

  await page.keyboard.press("5");
  await expect.poll(async () => (await seen(page)).time).toBeCloseTo(15, 0);
  await page.keyboard.press("l");
  await expect.poll(async () => (await seen(page)).time).toBeCloseTo(25, 0);
  await page.keyboard.press("ArrowLeft");
  await expect.poll(async () => (await seen(page)).time).toBeCloseTo(20, 0);
  const { time, pixels } = await seen(page);
  await page.keyboard.press("Shift+Home");
  await expect.poll(async () => (await seen(page)).time).toBe(0);
  await page.keyboard.press("7");
  await page.keyboard.press("j");
  await expect.poll(async () => (await seen(page)).time).toBeCloseTo(11, 0);
  await expect.poll(async () => (await seen(page)).pixels === pixels).toBe(false);
  const before = (await seen(page)).time;
  await page.keyboard.press(".");
  await expect.poll(async () => (await seen(page)).time - before).toBeGreaterThan(0.01);
  expect((await seen(page)).time - before).toBeLessThan(0.2);
  expect(time).toBeGreaterThan(0);

  await page.keyboard.press("m");
  await expect(page.getByRole("button", { name: "Sound on (m)" })).toBeVisible();
  await page.keyboard.press(">");
  await expect(page.getByRole("button", { name: "Speed: 1.25×" })).toBeVisible();
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Keys" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);

  await page.getByRole("searchbox").fill("");
  await page.getByRole("searchbox").pressSequentially("km 5");
  await expect(page.getByRole("button", { name: "Sound on (m)" })).toBeVisible();
  expect((await seen(page)).paused).toBe(true);
});

test("It is remembered where one stopped, how loud and how fast; a link's time wins", async ({ page, sluice }) => {
  const { id } = await uploaded(sluice);
  await page.goto(`/watch/${id}`);
  await press(page);
  await expectPlaying(page);
  await page.keyboard.press("m");
  await page.keyboard.press(">");
  await page.keyboard.press("5");
  await expect.poll(async () => (await seen(page)).time).toBeGreaterThan(15);
  await page.keyboard.press("k");

  await page.reload();
  await press(page);
  const resumed = await expectPlaying(page);
  expect(resumed.time).toBeGreaterThan(14.5);
  await expect(page.getByRole("button", { name: "Speed: 1.25×" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Sound on (m)" })).toBeVisible();
  await pressControl(page, /From the beginning/);
  await expect.poll(async () => (await seen(page)).time).toBeLessThan(10);
  await expectPlaying(page);

  await page.goto(`/watch/${id}?t=20s`);
  await press(page);
  const linked = await expectPlaying(page);
  expect(linked.time).toBeGreaterThan(19.9);
  expect(linked.time).toBeLessThan(28);
});

test.describe("A clip that takes long to encode", () => {
  test.setTimeout(300_000);
  test.use({ serverFlags: ["--threads", "1"] });

  test("plays while it is being encoded, beyond what was there when it began, to its end", async ({ page, sluice }) => {
    const account = await sluice.signUp();
    const long = await makeClip(join(sluice.folder, "long.mp4"), { size: "1280x720", seconds: 45 });
    const id = await sluice.upload(account, long);
    await page.goto(`/watch/${id}`);
    // From "queued" to the player without a reload.
    await expect(page.getByRole("button", { name: "Play", exact: true })).toBeVisible({ timeout: 60_000 });
    const read = () => sluice.call<{ status: string; progress: number }>("GET", `/api/videos/${id}`);
    expect((await read()).status).toBe("processing");
    await press(page);
    await expectPlaying(page);
    expect((await seen(page)).time).toBeLessThan(4);
    const bar = page.getByRole("slider", { name: "Position" });
    await expect(bar).toHaveAttribute("aria-valuemax", "45");
    expect((await read()).status).toBe("processing");

    // Beyond what is there: as far as there is something, and then it waits and says why.
    await page.keyboard.press("9");
    await expect(page.getByText("The rest is still being encoded")).toBeVisible();
    const edge = await seen(page);
    expect(edge.time).toBeLessThan(40);
    expect((await read()).status).toBe("processing");
    await expectPlaying(page, edge); // goes on by itself, into what wasn't there
    await page.locator("video").evaluate((video: HTMLVideoElement) => (video.playbackRate = 2));
    await expect(page.getByRole("button", { name: "Play again" })).toBeVisible({ timeout: 240_000 });
    expect((await read()).status).toBe("complete");
    const end = await seen(page);
    expect(end.time).toBeCloseTo(45, 0);
    await pressControl(page, /^Quality/);
    await expect(page.getByRole("menuitemradio", { name: "720p", exact: true })).toBeVisible();
  });
});

test.describe("A long clip", () => {
  test.setTimeout(240_000);

  test("goes on by itself when its links have run out and the server was away", async ({ page, sluice }) => {
    const account = await sluice.signUp();
    const long = await makeClip(join(sluice.folder, "long.mp4"), { size: "320x180", seconds: 120 });
    const id = await sluice.upload(account, long);
    await sluice.untilStatus(account, id, "complete", 120);
    await page.goto(`/watch/${id}`);
    await press(page);
    await expectPlaying(page);
    const { buffered } = await seen(page);
    expect(buffered).toBeLessThan(80);

    // Another key: every link made before is refused from now on, as if hours had passed.
    const refused: number[] = [];
    page.on("response", (answer) => answer.url().includes("/play/") && refused.push(answer.status()));
    await sluice.kill();
    await rm(join(sluice.folder, "data", "secret.key"));
    const before = await seen(page);
    await page.keyboard.press("8"); // to 96 s, which isn't buffered
    await sluice.start();
    const after = await expectPlaying(page, before);
    expect(refused).toContain(403);
    expect(after.time).toBeGreaterThan(95);
    expect(after.time).toBeLessThan(110);
    await expect(page.getByRole("button", { name: "Pause (k)" })).toBeAttached();
  });

  test("that became private says so to those who were watching it", async ({ page, sluice }) => {
    const account = await sluice.signUp();
    const long = await makeClip(join(sluice.folder, "long.mp4"), { size: "320x180", seconds: 120 });
    const id = await sluice.upload(account, long);
    await sluice.untilStatus(account, id, "complete", 120);
    await page.goto(`/watch/${id}`);
    await press(page);
    await expectPlaying(page);
    await sluice.call("PATCH", `/api/videos/${id}`, account.token, { visibility: "private" });
    await sluice.stop();
    await rm(join(sluice.folder, "data", "secret.key"));
    await sluice.start();
    await page.keyboard.press("8");
    await expect(page.getByRole("alert")).toContainText("no longer available");
  });
});

test("A failed video says why, and its owner may try again", async ({ page, sluice }) => {
  const account = await sluice.signUp();
  const id = await sluice.upload(account, media("no_moov_truncated.mp4"));
  await sluice.untilStatus(account, id, "failed");
  const { error } = await sluice.call<{ error: { message: string } }>("GET", `/api/videos/${id}`, account.token);
  await page.goto(`/watch/${id}`);
  await expect(page.getByRole("alert")).toContainText(error.message);
  await expect(page.getByRole("button", { name: "Try again" })).toHaveCount(0);

  await signIn(page, sluice, account);
  await page.reload();
  await expect(page.getByRole("alert")).toContainText(error.message);
  const retried = page.waitForResponse((answer) => answer.url().endsWith(`/api/videos/${id}/retry`));
  await page.getByRole("button", { name: "Try again" }).click();
  expect((await retried).status()).toBe(202);
  await expect(page.getByRole("alert")).toContainText(error.message);
});

test("A private video isn't there for others, in the words for one that never was", async ({ page, sluice }) => {
  const { account, id } = await uploaded(sluice, clip, { visibility: "private" });
  const words = page.getByRole("heading", { name: "There is no such video" });
  const refusedTo = async (path: string) => {
    await page.goto(path);
    await expect(words).toBeVisible();
    await expect(page.locator("video")).toHaveCount(0);
    return page.locator("main").innerText();
  };
  const signedOut = await refusedTo(`/watch/${id}`);
  expect(await refusedTo("/watch/nothing")).toBe(signedOut);
  await signIn(page, sluice, await sluice.signUp("other@example.com"));
  expect(await refusedTo(`/watch/${id}`)).toBe(signedOut);

  await signIn(page, sluice, account);
  await page.goto(`/watch/${id}`);
  await press(page);
  await expectPlaying(page);
  await page.getByRole("button", { name: "Share" }).click();
  await expect(page.getByRole("dialog")).toContainText("nobody but you can see it");
});

async function asOwner(page: Parameters<typeof signIn>[0], sluice: Sluice, account: Account, id: string) {
  await signIn(page, sluice, account);
  await page.goto(`/watch/${id}`);
  await page.getByRole("button", { name: "Rename" }).waitFor();
}

test("The owner renames a video, says who can see it, shares and deletes it", async ({ page, sluice, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const { account, id } = await uploaded(sluice);
  await page.goto(`/watch/${id}`);
  await page.getByRole("button", { name: "Share" }).waitFor();
  await expect(page.getByRole("button", { name: "Rename" })).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Delete" })).toHaveCount(0);

  await asOwner(page, sluice, account, id);
  await page.getByRole("button", { name: "Rename" }).click();
  await page.getByRole("textbox", { name: "Title" }).fill("Cars <b>seen</b> & counted");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Cars <b>seen</b> & counted" })).toBeVisible();
  await expect(page).toHaveTitle(/^Cars <b>seen/);

  await page.getByRole("button", { name: "Visibility: Public" }).click();
  await page.getByRole("radio", { name: /Unlisted/ }).check();
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("button", { name: "Visibility: Unlisted" })).toBeVisible();

  await press(page);
  await page.keyboard.press("5");
  await expectPlaying(page);
  await page.keyboard.press("k");
  await page.getByRole("button", { name: "Share" }).click();
  await page.getByRole("checkbox", { name: /^Begin at 0:1/ }).check();
  await page.getByRole("button", { name: "Copy: Link" }).click();
  await expect(page.getByRole("button", { name: "Copy: Link" })).toHaveText("Copied");
  const link = await page.evaluate(() => navigator.clipboard.readText());
  expect(link).toMatch(new RegExp(`^${sluice.url}/watch/${id}\\?t=1\\d$`));
  await page.getByRole("button", { name: "Done" }).click();

  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("button", { name: "Delete video" }).click();
  await expect(page).toHaveURL(/\/videos$/);
  await page.goto(`/watch/${id}`);
  await expect(page.getByRole("heading", { name: "There is no such video" })).toBeVisible();
});

test.describe("On a phone", () => {
  test.use({ viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });

  test("the player is as wide as the screen and its controls are as large as a finger", async ({ page, sluice }) => {
    const { account, id } = await uploaded(sluice);
    await asOwner(page, sluice, account, id);
    expect(await overhang(page)).toBe(0);
    const player = page.getByTestId("player");
    const box = await player.boundingBox();
    expect(box?.x).toBe(0);
    expect(box?.width).toBe(360);
    await page.getByRole("button", { name: "Play", exact: true }).tap();
    await expectPlaying(page);

    // The controls have gone by themselves; a finger brings them back.
    const pause = page.getByRole("button", { name: "Pause (k)" });
    await expect(player).toHaveAttribute("data-idle");
    await page.locator("video").tap();
    await expect(player).not.toHaveAttribute("data-idle");
    for (const button of await player.getByRole("button").all()) {
      const size = await button.boundingBox();
      if (!size) continue; // not on a phone
      expect(size.width, await button.getAttribute("aria-label") ?? "").toBeGreaterThanOrEqual(44);
      expect(size.height).toBeGreaterThanOrEqual(44);
      expect(size.x + size.width).toBeLessThanOrEqual(360);
    }
    await page.getByRole("button", { name: /^Speed/ }).tap();
    await page.getByRole("menuitemradio", { name: "2×" }).tap();
    await expect(page.getByRole("button", { name: "Speed: 2×" })).toBeVisible();
    await pause.tap();
    await expect.poll(async () => (await seen(page)).paused).toBe(true);
    expect(await seriousFindings(page)).toEqual([]);
  });

  for (const file of ["phone_rot180_vfr.mp4", "hdr10_av1_portrait.mp4", "cover_art.mp3"]) {
    test(`the player of ${file} is as wide as the screen`, async ({ page, sluice }) => {
      const { account, id } = await uploaded(sluice, media(file));
      await asOwner(page, sluice, account, id);
      const box = await page.getByTestId("player").boundingBox();
      expect(box?.x).toBe(0);
      expect(box?.width).toBe(360);
      expect(await overhang(page)).toBe(0);
    });
  }
});
