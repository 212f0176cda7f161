import { expect, test } from "vitest";
import { placeMenu } from "./place_menu";

const view = { clientWidth: 360, clientHeight: 640 };
const menu = { width: 200, height: 180 };

test.each([
  ["under its button", { right: 340, top: 100, bottom: 138 }, { left: 140, top: 144 }],
  ["above where there is no room below", { right: 340, top: 560, bottom: 598 }, { left: 140, top: 374 }],
  ["not over the left edge", { right: 120, top: 100, bottom: 138 }, { left: 8, top: 144 }],
  ["not over the right edge", { right: 380, top: 100, bottom: 138 }, { left: 152, top: 144 }],
])("a menu opens %s", (_, button, place) => expect(placeMenu(button, menu, view)).toEqual(place));

test("a menu that fits nowhere stays in the window", () => {
  expect(placeMenu({ right: 340, top: 90, bottom: 128 }, menu, { clientWidth: 360, clientHeight: 220 }).top).toBe(32);
});
