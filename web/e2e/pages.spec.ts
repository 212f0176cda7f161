// Every page in every state, light and dark, on a desk and on a phone: nothing serious for axe, no
// sideways scroll, and a picture of it in e2e/artifacts/screenshots.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Locator, Page } from "@playwright/test";
import { overhang, seriousFindings } from "./accessibility";
import { type Account, expect, media, signIn, Sluice, test as base } from "./sluice";

const screenshots = fileURLToPath(new URL("artifacts/screenshots", import.meta.url));
const sizes = [
  { name: "desktop", width: 1280, height: 800 },
  { name: "phone", width: 390, height: 844 },
  { name: "small", width: 360, height: 640 },
];

interface World {
  sluice: Sluice;
  owner: Account;
  newcomer: Account;
  complete: string;
  portrait: string;
  sound: string;
  processing: string;
  failed: string;
}

// One server for all, in the end without workers: what is being processed stays so.
const test = base.extend<object, { world: World }>({
  world: [
    // eslint-disable-next-line no-empty-pattern -- Playwright reads the fixtures a fixture needs from the pattern
    async ({}, provide) => {
      const folder = await mkdtemp(join(tmpdir(), "sluice-pages-"));
      const world = await makeWorld(folder);
      await provide(world);
      await world.sluice.stop();
      await rm(folder, { recursive: true });
    },
    { scope: "worker", timeout: 240_000 },
  ],
  sluice: async ({ world }, provide) => provide(world.sluice),
});
test.describe.configure({ mode: "default" });

async function upload(sluice: Sluice, owner: Account, files: [name: string, title: string][]) {
  const ids = await Promise.all(files.map(([name, title]) => sluice.upload(owner, media(name), { title })));
  for (const id of ids) await sluice.untilStatus(owner, id, "complete", 120);
  return ids;
}

async function makeWorld(folder: string): Promise<World> {
  const sluice = await Sluice.start(folder);
  const owner = await sluice.signUp("user@example.com");
  const newcomer = await sluice.signUp("a.person.with.a.rather.long.name@department.example.com");
  const [complete = "", portrait = "", , sound = ""] = await upload(sluice, owner, [
    ["chapters.mp4", "Morning at the harbour"],
    ["iphone_vertical_rot90.mov", "A walk with the phone held upright"],
    ["mpeg4_mp3.avi", "Wide screen: the first rough cut with the new titles, for review before Friday’s meeting with all of the team"],
    ["cover_art.mp3", "The bear, sound only"],
    ["negative_start_pts_wrap.ts", "Crossing, camera 2"],
  ]);
  await sluice.upload(owner, media("fragmented_51.mp4"), { title: "Not for everybody", visibility: "unlisted" });
  const hidden = await sluice.upload(owner, media("odd_161x121.webm"), { title: "Draft", visibility: "private" });
  await sluice.untilStatus(owner, hidden, "complete");
  const failed = await sluice.upload(owner, media("vvc_no_decoder.mp4"), { title: "From the new camera" });
  await sluice.untilStatus(owner, failed, "failed");
  const processing = await sluice.upload(owner, media("big_buck_bunny_0_30.webm"), { title: "Big Buck Bunny" });
  await expect
    .poll(async () => (await sluice.call<{ playable: boolean }>("GET", `/api/videos/${processing}`)).playable, {
      intervals: [20],
      timeout: 60_000,
    })
    .toBe(true);
  await sluice.kill();
  await sluice.start(["--workers", "0"]);
  await sluice.upload(owner, media("b_pyramid.mp4"), { title: "Next in line" });
  await sluice.call("POST", "/api/uploads/initiate", owner.token, { filename: "holiday.mp4", size_bytes: 5_000_000 });
  return { sluice, owner, newcomer, complete, portrait, sound, processing, failed };
}

// As the page sees it: an open menu closes when its window changes or scrolls, so both must be over before one is opened.
async function resize(page: Page, size: { width: number; height: number }) {
  await page.setViewportSize(size);
  await page.waitForFunction(({ width, height }) => innerWidth === width && innerHeight === height, size);
}

async function openMenu(page: Page, button: Locator) {
  await button.scrollIntoViewIfNeeded();
  await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
  await button.click();
}

