// Uploading, from choosing a file to watching it, with everything that gets in between.
import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import type { Locator, Page, Request } from "@playwright/test";
import { overhang, seriousFindings } from "./accessibility";
import { type Account, expect, media, type Sluice, signIn, test } from "./sluice";

const clip = media("tiny_64x64_edit_list.mp4"); // 2 s
const mebibyte = 1 << 20;
const screenshots = fileURLToPath(new URL("artifacts/screenshots", import.meta.url));

interface MyVideo {
  id: string;
  title: string;
  status: string;
  visibility: string;
}

const rowOf = (page: Page, title: string) => page.getByRole("listitem", { name: title });
const uploaded = (row: Locator) => row.getByRole("progressbar", { name: /^Upload/ });

async function myVideos(sluice: Sluice, { token }: Account): Promise<MyVideo[]> {
  return (await sluice.call<{ videos: MyVideo[] }>("GET", "/api/videos?mine=true", token)).videos;
}

// An MP4 that is much larger than its film: a `free` box of noise behind it. Five parts.
async function largeFile(path: string): Promise<string> {
  const padding = randomBytes(36 * mebibyte);
  padding.writeUInt32BE(padding.length, 0);
  padding.write("free", 4, "latin1");
  await writeFile(path, Buffer.concat([await readFile(clip), padding]));
  return path;
}

async function choose(page: Page, ...files: string[]) {
  const chooser = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: /Choose files|Add files|Choose the file/ }).first().click();
  await (await chooser).setFiles(files);
}

// Drops a file made in the page of the bytes of `file`, as if from a file manager.
async function drop(page: Page, file: string, event: "dragenter" | "drop") {
  const bytes = (await readFile(file)).toString("base64");
  const data = await page.evaluateHandle(
    ([name, content]) => {
      const transfer = new DataTransfer();
      const array = Uint8Array.from(atob(content), (char) => char.charCodeAt(0));
      transfer.items.add(new File([array], name, { type: "video/mp4" }));
      return transfer;
    },
    [basename(file), bytes] as const,
  );
  await page.dispatchEvent("body", event, { dataTransfer: data });
}

// Bytes a second that the page may send; -1: as many as go.
async function limitUploads(page: Page, uploadThroughput: number) {
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  const conditions = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput };
  await session.send("Network.emulateNetworkConditions", conditions);
}

const percent = async (bar: Locator) => Number(await bar.getAttribute("aria-valuenow"));
const untilUploaded = (row: Locator, least: number) =>
  expect.poll(() => percent(uploaded(row)), { intervals: [50], timeout: 30_000 }).toBeGreaterThanOrEqual(least);

const partNumber = (request: Request) => Number(new URL(request.url()).searchParams.get("part"));
function partsSent(page: Page): number[] {
  const parts: number[] = [];
  page.on("request", (request) => {
    if (request.method() === "PUT" && request.url().includes("/storage/")) parts.push(partNumber(request));
  });
  return parts;
}

// The page asks before it is left while bytes are sent.
async function reloadWarned(page: Page) {
  const asked = page.waitForEvent("dialog").then(async (dialog) => {
    await dialog.accept();
    return dialog.type();
  });
  await page.reload();
  expect(await asked).toBe("beforeunload");
}

// The video of the row is complete, and is the film that was chosen.
async function expectFilm(sluice: Sluice, account: Account, title: string, seconds: number) {
  const video = (await myVideos(sluice, account)).find((one) => one.title === title);
  expect(video?.status).toBe("complete");
  const details = await sluice.call<{ duration_seconds: number }>("GET", `/api/videos/${video?.id}`, account.token);
  expect(details.duration_seconds).toBeCloseTo(seconds, 0);
}

const watchLink = (row: Locator) => row.getByRole("link", { name: "Watch" });
const ready = (row: Locator) => expect(row).toHaveAttribute("data-phase", "complete", { timeout: 60_000 });

