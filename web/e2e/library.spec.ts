// The library and one's own videos: found, followed, changed, and long lists.
import type { Page } from "@playwright/test";
import { type Account, expect, media, signIn, type Sluice, test } from "./sluice";

const card = (page: Page, title: string) => page.getByRole("listitem").filter({ hasText: title });

const pictureOf = (page: Page, title: string) =>
  card(page, title)
    .locator("img")
    .last()
    .evaluate((image: HTMLImageElement) => image.naturalWidth);

async function choose(page: Page, title: string, action: string) {
  await page.getByRole("button", { name: `Actions for ${title}` }).click();
  await page.getByRole("menuitem", { name: action }).click();
}

// Uploads that are never sent: rows of a list, without any work.
async function announce(sluice: Sluice, account: Account, count: number) {
  for (let at = 0; at < count; at += 1) {
    const fields = { filename: `clip ${at}.mp4`, size_bytes: 1000 };
    await sluice.call("POST", "/api/uploads/initiate", account.token, fields);
  }
}

test("a new installation says what it is and what to do", async ({ page }) => {
  await page.goto("/");
  await expect(page.getByRole("heading", { name: "No videos yet" })).toBeVisible();
  await page.getByRole("link", { name: "Upload the first video" }).click();
  await expect(page).toHaveURL("/upload");
});

test("a search narrows the library as one types, and has a way out", async ({ page, sluice }) => {
  const account = await sluice.signUp();
  for (const title of ["Harbour at dawn", "Forest"]) {
    const id = await sluice.upload(account, media("tiny_64x64_edit_list.mp4"), { title });
    await sluice.untilStatus(account, id, "complete");
  }
  await page.goto("/");
  await expect(card(page, "Forest")).toBeVisible();
  await expect.poll(() => pictureOf(page, "Forest")).toBeGreaterThan(0);
  const search = page.getByRole("searchbox");
  await search.fill("harb");
  await expect(card(page, "Forest")).toBeHidden();
  await expect(card(page, "Harbour at dawn")).toBeVisible();
  await expect(page).toHaveURL("/?q=harb");
  await expect(search).toBeFocused();
  await search.fill("zebra & co");
  await expect(page.getByRole("heading", { name: "No videos match “zebra & co”" })).toBeVisible();
  await page.getByRole("link", { name: "Show all videos" }).click();
  await expect(card(page, "Forest")).toBeVisible();
  await expect(search).toHaveValue("");

  await card(page, "Forest").getByRole("link").click();
  await expect(page).toHaveURL(/\/watch\//);
  await search.fill("dawn");
  await search.press("Enter");
  await expect(page).toHaveURL("/?q=dawn");
  await expect(card(page, "Harbour at dawn")).toBeVisible();
  await page.goBack();
  await expect(page).toHaveURL(/\/watch\//);
});

test("my videos follow an upload until it is complete", async ({ page, sluice }) => {
  const account = await sluice.signUp();
  await signIn(page, sluice, account);
  await sluice.stop();
  await sluice.start(["--workers", "0"]);
  const id = await sluice.upload(account, media("one_keyframe_12s.webm"), { title: "Crystals" });
  await page.goto("/videos");
  await expect(card(page, "Crystals").getByText("Queued")).toBeVisible();
  await sluice.stop();
  await sluice.start([]);
  await expect(card(page, "Crystals").getByText(/^Processing \d+%$/)).toBeVisible({ timeout: 40_000 });
  await sluice.untilStatus(account, id, "complete");
  await expect(card(page, "Crystals").getByText(/^Processing/)).toBeHidden();
  await expect(card(page, "Crystals").getByText("0:12")).toBeVisible();
  await expect.poll(() => pictureOf(page, "Crystals")).toBeGreaterThan(0);
});

test("a failed video says why and can be tried again", async ({ page, sluice }) => {
  const account = await sluice.signUp();
  await signIn(page, sluice, account);
  const id = await sluice.upload(account, media("vvc_no_decoder.mp4"), { title: "New camera" });
  await sluice.untilStatus(account, id, "failed");
  await page.goto("/videos");
  await expect(card(page, "New camera").getByText(/no decoder/)).toBeVisible();
  const retried = page.waitForResponse((answer) => answer.url().endsWith("/retry"));
  await card(page, "New camera").getByRole("button", { name: "Try again" }).click();
  expect((await retried).status()).toBe(202);
  await sluice.untilStatus(account, id, "failed");
  await expect(card(page, "New camera").getByText("Failed")).toBeVisible();
});

test("an owner renames, hides and deletes a video from its card", async ({ page, sluice, browser }) => {
  const account = await sluice.signUp();
  await signIn(page, sluice, account);
  const id = await sluice.upload(account, media("tiny_64x64_edit_list.mp4"), { title: "Draft" });
  await sluice.untilStatus(account, id, "complete");
  await page.goto("/videos");

  await choose(page, "Draft", "Rename");
  await page.getByRole("textbox", { name: "Title" }).fill("Final");
  await page.keyboard.press("Enter");
  await expect(card(page, "Final")).toBeVisible();

  const stranger = await browser.newPage({ baseURL: sluice.url });
  await stranger.goto("/");
  await expect(card(stranger, "Final")).toBeVisible();

  await choose(page, "Final", "Who can see it");
  await page.getByRole("radio", { name: "Private" }).check();
  await page.getByRole("button", { name: "Save" }).click();
  await expect(card(page, "Final").getByText("Private")).toBeVisible();
  await stranger.reload();
  await expect(stranger.getByRole("heading", { name: "No videos yet" })).toBeVisible();
  await stranger.close();

  await choose(page, "Final", "Delete");
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(card(page, "Final")).toBeVisible();
  await choose(page, "Final", "Delete");
  await page.getByRole("button", { name: "Delete video" }).click();
  await expect(page.getByRole("heading", { name: "You have no videos yet" })).toBeVisible();
});

test("a menu works by keyboard and gives the focus back", async ({ page, sluice }) => {
  const account = await sluice.signUp();
  await signIn(page, sluice, account);
  await announce(sluice, account, 1);
  await page.goto("/videos");
  const opener = page.getByRole("button", { name: "Actions for clip 0" });
  await opener.focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("menuitem", { name: "Copy link" })).toBeFocused();
  await page.keyboard.press("ArrowUp");
  await expect(page.getByRole("menuitem", { name: "Delete" })).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await expect(page.getByRole("menuitem", { name: "Rename" })).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("menu")).toBeHidden();
  await expect(opener).toBeFocused();
});

