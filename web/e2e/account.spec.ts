// Accounts, sessions and API tokens, and the page by keyboard alone.
import type { Page } from "@playwright/test";
import { type Account, expect, media, signIn, type Sluice, test } from "./sluice";

const form = (page: Page) => page.locator("form:not([role=search])");

async function fillIn(page: Page, email: string, password: string) {
  await page.getByRole("textbox", { name: "E-mail" }).fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.keyboard.press("Enter");
}

// As from another browser of the same person.
async function endSession(page: Page, sluice: Sluice) {
  const cookies = await page.context().cookies();
  const token = cookies.find(({ name }) => name.includes("session"))?.value;
  expect(token).toBeTruthy();
  await sluice.call("POST", "/api/auth/logout", token);
}

test("who signs up comes back to what needed the account", async ({ page }) => {
  await page.goto("/videos?q=x");
  await page.getByRole("link", { name: "Create an account" }).click();
  await expect(page).toHaveURL("/signup?next=%2Fvideos%3Fq%3Dx");
  await expect(page.getByLabel("Password", { exact: true })).toHaveAttribute("autocomplete", "new-password");
  await fillIn(page, "user@example.com", "correct horse battery");
  await expect(page).toHaveURL("/videos?q=x");
  await expect(page.getByRole("heading", { name: "No videos match “x”" })).toBeVisible();
  await page.getByRole("button", { name: "Account of user@example.com" }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await expect(page.getByRole("heading", { name: "Sign in to go on" })).toBeVisible();
});

test("errors of signing up and in stand where they belong", async ({ page, sluice }) => {
  const { email, password } = await sluice.signUp();
  await page.goto("/signup");
  const emailField = page.getByRole("textbox", { name: "E-mail" });
  const passwordField = page.getByLabel("Password", { exact: true });
  await fillIn(page, "user", "short");
  await expect(emailField).toHaveAccessibleDescription(/not an e-mail address/);
  await expect(passwordField).toHaveAccessibleDescription(/at least 8 characters/);
  await expect(emailField).toBeFocused();
  await fillIn(page, email, "another password");
  await expect(emailField).toHaveAccessibleDescription(/an account with this address already/);

  await page.getByRole("main").getByRole("link", { name: "Sign in" }).click();
  await fillIn(page, email, "wrong password");
  await expect(page.getByRole("alert")).toHaveText("The e-mail address or the password is wrong.");
  await expect(passwordField).toBeFocused();
  await page.getByRole("button", { name: "Show the password" }).click();
  await expect(passwordField).toHaveAttribute("type", "text");
  await fillIn(page, email, password);
  await expect(page).toHaveURL("/");
});

test("after too many wrong passwords the wait is said", async ({ page, sluice }) => {
  const { email } = await sluice.signUp();
  await page.goto("/login");
  await expect(async () => {
    await fillIn(page, email, "wrong password");
    await expect(page.getByRole("alert")).toHaveText(/too many wrong passwords\. Try again in \d+ (s|min)/, {
      timeout: 500,
    });
  }).toPass();
});

test.describe("where accounts are made by the administrator", () => {
  test.use({ serverFlags: ["--allow-signup=false"] });

  test("signing up says how to get one", async ({ page }) => {
    await page.goto("/signup");
    await expect(page.getByRole("heading", { name: "Accounts are made by the administrator" })).toBeVisible();
    await expect(form(page)).toHaveCount(0);
  });
});

test("next never leads to another site", async ({ page, sluice }) => {
  const account = await sluice.signUp();
  await signIn(page, sluice, account);
  for (const next of ["//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)", "/.//evil.example"]) {
    await page.goto(`/login?next=${encodeURIComponent(next)}`);
    await expect(page).toHaveURL("/");
  }
});

test("a session that ends elsewhere is noticed, and one goes on after signing in again", async ({ page, sluice }) => {
  const account = await sluice.signUp();
  await signIn(page, sluice, account);
  await page.goto("/tokens");
  await page.getByRole("button", { name: "Create a token" }).click();
  await page.getByLabel("Name", { exact: true }).fill("Backup");
  await endSession(page, sluice);
  await page.getByRole("button", { name: "Create token" }).click();
  await expect(page.getByText("You have been signed out")).toBeVisible();
  await page.getByRole("link", { name: "Sign in again" }).click();
  await expect(page.getByText("Your session has ended")).toBeVisible();
  await fillIn(page, account.email, account.password);
  await expect(page).toHaveURL("/tokens");
  await expect(page.getByRole("heading", { name: "No tokens yet" })).toBeVisible();
  await expect(page.getByText("You have been signed out")).toBeHidden();
});

test("a token is shown once, works, and is worth nothing when revoked", async ({ page, sluice }) => {
  const account = await sluice.signUp();
  await signIn(page, sluice, account);
  await page.goto("/tokens");
  await page.getByRole("button", { name: "Create a token" }).click();
  await page.getByRole("button", { name: "Create token" }).click();
  await expect(page.getByLabel("Name", { exact: true })).toHaveAccessibleDescription(/Give it a name/);
  await page.getByLabel("Name", { exact: true }).fill("Backup script");
  await page.getByLabel("Expires").selectOption("In 30 days");
  await page.getByRole("button", { name: "Create token" }).click();

  const token = await page.getByLabel("Token", { exact: true }).inputValue();
  await expect(page.getByRole("textbox", { name: "Try it in a terminal" })).toHaveValue(
    `curl -H "Authorization: Bearer ${token}" "${sluice.url}/api/videos?mine=true"`,
  );
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.getByRole("button", { name: "Copy token" }).click();
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(token);
  const me = await sluice.call<{ email: string }>("GET", "/api/auth/me", token);
  expect(me.email).toBe(account.email);

  await page.reload();
  await expect(page.getByRole("heading", { name: "Backup script" })).toBeVisible();
  await expect(page.getByText(/^Last used/)).toBeVisible();
  expect(await page.content()).not.toContain(token);
  await page.getByRole("button", { name: "Revoke Backup script" }).click();
  await page.getByRole("button", { name: "Revoke token" }).click();
  await expect(page.getByRole("heading", { name: "No tokens yet" })).toBeVisible();
  await expect(sluice.call("GET", "/api/auth/me", token)).rejects.toThrow("401");
});

test("a chosen theme is there before the page is", async ({ page }) => {
  await page.emulateMedia({ colorScheme: "light" });
  await page.goto("/");
  await page.getByRole("button", { name: "Theme" }).click();
  await page.getByRole("menuitemradio", { name: "Dark theme" }).click();
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  await expect.poll(ground).toBe("rgb(14, 17, 22)");
  // Without the application nothing but the head is left to set it.
  await page.route("**/assets/*.js", (route) => route.abort());
  await page.reload();
  expect(await ground()).toBe("rgb(14, 17, 22)");
});

async function tabTo(page: Page, name: string | RegExp, role: "link" | "button" | "textbox") {
  const target = page.getByRole(role, { name }).first();
  await expect(target).toBeVisible();
  for (let presses = 0; presses < 40; presses += 1) {
    await page.keyboard.press("Tab");
    if (await target.evaluate((element) => element === document.activeElement)) return;
  }
  throw new Error(`Tab never comes to the ${role} ${name}`);
}

test("by keyboard alone: sign up, upload page, library, watch", async ({ page, sluice }) => {
  const owner: Account = await sluice.signUp("owner@example.com");
  const id = await sluice.upload(owner, media("tiny_64x64_edit_list.mp4"), { title: "Test card" });
  await sluice.untilStatus(owner, id, "complete");
  await page.goto("/");
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "To the content" })).toBeFocused();
  await tabTo(page, "Upload", "link");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL("/upload");
  await expect(page.getByRole("main")).toBeFocused();
  await tabTo(page, "Create an account", "link");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("textbox", { name: "E-mail" })).toBeFocused();
  await page.keyboard.type("user@example.com");
  await page.keyboard.press("Tab");
  await page.keyboard.type("correct horse battery");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL("/upload");
  await expect(page.getByRole("button", { name: "Account of user@example.com" })).toBeVisible();
  await page.locator("body").press("Home");
  await tabTo(page, /to the library/, "link");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL("/");
  await tabTo(page, "Test card", "link");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(`/watch/${id}`);
  await expect(page).toHaveTitle(/Test card/);
  await expect(page.locator("video").first()).toBeVisible();
});
