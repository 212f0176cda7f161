// Plays a stream in Chromium by several players: the plan as JSON on standard input, what was seen on standard output.
// {"hls": url, "dash": url, "players": [names], and the other fields of watch.js's plan}
import { readFileSync } from "node:fs";
import { chromium } from "playwright-core";

const path = (file) => new URL(file, import.meta.url).pathname;
const SCRIPTS = {
  "hls.js": path("node_modules/hls.js/dist/hls.js"),
  "video.js": path("node_modules/video.js/dist/video.js"),
  shaka: path("node_modules/shaka-player/dist/shaka-player.compiled.js"),
  "dash.js": path("node_modules/dashjs/dist/modern/umd/dash.all.min.js"),
};

let input = "";
for await (const piece of process.stdin) input += piece;
const plan = JSON.parse(input);
const { flags } = JSON.parse(readFileSync(new URL("../../web/chromium.json", import.meta.url)));
const browser = await chromium.launch({ executablePath: process.env.SLUICE_CHROMIUM ?? "/usr/bin/chromium", args: flags });

const AT_ONCE = 3;

async function watch(name) {
  const page = await browser.newPage();
  const said = [];
  page.on("pageerror", (error) => said.push(error.message));
  await page.addScriptTag({ path: SCRIPTS[name.split(" ")[0]] });
  await page.addScriptTag({ path: path("adapters.js") });
  await page.addScriptTag({ path: path("watch.js") });
  const url = /DASH|dash/.test(name) ? plan.dash : plan.hls;
  const seen = await page.evaluate(([name, plan]) => window.watch(name, plan), [name, { ...plan, url }]);
  await page.close();
  return { ...seen, faults: [...seen.faults, ...said] };
}

const waiting = [...plan.players];
const results = {};
async function work() {
  for (let name = waiting.shift(); name; name = waiting.shift()) results[name] = await watch(name);
}
await Promise.all(Array.from({ length: AT_ONCE }, work));
await browser.close();
console.log(JSON.stringify(results));
