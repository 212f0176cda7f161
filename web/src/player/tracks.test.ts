import { expect, test } from "vitest";
import { trackName } from "./tracks";

test("A track has the name it was given, or its language's", () => {
  expect(trackName({ label: "Director's comments", language: "en" })).toBe("Director's comments");
  expect(trackName({ label: "spa", language: "spa" })).toBe("Spanish");
  expect(trackName({ label: "", language: "pt-BR" })).toBe("Brazilian Portuguese");
  expect(trackName({ label: "", language: "" })).toBe("Unnamed");
});