let account: Account;
test.beforeEach(async ({ page, sluice }) => {
  account = await sluice.signUp();
  await signIn(page, sluice, account);
  await page.goto("/upload");
});

test("a dropped clip is uploaded, encoded and watched", async ({ page, sluice }) => {
  await drop(page, media("car-detection.mp4"), "dragenter");
  await expect(page.getByText("Drop to upload")).toBeVisible();
  await limitUploads(page, 2_000_000);
  await drop(page, media("car-detection.mp4"), "drop");
  await expect(page.getByText("Drop to upload")).toBeHidden();

  const row = rowOf(page, "car-detection");
  await expect(row).toHaveAttribute("data-phase", "sending");
  await expect(row).toContainText(/Uploading \d+ % · .* of 2\.8 MB · .*\/s/);
  await expect(page.getByRole("link", { name: /^1 upload, \d+ %$/ })).toBeVisible();
  await expect(row).toHaveAttribute("data-phase", "encoding");
  await expect(row).toContainText(/Encoding \d+ %/);
  await expect(watchLink(row)).toBeVisible();
  await ready(row);
  await expectFilm(sluice, account, "car-detection", 30);

  await watchLink(row).click();
  await expect(page).toHaveURL(/\/watch\/[\w-]+$/);
});

test("uploads go on while one walks through the app, and title and visibility may change meanwhile", async ({ page, sluice }, info) => {
  await limitUploads(page, 8_000_000);
  await choose(page, await largeFile(info.outputPath("holiday.mp4")));
  const row = rowOf(page, "holiday");
  await untilUploaded(row, 5);
  await row.getByRole("textbox", { name: "Title" }).fill("Summer in Brittany");
  await row.getByRole("textbox", { name: "Title" }).press("Enter");
  await rowOf(page, "Summer in Brittany").getByRole("combobox").selectOption("private");

  await page.getByRole("link", { name: /to the library/ }).click();
  await expect(page).toHaveURL(/\/$/);
  await page.getByRole("link", { name: /^1 upload, \d+ %$/ }).click();
  await limitUploads(page, -1);
  await ready(rowOf(page, "Summer in Brittany"));
  await expectFilm(sluice, account, "Summer in Brittany", 2);
  expect((await myVideos(sluice, account))[0]?.visibility).toBe("private");
});

test("what can't become a video is refused before a byte is sent", async ({ page, sluice }) => {
  const parts = partsSent(page);
  await choose(page, media("text_renamed.mp4"), media("zero_bytes.webm"), media("hostile_hls_renamed.mp4"));
  await expect(rowOf(page, "text_renamed.mp4")).toContainText("It is text. Only video and audio files can be uploaded.");
  await expect(rowOf(page, "zero_bytes.webm")).toContainText("It is empty");
  await expect(rowOf(page, "hostile_hls_renamed.mp4")).toContainText("It is a playlist");
  await page.getByRole("button", { name: "Remove from this list" }).first().click();
  await expect(page.getByRole("listitem")).toHaveCount(2);
  expect(parts).toEqual([]);
  expect(await myVideos(sluice, account)).toEqual([]);
});

test.describe("with a small limit", () => {
  test.use({ serverFlags: ["--max-upload-bytes", "1000000"] });
  test("a file above it is refused with both numbers", async ({ page, sluice }) => {
    await expect(page.getByText("up to 1.0 MB each")).toBeVisible();
    await choose(page, media("car-detection.mp4"));
    await expect(rowOf(page, "car-detection.mp4")).toContainText("It has 2.8 MB; this server takes files of up to 1.0 MB.");
    expect(await myVideos(sluice, account)).toEqual([]);
  });
});

test("the same file is not uploaded twice", async ({ page, sluice }) => {
  await choose(page, clip);
  await expect(rowOf(page, "tiny_64x64_edit_list")).toBeVisible();
  await choose(page, clip);
  await expect(page.getByText("It is in this list already.", { exact: true })).toBeVisible();
  await ready(rowOf(page, "tiny_64x64_edit_list").first());
  expect(await myVideos(sluice, account)).toHaveLength(1);
});

