import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const css = readFileSync(`${process.cwd()}/src/ui/tokens.css`, "utf8");

// The custom properties between `selector {` and the next `}`.
function tokensOf(selector: string): Record<string, string> {
  const start = css.indexOf(`${selector} {`);
  const block = css.slice(start, css.indexOf("}", start));
  return Object.fromEntries([...block.matchAll(/(--[\w-]+): ([^;]+);/g)].map(([, name, value]) => [name, value]));
}

const light = tokensOf("\n:root");
const dark = tokensOf('\n:root[data-theme="dark"]');
const darkBySystem = tokensOf(':root:not([data-theme="light"])');

function luminance(colour: string): number {
  const parts = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16) / 255);
  const [red = 0, green = 0, blue = 0] = parts.map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

test("dark is the same, chosen or by the system", () => {
  expect(Object.keys(dark).length).toBeGreaterThan(15);
  expect(dark).toEqual(darkBySystem);
});

const texts = [
  ...["--ground", "--ground-raised", "--ground-sunken", "--ground-hover"].flatMap((ground) => [
    ["--text", ground],
    ["--text-soft", ground],
  ]),
  ["--accent", "--ground"],
  ["--accent-text", "--accent-soft"],
  ["--on-accent", "--accent"],
  ["--on-accent", "--accent-hover"],
  ["--danger", "--ground"],
  ["--danger", "--ground-raised"],
  ["--danger", "--danger-soft"],
  ["--ground", "--danger"],
  ["--warning", "--warning-soft"],
  ["--success", "--success-soft"],
];

test.each(texts)("%s can be read on %s", (text = "", ground = "") => {
  for (const theme of [light, { ...light, ...dark }]) {
    expect(contrast(theme[text] ?? "", theme[ground] ?? "")).toBeGreaterThanOrEqual(4.5);
  }
});
