import { expect, it } from "vitest";
import { canonicalLanguage, preselected } from "./captions";

const tracks = [
  { id: "English", language: "eng" },
  { id: "Deutsch", language: "de" },
  { id: "Português", language: "pt-br" },
];

it("takes two spellings of a language for one", () => {
  expect(canonicalLanguage("eng")).toBe("en");
  expect(canonicalLanguage("pt-br")).toBe("pt-BR");
  expect(canonicalLanguage("not a tag")).toBe("not a tag");
});

it("shows the language chosen before, and nothing to whom chose nothing", () => {
  expect(preselected(tracks, { language: "en" }, "Deutsch")?.id).toBe("English");
  expect(preselected(tracks, { language: "pt-BR" }, undefined)?.id).toBe("Português");
  expect(preselected(tracks, { language: null }, "Deutsch")).toBeNull();
});

it("shows the video's default where nothing was chosen, or nothing that is there", () => {
  expect(preselected(tracks, null, "Deutsch")?.id).toBe("Deutsch");
  expect(preselected(tracks, null, undefined)).toBeNull();
  expect(preselected(tracks, { language: "fr" }, "Deutsch")?.id).toBe("Deutsch");
  expect(preselected(tracks, { language: "fr" }, undefined)).toBeNull();
});