const imagesShown = (page: Page) =>
  page.waitForFunction(() =>
    [...document.images].every((image) => {
      const { top, bottom } = image.getBoundingClientRect();
      return bottom < 0 || top > innerHeight || image.complete;
    }),
  );

// Asked again where a colour was still on its way to another.
const expectAccessible = (page: Page, what: string) =>
  expect.poll(() => seriousFindings(page), { message: what, timeout: 5000 }).toEqual([]);

async function look(page: Page, name: string) {
  for (const { name: size, width, height } of sizes) {
    await page.setViewportSize({ width, height });
    for (const colorScheme of ["light", "dark"] as const) {
      if (size === "small" && colorScheme === "dark") continue;
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await imagesShown(page);
      expect(await overhang(page), `${name} scrolls sideways at ${width} px`).toBeLessThanOrEqual(0);
      if (size !== "small") await expectAccessible(page, `${name}, ${colorScheme}, ${size}`);
      await page.screenshot({ path: join(screenshots, `${name}-${colorScheme}-${size}.png`), animations: "disabled" });
    }
  }
}

test("the library", async ({ page }) => {
  await page.goto("/");
  await expect(page.getByRole("link", { name: "Morning at the harbour" })).toBeVisible();
  await look(page, "library");
});

test("the library, signed in, with the account menu open", async ({ page, world }) => {
  await signIn(page, world.sluice, world.newcomer);
  await page.goto("/");
  await expect(page.getByRole("link", { name: "Morning at the harbour" })).toBeVisible();
  await resize(page, { width: 390, height: 844 });
  await page.emulateMedia({ colorScheme: "dark", reducedMotion: "reduce" });
  await openMenu(page, page.getByRole("button", { name: /^Account of/ }));
  await expectAccessible(page, "account menu");
  await page.screenshot({ path: join(screenshots, "account_menu-dark-phone.png") });
  await page.keyboard.press("Escape");
  await look(page, "library_signed_in");
});

test("the library, searched", async ({ page }) => {
  await page.goto("/?q=the");
  await expect(page.getByRole("link", { name: "Morning at the harbour" })).toBeVisible();
  await look(page, "library_search");
  await page.goto("/?q=zebra");
  await expect(page.getByRole("heading", { name: "No videos match “zebra”" })).toBeVisible();
  await look(page, "library_no_match");
});

test("the library, loading and failing", async ({ page }) => {
  let answer: () => void = () => undefined;
  await page.route("**/api/videos?*", async (route) => {
    await new Promise<void>((resolve) => (answer = resolve));
    await route.fulfill({ status: 503, contentType: "text/plain", body: "" });
  });
  await page.goto("/");
  await expect(page.getByText("Loading videos")).toBeAttached();
  await look(page, "library_loading");
  const failure = page.getByRole("heading", { name: "The videos could not be loaded" });
  await expect(async () => {
    answer();
    await expect(failure).toBeVisible({ timeout: 500 });
  }).toPass();
  await look(page, "library_error");
  await page.unroute("**/api/videos?*");
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByRole("link", { name: "Morning at the harbour" })).toBeVisible();
});

test("my videos with every status", async ({ page, world }) => {
  await signIn(page, world.sluice, world.owner);
  await page.goto("/videos");
  for (const badge of ["Uploading", "Queued", /^Processing \d+%/, "Failed"]) {
    await expect(page.getByText(badge).first()).toBeVisible();
  }
  await look(page, "my_videos");
});

test("my videos, their menu and dialogs", async ({ page, world }) => {
  await signIn(page, world.sluice, world.owner);
  await page.goto("/videos");
  const actions = page.getByRole("button", { name: "Actions for Morning at the harbour" });
  for (const [item, name] of [
    ["Rename", "rename"],
    ["Who can see it", "visibility"],
    ["Delete", "delete"],
  ] as const) {
    await resize(page, { width: 1280, height: 800 });
    await openMenu(page, actions);
    if (name === "rename") {
      await expectAccessible(page, "card menu");
      await page.screenshot({ path: join(screenshots, "card_menu-light-desktop.png") });
    }
    await page.getByRole("menuitem", { name: item }).click();
    await expect(page.getByRole("dialog")).toBeVisible();
    await look(page, `dialog_${name}`);
    await page.keyboard.press("Escape");
    await expect(page.getByRole("dialog")).toBeHidden();
  }
});