test("a paused upload sends nothing, and goes on where it was", async ({ page, sluice }, info) => {
  const parts = partsSent(page);
  await limitUploads(page, 8_000_000);
  await choose(page, await largeFile(info.outputPath("long.mp4")));
  const row = rowOf(page, "long");
  await untilUploaded(row, 50);
  await row.getByRole("button", { name: "Pause" }).click();
  await expect(row).toContainText(/^.*Paused · [\d.]+ MB of 38 MB/);
  const [video] = await myVideos(sluice, account);
  const stored = () => sluice.call<{ parts: { part_number: number }[] }>("GET", `/api/uploads/${video?.id}`, account.token);
  const before = (await stored()).parts.map((part) => part.part_number);
  expect(before.length).toBeGreaterThan(0);

  parts.length = 0;
  await limitUploads(page, -1);
  await row.getByRole("button", { name: "Resume" }).click();
  await ready(row);
  expect(parts.sort()).toEqual([1, 2, 3, 4, 5].filter((part) => !before.includes(part)));
  await expectFilm(sluice, account, "long", 2);
});

test("a canceled upload leaves nothing, and is asked for twice when it is far", async ({ page, sluice }, info) => {
  await limitUploads(page, 8_000_000);
  await choose(page, await largeFile(info.outputPath("long.mp4")));
  const row = rowOf(page, "long");
  await untilUploaded(row, 30);
  await row.getByRole("button", { name: "Cancel upload" }).click();
  const dialog = page.getByRole("dialog", { name: "Cancel this upload?" });
  await dialog.getByRole("button", { name: "Go on uploading" }).click();
  await expect(dialog).toBeHidden();
  await expect(row).toHaveAttribute("data-phase", "sending");
  await row.getByRole("button", { name: "Cancel upload" }).click();
  await dialog.getByRole("button", { name: "Cancel upload" }).click();
  await expect(row).toBeHidden();
  await expect.poll(() => myVideos(sluice, account)).toEqual([]);
});

test("a server that is killed in the middle and comes back gets the rest", async ({ page, sluice }, info) => {
  await limitUploads(page, 8_000_000);
  await choose(page, await largeFile(info.outputPath("long.mp4")));
  const row = rowOf(page, "long");
  await untilUploaded(row, 50);
  await sluice.kill();
  await expect(row).toContainText("The server can't be reached. Trying again");
  await limitUploads(page, -1);
  await sluice.start();
  await ready(row);
  await expectFilm(sluice, account, "long", 2);
});

test("without a connection uploads wait, and go on with it", async ({ page, context, sluice }, info) => {
  await limitUploads(page, 8_000_000);
  await choose(page, await largeFile(info.outputPath("long.mp4")));
  const row = rowOf(page, "long");
  await untilUploaded(row, 20);
  await context.setOffline(true);
  await expect(row).toContainText("No connection");
  await context.setOffline(false);
  await ready(row);
  await expectFilm(sluice, account, "long", 2);
});

test("after a reload a large file is chosen again, and only what is missing is sent", async ({ page, sluice }, info) => {
  const file = await largeFile(info.outputPath("long.mp4"));
  await limitUploads(page, 8_000_000);
  await choose(page, file);
  await untilUploaded(rowOf(page, "long"), 60);
  await reloadWarned(page);

  const row = rowOf(page, "long");
  await expect(row).toHaveAttribute("data-phase", "file_needed");
  const [video] = await myVideos(sluice, account);
  const upload = await sluice.call<{ parts: { part_number: number }[] }>("GET", `/api/uploads/${video?.id}`, account.token);
  const before = upload.parts.map((part) => part.part_number);
  expect(before.length).toBeGreaterThan(0);

  const chooser = page.waitForEvent("filechooser");
  await row.getByRole("button", { name: "Choose the file" }).click();
  await (await chooser).setFiles([clip]);
  await expect(row).toContainText("That is another file");

  const parts = partsSent(page);
  await limitUploads(page, -1);
  const again = page.waitForEvent("filechooser");
  await row.getByRole("button", { name: "Choose the file" }).click();
  await (await again).setFiles([file]);
  await ready(row);
  expect(parts.sort()).toEqual([1, 2, 3, 4, 5].filter((part) => !before.includes(part)));
  await expectFilm(sluice, account, "long", 2);
});

