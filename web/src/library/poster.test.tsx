import { fireEvent, render } from "@testing-library/react";
import { expect, test } from "vitest";
import { Poster } from "./poster";

const video = { width: 1920, height: 1080, duration_seconds: 4 };
const sources = (container: HTMLElement) => [...container.querySelectorAll("img")].map((image) => image.getAttribute("src"));

test("a poster signed anew isn't loaded again", () => {
  const { container, rerender } = render(<Poster video={{ ...video, poster: "/play/first" }} />);
  rerender(<Poster video={{ ...video, poster: "/play/second" }} />);
  expect(sources(container)).toEqual(["/play/first"]);
});

test("a poster that has expired is replaced by the newest", () => {
  const { container, rerender } = render(<Poster video={{ ...video, poster: "/play/first" }} />);
  const image = container.querySelector("img");
  if (image) fireEvent.error(image);
  expect(sources(container)).toEqual([]);
  rerender(<Poster video={{ ...video, poster: "/play/second" }} />);
  expect(sources(container)).toEqual(["/play/second"]);
});

test("a poster that comes later is shown", () => {
  const { container, rerender } = render(<Poster video={{ ...video, poster: null }} />);
  expect(container.querySelector("svg")).not.toBeNull();
  rerender(<Poster video={{ ...video, poster: "/play/first" }} />);
  expect(sources(container)).toEqual(["/play/first"]);
  expect(container.querySelector("svg")).toBeNull();
});

test("a portrait is shown whole on a ground of itself", () => {
  const { container } = render(<Poster video={{ ...video, width: 1080, height: 1920, poster: "/play/first" }} />);
  expect(sources(container)).toEqual(["/play/first", "/play/first"]);
});
