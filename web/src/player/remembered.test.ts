import { beforeEach, expect, test } from "vitest";
import { defaultTaste, Memory } from "./remembered";

beforeEach(() => localStorage.clear());

test("A position in the middle is resumed", () => {
  new Memory(localStorage).keepPosition("a", 42.5, 100, 1);
  expect(new Memory(localStorage).position("a", 100)).toBe(42.5);
  expect(new Memory(localStorage).position("b", 100)).toBeNull();
});

test("The first seconds and the end aren't", () => {
  const memory = new Memory(localStorage);
  memory.keepPosition("start", 4, 100, 1);
  memory.keepPosition("end", 96, 100, 1);
  expect(memory.position("start", 100)).toBeNull();
  expect(memory.position("end", 100)).toBeNull();
});

test("A video watched to its end begins at its beginning", () => {
  const memory = new Memory(localStorage);
  memory.keepPosition("a", 42, 100, 1);
  memory.keepPosition("a", 100, 100, 2);
  expect(memory.position("a", 100)).toBeNull();
});

test("Of many positions the oldest are forgotten", () => {
  const memory = new Memory(localStorage);
  for (let i = 0; i < 250; i += 1) memory.keepPosition(`video-${i}`, 10, 100, i);
  expect(memory.position("video-0", 100)).toBeNull();
  expect(memory.position("video-49", 100)).toBeNull();
  expect(memory.position("video-50", 100)).toBe(10);
  expect(memory.position("video-249", 100)).toBe(10);
});

test("Volume, silence, speed, captions and the language of the sound are kept", () => {
  const taste = { volume: 0.4, muted: true, speed: 1.5, captions: { language: "de" }, sound: "fr" };
  new Memory(localStorage).keepTaste(taste);
  expect(new Memory(localStorage).taste()).toEqual(taste);
  new Memory(localStorage).keepTaste({ ...taste, captions: { language: null } });
  expect(new Memory(localStorage).taste().captions).toEqual({ language: null });
});

test("What others have left in the storage does no harm", () => {
  localStorage.setItem("sluice.positions", '{"a": 5, "b": {"time": "x"}}');
  localStorage.setItem("sluice.player", '{"volume": 7, "speed": "fast", "captions": {"language": 5}, "sound": ["de"]}');
  const memory = new Memory(localStorage);
  expect(memory.position("a", 100)).toBeNull();
  expect(memory.position("b", 100)).toBeNull();
  expect(memory.taste()).toEqual(defaultTaste);
  localStorage.setItem("sluice.player", "{");
  expect(memory.taste()).toEqual(defaultTaste);
});

test("Without storage nothing is remembered and nothing fails", () => {
  const memory = new Memory(undefined);
  memory.keepPosition("a", 10, 100, 1);
  memory.keepTaste(defaultTaste);
  expect(memory.position("a", 100)).toBeNull();
});
