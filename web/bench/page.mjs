// What a browser sees of a running Sluice: `page.mjs URL SESSION CLIP`, one line of JSON.
// SESSION is the value of a session cookie, CLIP a file to drop on the upload page.
import { readFile } from "node:fs/promises";
import { chromium } from "@playwright/test";

const [url, session, clip] = process.argv.slice(2);
const longTask = 50; // milliseconds; what a task takes beyond it blocks

const browser = await chromium.launch({
  executablePath: process.env.SLUICE_CHROMIUM ?? "/usr/bin/chromium",
  args: JSON.parse(await readFile(new URL("../chromium.json", import.meta.url))).flags,
});

async function openPage() {
  const context = await browser.newContext();
  await context.addCookies([{ name: "sluice_session", value: session, url }]);
  const page = await context.newPage();
  const network = await context.newCDPSession(page);
  await network.send("Network.enable");
  const transfers = new Map(); // request id → {path, bytes}
  network.on("Network.responseReceived", ({ requestId, response }) =>
    transfers.set(requestId, { path: new URL(response.url).pathname, bytes: 0 }),
  );
  network.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    const transfer = transfers.get(requestId);
    if (transfer) transfer.bytes = encodedDataLength;
  });
  // Code and looks; data and pictures depend on what is in the library.
  const pageBytes = () =>
    [...transfers.values()].filter(({ path }) => !/^\/(api|play|storage)\//.test(path)).reduce((sum, { bytes }) => sum + bytes, 0);
  return { context, page, network, pageBytes };
}

// The library with a processor four times slower, as a phone's is.
async function firstLoad() {
  const { context, page, network, pageBytes } = await openPage();
  await network.send("Emulation.setCPUThrottlingRate", { rate: 4 });
  await page.addInitScript(() => {
    window.longTasks = [];
    new PerformanceObserver((list) => window.longTasks.push(...list.getEntries().map(({ duration }) => duration))).observe({
      type: "longtask",
      buffered: true,
    });
  });
  await page.goto(url, { waitUntil: "networkidle" });
  const seen = await page.evaluate(async () => {
    const painted = new Promise((resolve) => {
      new PerformanceObserver((list, observer) => {
        const [paint] = list.getEntriesByName("first-contentful-paint");
        if (!paint) return;
        observer.disconnect();
        resolve(paint.startTime);
      }).observe({ type: "paint", buffered: true });
    });
    return { firstContentfulPaint: await painted, longTasks: window.longTasks };
  });
  const bytes = pageBytes();
  await context.close();
  return {
    bytes,
    firstContentfulPaint: seen.firstContentfulPaint,
    totalBlockingTime: seen.longTasks.reduce((sum, duration) => sum + Math.max(0, duration - longTask), 0),
  };
}

// From the drop of the clip to the first frame of its picture, and what the player's code weighs.
async function dropToFirstFrame() {
  const { context, page, pageBytes } = await openPage();
  await page.goto(`${url}/upload`, { waitUntil: "networkidle" });
  const beforePlayer = pageBytes();
  // A file that the browser reads from the disk, as one that a person drags.
  await page.evaluate(() => {
    const input = document.createElement("input");
    input.type = "file";
    input.id = "dropped";
    document.body.append(input);
  });
  await page.setInputFiles("#dropped", clip);
  await page.evaluate(() => {
    const data = new DataTransfer();
    data.items.add(document.querySelector("#dropped").files[0]);
    window.droppedAt = performance.now();
    for (const type of ["dragenter", "dragover", "drop"]) {
      document.body.dispatchEvent(new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }));
    }
  });
  const watch = page.getByRole("link", { name: "Watch", exact: true });
  await watch.waitFor({ timeout: 120_000 });
  const playable = await page.evaluate(() => performance.now() - window.droppedAt);
  await watch.click();
  await page.getByRole("button", { name: "Play", exact: true }).click();
  const firstFrame = await page.evaluate(async () => {
    const end = performance.now() + 60_000;
    const shown = () => (document.querySelector("video")?.readyState ?? 0) >= HTMLMediaElement.HAVE_CURRENT_DATA;
    while (!shown()) {
      if (performance.now() > end) throw new Error("no picture within a minute");
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return performance.now() - window.droppedAt;
  });
  const playerBytes = pageBytes() - beforePlayer;
  await context.close();
  return { playable, firstFrame, playerBytes };
}

const firstLoads = [];
for (let run = 0; run < 5; run += 1) firstLoads.push(await firstLoad());
const drop = await dropToFirstFrame();
await browser.close();
console.log(JSON.stringify({ firstLoads, drop }));
