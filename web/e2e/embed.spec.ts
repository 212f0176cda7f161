// The player in a page of somebody else.
import { createServer, type Server } from "node:http";
import type { Browser } from "@playwright/test";
import { expectPlaying, press, seen } from "./player";
import { expect, media, type Sluice, test } from "./sluice";

const clip = media("car-detection.mp4");

// A page at an origin of its own; what it shows comes with each test.
async function otherSite(html: string): Promise<{ url: string; server: Server }> {
  const server = createServer((_request, answer) => {
    answer.setHeader("Content-Type", "text/html; charset=utf-8");
    answer.end(`<!doctype html><title>Somebody's page</title><body style="margin: 0">${html}`);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (typeof address !== "object" || !address) throw new Error("no port");
  return { url: `http://127.0.0.1:${address.port}/`, server };
}

// The fixture's page may ask no other host; this one may.
async function framed(browser: Browser, sluice: Sluice, path: string) {
  const frame = `<iframe src="${sluice.url}${path}" width="640" height="360" allow="autoplay; fullscreen"></iframe>`;
  const { url, server } = await otherSite(frame);
  const context = await browser.newContext();
  const page = await context.newPage();
  const faults: string[] = [];
  page.on("pageerror", (error) => faults.push(error.message));
  page.on("console", (message) => {
    if (/Content.Security.Policy|Refused to/i.test(message.text())) faults.push(message.text());
  });
  await page.goto(url);
  const close = async () => {
    await context.close();
    server.close();
    expect(faults).toEqual([]);
  };
  return { place: page.frameLocator("iframe"), close };
}

async function uploaded(sluice: Sluice, fields: Record<string, string> = {}) {
  const account = await sluice.signUp();
  const id = await sluice.upload(account, clip, fields);
  await sluice.untilStatus(account, id, "complete");
  return id;
}

test("The embedded player plays in another site's page, fills its frame and leads to the video", async ({
  browser,
  sluice,
}) => {
  const id = await uploaded(sluice, { title: "Cars" });
  const { place, close } = await framed(browser, sluice, `/embed/${id}`);
  await expect(place.getByRole("link", { name: "Cars" })).toHaveAttribute("href", `/watch/${id}`);
  await press(place);
  await expectPlaying(place);
  expect(await place.getByTestId("player").boundingBox()).toMatchObject({ width: 640, height: 360 });
  await close();
});

test("It begins at a time, by itself and without sound when asked to", async ({ browser, sluice }) => {
  const id = await uploaded(sluice);
  const { place, close } = await framed(browser, sluice, `/embed/${id}?t=12&autoplay=1&muted=1`);
  const playing = await expectPlaying(place);
  expect(playing.time).toBeGreaterThan(11.9);
  expect(playing.time).toBeLessThan(25);
  expect(await place.locator("video").evaluate((video: HTMLVideoElement) => video.muted)).toBe(true);
  await close();
});

test("What can't be played is said in words; what is being made plays when it is there", async ({ page, sluice }) => {
  await page.goto("/embed/nothing");
  await expect(page.getByRole("heading", { name: "There is no such video" })).toBeVisible();
  const account = await sluice.signUp();
  const hidden = await sluice.upload(account, clip, { visibility: "private" });
  await page.goto(`/embed/${hidden}`);
  await expect(page.getByRole("heading", { name: "There is no such video" })).toBeVisible();

  const id = await sluice.upload(account, clip);
  await page.goto(`/embed/${id}`);
  await press(page);
  await expectPlaying(page);
  expect((await seen(page)).time).toBeLessThan(20);
});
