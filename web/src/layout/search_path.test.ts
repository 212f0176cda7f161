import { expect, test } from "vitest";
import { searchPath } from "./search_path";

test.each([
  ["/", "bunny", "/?q=bunny"],
  ["/videos", "bunny", "/videos?q=bunny"],
  ["/watch/abc", "bunny", "/?q=bunny"],
  ["/", "  big & small + 100% #1 ", "/?q=big%20%26%20small%20%2B%20100%25%20%231"],
  ["/videos", "  ", "/videos"],
  ["/tokens", "", "/"],
])("from %s, searching for “%s” leads to %s", (location, text, path) => {
  expect(searchPath(location, text)).toBe(path);
});