test("after a reload a small file goes on by itself", async ({ page, sluice }) => {
  await limitUploads(page, 200_000);
  await choose(page, media("car-detection.mp4"));
  await untilUploaded(rowOf(page, "car-detection"), 10);
  await reloadWarned(page);
  await limitUploads(page, -1);
  await ready(rowOf(page, "car-detection"));
  await expectFilm(sluice, account, "car-detection", 30);
  expect(await myVideos(sluice, account)).toHaveLength(1);
});

test("a second tab leaves the uploads of the first alone", async ({ page, context, sluice }, info) => {
  await limitUploads(page, 8_000_000);
  await choose(page, await largeFile(info.outputPath("long.mp4")));
  await untilUploaded(rowOf(page, "long"), 10);
  const second = await context.newPage();
  const parts = partsSent(second);
  await second.goto("/upload");
  await expect(second.getByRole("heading", { name: "Drop videos here" })).toBeVisible();
  await limitUploads(page, -1);
  await ready(rowOf(page, "long"));
  expect(parts).toEqual([]);
  expect(await myVideos(sluice, account)).toHaveLength(1);
});

test("a signed URL that is no longer good is asked for again", async ({ page, sluice }, info) => {
  let refused = 0;
  await page.route("**/storage/**", (route) => {
    const url = new URL(route.request().url());
    if (url.searchParams.get("part") !== "2" || refused > 0) return route.continue();
    refused += 1;
    url.searchParams.set("expires", "1700000000"); // long ago: the server's own 403
    return route.continue({ url: url.href });
  });
  const refusals: number[] = [];
  page.on("response", (response) => response.request().method() === "PUT" && !response.ok() && refusals.push(response.status()));
  const renewed = page.waitForRequest("**/api/uploads/parts");
  await choose(page, await largeFile(info.outputPath("long.mp4")));
  await renewed;
  await ready(rowOf(page, "long"));
  expect(refusals).toEqual([403]);
  await expectFilm(sluice, account, "long", 2);
});

test("a file that changes under the upload is no reason to try for ever", async ({ page }, info) => {
  const file = await largeFile(info.outputPath("long.mp4"));
  await limitUploads(page, 8_000_000);
  await choose(page, file);
  await untilUploaded(rowOf(page, "long"), 20);
  await writeFile(file, "something else");
  await limitUploads(page, -1);
  await expect(rowOf(page, "long")).toContainText("The file can't be read any more");
});

test("several files go two at a time", async ({ page, sluice }) => {
  await limitUploads(page, 600_000);
  const files = ["b_pyramid.mp4", "chapters.mp4", "422_10bit_50fps_8mono.mp4", "fragmented_51.mp4"];
  await choose(page, ...files.map(media));
  const inPhase = (kind: string) => page.locator(`[data-phase="${kind}"]`);
  await expect(inPhase("sending")).toHaveCount(2);
  await expect(inPhase("waiting")).toHaveCount(2);
  await expect(page.getByRole("link", { name: /^4 uploads, \d+ %$/ })).toBeVisible();
  await limitUploads(page, -1);
  await expect(inPhase("complete")).toHaveCount(4, { timeout: 80_000 });
  expect((await myVideos(sluice, account)).map((video) => video.status)).toEqual(Array(4).fill("complete"));
});

test("a video that fails says why, and can be removed", async ({ page, sluice }) => {
  await choose(page, media("no_moov_truncated.mp4"));
  const row = rowOf(page, "no_moov_truncated");
  await expect(row).toHaveAttribute("data-phase", "failed");
  await expect(row).toContainText("is not a video or audio file that can be read, or it is cut off");
  await expect(row.getByRole("button", { name: "Try again" })).toBeHidden();
  await row.getByRole("button", { name: "Remove" }).click();
  await expect(row).toBeHidden();
  expect(await myVideos(sluice, account)).toEqual([]);
});