test("my videos, empty and signed out", async ({ page, world }) => {
  await page.goto("/videos");
  await expect(page.getByRole("heading", { name: "Sign in to go on" })).toBeVisible();
  await look(page, "account_needed");
  await signIn(page, world.sluice, world.newcomer);
  await page.goto("/videos");
  await expect(page.getByRole("heading", { name: "You have no videos yet" })).toBeVisible();
  await look(page, "my_videos_empty");
});

test("signing in", async ({ page }) => {
  await page.goto("/login");
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
  await look(page, "sign_in");
  await page.getByRole("textbox", { name: "E-mail" }).fill("user@example.com");
  await page.getByLabel("Password", { exact: true }).fill("wrong password");
  await page.locator("form").getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("alert")).toBeVisible();
  await look(page, "sign_in_refused");
});

test("signing up", async ({ page }) => {
  await page.goto("/signup");
  await expect(page.getByRole("heading", { name: "Create an account" })).toBeVisible();
  await look(page, "sign_up");
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page.getByText("Enter your e-mail address.")).toBeVisible();
  await look(page, "sign_up_errors");
});

test("API tokens", async ({ page, world }) => {
  await signIn(page, world.sluice, world.newcomer);
  await page.goto("/tokens");
  await expect(page.getByRole("heading", { name: "No tokens yet" })).toBeVisible();
  await look(page, "tokens_empty");
  await page.getByRole("button", { name: "Create a token" }).click();
  await look(page, "tokens_create");
  await page.getByLabel("Name", { exact: true }).fill("Backup script");
  await page.getByRole("button", { name: "Create token" }).click();
  await expect(page.getByRole("heading", { name: /Copy the token/ })).toBeVisible();
  await look(page, "tokens_fresh");
  await page.getByRole("button", { name: "Done" }).click();
  await page.getByRole("button", { name: "Revoke Backup script" }).click();
  await look(page, "tokens_revoke");
  await page.keyboard.press("Escape");
  await look(page, "tokens");
});

test("nothing here", async ({ page }) => {
  await page.goto("/no/such/page");
  await expect(page.getByRole("heading", { name: "There is nothing here" })).toBeVisible();
  await look(page, "not_found");
});

test("uploading", async ({ page, world }) => {
  await page.goto("/upload");
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await look(page, "upload_signed_out");
  await signIn(page, world.sluice, world.owner);
  await page.goto("/upload");
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await look(page, "upload");
  const chooser = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: "Choose files" }).click();
  await (await chooser).setFiles([media("car-detection.mp4"), media("text_renamed.mp4"), media("fragmented_51.mp4")]);
  await expect(page.getByText("car-detection").first()).toBeVisible();
  await look(page, "upload_rows");
});

const playerShown = (page: Page) => expect(page.locator("video").first()).toBeVisible();

test("watching", async ({ page, world }) => {
  await page.goto(`/watch/${world.complete}`);
  await playerShown(page);
  await look(page, "watch");
  await page.goto(`/watch/${world.portrait}`);
  await playerShown(page);
  await look(page, "watch_portrait");
  await page.goto(`/watch/${world.sound}`);
  await expect(page.getByRole("heading", { name: "The bear, sound only" })).toBeVisible();
  await look(page, "watch_sound");
});

test("watching one's own", async ({ page, world }) => {
  await signIn(page, world.sluice, world.owner);
  await page.goto(`/watch/${world.complete}`);
  await playerShown(page);
  await look(page, "watch_owner");
  await page.goto(`/watch/${world.processing}`);
  await playerShown(page);
  await look(page, "watch_processing");
  await page.goto(`/watch/${world.failed}`);
  await expect(page.getByRole("heading", { name: "From the new camera" })).toBeVisible();
  await look(page, "watch_failed");
});

test("watching nothing", async ({ page }) => {
  await page.goto("/watch/aaaaaaaaaaaaaaaaaaaaaaaa");
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await look(page, "watch_not_found");
});

test("embedded", async ({ page, world }) => {
  await page.goto(`/embed/${world.complete}`);
  await playerShown(page);
  await look(page, "embed");
});
