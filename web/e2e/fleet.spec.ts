// The page where its bytes go to and come from others: uploads straight into a bucket, across
// origins, and media through a CDN that checks who signed.
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, media, signIn, test } from "./sluice";

const address = (name: string): string => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run tests/services/with.py cdn -- npm run e2e`);
  return value;
};

const endpoint = address("SLUICE_TEST_S3_ENDPOINT");
const edge = address("SLUICE_TEST_EDGE");

test.use({
  serverFlags: [
    "--storage", "s3://sluice-uploads,sluice-media",
    "--s3-endpoint", endpoint,
    "--cdn", address("SLUICE_TEST_CDN"),
  ],
  otherHosts: [new URL(endpoint).host, new URL(edge).host],
});

test("a film goes straight into the bucket and plays from the CDN", async ({ page, sluice }) => {
  const account = await sluice.signUp();
  await signIn(page, sluice, account);
  const stored: string[] = [];
  const played: string[] = [];
  page.on("response", (response) => {
    const url = new URL(response.url());
    const request = response.request();
    if (request.method() === "PUT") stored.push(`${url.host} ${response.status()}`);
    if (url.pathname.endsWith(".m4s") || url.pathname.endsWith(".mp4")) played.push(`${url.host} ${response.status()}`);
  });

  await page.goto("/upload");
  const chooser = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: /Choose files|Choose the file/ }).first().click();
  await (await chooser).setFiles(media("car-detection.mp4"));
  await page.getByRole("link", { name: /^Watch/ }).first().click({ timeout: 60_000 });
  const video = page.locator("video").first();
  await page.getByRole("button", { name: /^Play/ }).first().click();
  await expect
    .poll(() => video.evaluate((element: HTMLVideoElement) => element.getVideoPlaybackQuality().totalVideoFrames), {
      timeout: 60_000,
    })
    .toBeGreaterThan(20);

  expect(stored.length).toBeGreaterThan(0);
  expect(new Set(stored)).toEqual(new Set([`${new URL(endpoint).host} 200`]));
  expect(played.length).toBeGreaterThan(0);
  expect(new Set(played.map((line) => line.split(" ")[0]))).toEqual(new Set([new URL(edge).host]));
  expect(played.every((line) => / 20[06]$/.test(line))).toBe(true);
  writeFileSync(fileURLToPath(new URL("artifacts/fleet-watch.png", import.meta.url)), await page.screenshot());
});

test("a poster comes from the CDN too", async ({ page, sluice }) => {
  const account = await sluice.signUp();
  const id = await sluice.upload(account, media("car-detection.mp4"));
  await sluice.untilStatus(account, id, "complete");
  await page.goto("/");
  const poster = page.locator("main img").first();
  await expect(poster).toBeVisible();
  await expect.poll(() => poster.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(100);
  expect(new URL((await poster.getAttribute("src")) ?? "").host).toBe(new URL(edge).host);
});