test("a session that ends in the middle is begun again, and the upload goes on", async ({ page, sluice }, info) => {
  await limitUploads(page, 8_000_000);
  await choose(page, await largeFile(info.outputPath("long.mp4")));
  await untilUploaded(rowOf(page, "long"), 20);
  await page.context().clearCookies();
  await limitUploads(page, -1);
  await expect(rowOf(page, "long")).toContainText("You are signed out");
  await page.getByRole("link", { name: "Sign in again" }).click();
  await page.getByRole("textbox", { name: "E-mail" }).fill(account.email);
  await page.getByLabel("Password", { exact: true }).fill(account.password);
  await page.locator("form").getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL(/\/upload$/);
  await ready(rowOf(page, "long"));
  await expectFilm(sluice, account, "long", 2);
});

test("the page may be open under another name than the one in signed URLs", async ({ page, sluice, faults }) => {
  const elsewhere = sluice.url.replace("127.0.0.1", "localhost");
  await page.request.post(`${elsewhere}/api/auth/login`, { data: { email: account.email, password: account.password } });
  await page.goto(`${elsewhere}/upload`);
  const parts = partsSent(page);
  await choose(page, clip);
  await ready(rowOf(page, "tiny_64x64_edit_list"));
  expect(parts).toEqual([1]);
  // The page's own host is the other one here.
  expect(faults.filter((fault) => fault !== `request to another host: ${elsewhere}`)).toEqual([]);
  faults.length = 0;
});

test("every state of a row is readable, on a desk and on a phone, in light and dark", async ({ page }, info) => {
  await choose(page, clip, media("text_renamed.mp4"), media("no_moov_truncated.mp4"));
  await ready(rowOf(page, "tiny_64x64_edit_list"));
  await expect(rowOf(page, "no_moov_truncated")).toHaveAttribute("data-phase", "failed");
  await limitUploads(page, 3_000_000);
  const names = ["Morning at the harbour.mp4", "Interview, camera 2.mov", "a_rather_long_name_without_any_space_0001.mkv", "Talk.mp4"];
  for (const name of names) await choose(page, await largeFile(info.outputPath(name)));
  await rowOf(page, "Interview, camera 2").getByRole("button", { name: "Pause" }).click();
  await untilUploaded(rowOf(page, "Morning at the harbour"), 10);

  for (const colorScheme of ["light", "dark"] as const) {
    for (const [name, width, height] of [["desktop", 1280, 800], ["phone", 390, 844], ["small", 360, 640]] as const) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height });
      await page.screenshot({ path: `${screenshots}/uploads_${name}_${colorScheme}.png`, fullPage: true });
      expect(await overhang(page), name).toBeLessThanOrEqual(0);
      expect(await seriousFindings(page), `${name}, ${colorScheme}`).toEqual([]);
    }
  }
  await drop(page, clip, "dragenter");
  await page.screenshot({ path: `${screenshots}/uploads_dragging.png` });
});

test("files can be chosen and an upload be stopped by keyboard alone", async ({ page }, info) => {
  await limitUploads(page, 3_000_000);
  const chooser = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: "Choose files" }).focus();
  await page.keyboard.press("Enter");
  await (await chooser).setFiles([await largeFile(info.outputPath("long.mp4"))]);
  const row = rowOf(page, "long");
  await untilUploaded(row, 25);
  await row.getByRole("textbox", { name: "Title" }).focus();
  await page.keyboard.press("Tab"); // visibility
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Cancel this upload?" });
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await expect(row).toHaveAttribute("data-phase", "sending");
  await page.keyboard.press("Enter");
  await dialog.getByRole("button", { name: "Cancel upload" }).press("Enter");
  await expect(row).toBeHidden();
});