test("a long list is read on as one scrolls, and found again where one left it", async ({ page, sluice }) => {
  const account = await sluice.signUp();
  await signIn(page, sluice, account);
  await announce(sluice, account, 150);
  await page.goto("/videos");
  const links = page.getByRole("main").getByRole("link", { name: /^clip/ });
  await expect(links.first()).toBeVisible();
  const countBefore = await links.count();
  expect(countBefore).toBeLessThan(100);
  const last = links.filter({ hasText: /^clip 0$/ });
  await expect(async () => {
    await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
    await expect(last).toBeInViewport({ timeout: 300 });
  }).toPass();
  expect(await links.count()).toBe(150);

  const middle = links.filter({ hasText: /^clip 50$/ });
  await middle.scrollIntoViewIfNeeded();
  const left = await page.evaluate(() => window.scrollY);
  await middle.focus();
  await page.keyboard.press("Enter"); // an upload that isn't finished leads to the upload page
  await expect(page).toHaveURL("/upload");
  await expect.poll(() => page.evaluate(() => window.scrollY)).toBe(0);
  await page.goBack();
  await expect(middle).toBeInViewport();
  expect(Math.abs((await page.evaluate(() => window.scrollY)) - left)).toBeLessThan(60);
});

test("five hundred cards cost no more to scroll than those that are seen", async ({ page, sluice }) => {
  test.slow(); // to make and read five hundred rows
  const account = await sluice.signUp();
  await signIn(page, sluice, account);
  await announce(sluice, account, 500);
  await page.goto("/videos");
  const cards = page.locator("main li:not([aria-hidden])");
  await expect(async () => {
    await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
    await expect(cards).toHaveCount(500, { timeout: 500 });
  }).toPass({ timeout: 180_000 });
  // Skipped by the browser: laid out and painted are the cards near the window.
  const skipped = await cards.evaluateAll(
    (all) => all.filter((item) => item.querySelector("a")?.checkVisibility({ contentVisibilityAuto: true }) === false).length,
  );
  expect(skipped).toBeGreaterThan(400);
});
