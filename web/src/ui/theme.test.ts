import { act, renderHook } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import { chooseTheme, useTheme } from "./theme";

afterEach(() => chooseTheme("system"));

test("a chosen theme is on the page, remembered, and told to those who show it", () => {
  const { result } = renderHook(() => useTheme());
  expect(result.current).toBe("system");
  act(() => chooseTheme("dark"));
  expect(result.current).toBe("dark");
  expect(document.documentElement.dataset.theme).toBe("dark");
  expect(localStorage.getItem("sluice.theme")).toBe("dark");
});

test("the system's theme leaves nothing behind", () => {
  chooseTheme("light");
  chooseTheme("system");
  expect(document.documentElement.dataset.theme).toBeUndefined();
  expect(localStorage.getItem("sluice.theme")).toBeNull();
});

test("a choice in another tab is followed", () => {
  const { result } = renderHook(() => useTheme());
  act(() => {
    window.dispatchEvent(new StorageEvent("storage", { key: "sluice.theme", newValue: "light" }));
  });
  expect(result.current).toBe("light");
});
