import { expect, test } from "vitest";
import { readAddress } from "./address";

test("The address says which video, from where, and whether it plays at once", () => {
  expect(readAddress({ pathname: "/embed/abc", search: "?t=1m30s&autoplay=1&muted" })).toEqual({
    id: "abc",
    startAt: 90,
    autoplay: true,
    muted: true,
  });
  expect(readAddress({ pathname: "/embed/abc", search: "?autoplay=0" })).toEqual({
    id: "abc",
    startAt: null,
    autoplay: false,
    muted: false,
  });
});
