import { expect, it } from "vitest";
import { languageChoices, languageName, languageOfFile } from "./languages";

it("reads the language from a file's name", () => {
  expect(languageOfFile("film.en.srt")).toBe("en");
  expect(languageOfFile("my film.pt-BR.vtt")).toBe("pt-BR");
  expect(languageOfFile("film_ger.srt")).toBe("ger");
  expect(languageOfFile("English.srt")).toBe("en");
  expect(languageOfFile("Film - French.srt")).toBe("fr");
  expect(languageOfFile("holiday.srt")).toBeNull();
  expect(languageOfFile("captions.zz.vtt")).toBeNull();
});

it("calls languages by their names", () => {
  expect(languageName("pt-BR")).toBe("Brazilian Portuguese");
  expect(languageName(null)).toBe("Unknown language");
});

it("offers any language that a file has, and to say nothing", () => {
  const tags = languageChoices("is").map(([tag]) => tag);
  expect(tags).toContain("is");
  expect(tags.at(-1)).toBe("und");
  expect(languageChoices("en").filter(([tag]) => tag === "en")).toHaveLength(1);
});
