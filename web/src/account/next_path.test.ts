import { expect, test } from "vitest";
import { accountPath, safeNext } from "./next_path";

const origin = "https://videos.example.com";

test.each([
  ["/upload", "/upload"],
  ["/watch/abc?t=90#x", "/watch/abc?t=90#x"],
  ["/?q=%2F%2Fevil.example", "/?q=%2F%2Fevil.example"],
  ["/watch/../upload", "/upload"],
  ["/%2F%2Fevil.example", "/%2F%2Fevil.example"], // stays a path of ours
  ["/%5Cevil.example", "/%5Cevil.example"],
])("safeNext keeps the path %s", (next, path) => expect(safeNext(next, origin)).toBe(path));

test.each([
  null,
  undefined,
  "",
  "upload",
  "//evil.example",
  "///evil.example",
  "/\\evil.example",
  "\\\\evil.example",
  "/\t/evil.example",
  "/\n/evil.example",
  "\t//evil.example",
  " //evil.example",
  "/.//evil.example",
  "/x/..//evil.example",
  "/%2e//evil.example",
  "/\\/evil.example",
  "https://evil.example/",
  "https:evil.example",
  "https://videos.example.com.evil.example/",
  "https://videos.example.com@evil.example/",
  "//videos.example.com@evil.example/",
  "javascript:alert(1)",
  "JavaScript:alert(1)",
  "java\nscript:alert(1)",
  "data:text/html,x",
  "%2F%2Fevil.example",
  "%6aavascript:alert(1)",
  "//[",
  "/login",
  "/login?next=/login",
  "/signup",
])("safeNext gives / for %j", (next) => expect(safeNext(next, origin)).toBe("/"));

test("accountPath carries the way back, encoded", () => {
  expect(accountPath("/login", "/watch/abc?t=9&x=1")).toBe("/login?next=%2Fwatch%2Fabc%3Ft%3D9%26x%3D1");
  expect(accountPath("/signup", "/")).toBe("/signup");
});
