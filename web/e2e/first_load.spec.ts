// What the first look at the library costs a browser that has nothing of it yet.
import { expect, test } from "./sluice";

const limit = 200 * 1024;

test("the first load is small, and without the player", async ({ page }) => {
  const browser = await page.context().newCDPSession(page);
  await browser.send("Network.enable");
  let bytes = 0;
  browser.on("Network.loadingFinished", ({ encodedDataLength }) => (bytes += encodedDataLength));
  const scripts: string[] = [];
  page.on("response", (answer) => {
    if (answer.request().resourceType() === "script") scripts.push(answer.url());
  });
  await page.addInitScript(() => {
    let blocked = 0;
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) blocked += Math.max(0, duration - 50);
    }).observe({ type: "longtask", buffered: true });
    Object.assign(window, { totalBlockingTime: () => blocked });
  });
  await page.goto("/", { waitUntil: "networkidle" });
  await expect(page.getByRole("heading", { name: "No videos yet" })).toBeVisible();

  const { painted, blocked } = await page.evaluate(() => ({
    painted: performance.getEntriesByName("first-contentful-paint")[0]?.startTime,
    blocked: (window as unknown as { totalBlockingTime: () => number }).totalBlockingTime(),
  }));
  // eslint-disable-next-line no-console -- the figures are what the run is for
  console.log(
    `first load: ${(bytes / 1024).toFixed(1)} KiB, first contentful paint ${painted?.toFixed(0)} ms, ` +
      `total blocking time ${blocked.toFixed(0)} ms`,
  );
  expect(bytes).toBeGreaterThan(20 * 1024);
  expect(bytes).toBeLessThan(limit);
  for (const script of scripts) {
    const code = await page.request.get(script).then((answer) => answer.text());
    expect(code, `${script} holds the player`).not.toContain("vjs-");
  }
});
