import { afterEach, expect, test } from "vitest";
import { commandFor, takesKey } from "./shortcuts";

const press = (key: string, modifiers: Partial<KeyboardEventInit> = {}) =>
  commandFor(new KeyboardEvent("keydown", { key, ...modifiers }));

afterEach(() => {
  document.body.innerHTML = "";
});

test.each([
  [" ", { do: "toggle" }],
  ["K", { do: "toggle" }],
  ["j", { do: "skip", by: -10 }],
  ["ArrowRight", { do: "skip", by: 5 }],
  ["7", { do: "jump", share: 0.7 }],
  [">", { do: "speed", direction: 1 }],
  [",", { do: "frame", direction: -1 }],
])("%s is a command", (key, command) => expect(press(key)).toEqual(command));

test("Other keys, and the browser's own combinations, are none", () => {
  expect(press("x")).toBeNull();
  expect(press("F5")).toBeNull();
  expect(press("f", { ctrlKey: true })).toBeNull();
  expect(press("l", { metaKey: true })).toBeNull();
  expect(press("ArrowLeft", { altKey: true })).toBeNull();
});

function inPage(html: string): Element | null {
  document.body.innerHTML = html;
  return document.body.querySelector("[data-here]");
}

test("Who types keeps all keys", () => {
  expect(takesKey(inPage("<input data-here>"), "k")).toBe(true);
  expect(takesKey(inPage("<textarea data-here></textarea>"), " ")).toBe(true);
  expect(takesKey(inPage("<dialog open><p data-here tabindex=0></p></dialog>"), "k")).toBe(true);
});

test("A button keeps the keys that press it, a slider those that move it", () => {
  expect(takesKey(inPage("<button data-here></button>"), " ")).toBe(true);
  expect(takesKey(inPage("<button data-here></button>"), "k")).toBe(false);
  expect(takesKey(inPage("<div role=slider data-here></div>"), "ArrowLeft")).toBe(true);
  expect(takesKey(inPage("<div role=slider data-here></div>"), "k")).toBe(false);
  expect(takesKey(inPage("<p data-here></p>"), " ")).toBe(false);
  expect(takesKey(null, " ")).toBe(false);
});
