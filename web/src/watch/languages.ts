// Languages to choose from for captions, by their names. Pure.

const common = (
  "ar bg bn ca cs da de el en es et fa fi fr he hi hr hu id it ja ko lt lv ms nb nl pl pt pt-BR ro ru sk sl sr sv " +
  "ta th tr uk ur vi zh-Hans zh-Hant"
).split(" ");

const names = new Intl.DisplayNames("en", { type: "language" });

export function languageName(tag: string | null): string {
  if (!tag) return "Unknown language";
  try {
    return names.of(tag) ?? tag;
  } catch {
    return tag;
  }
}

// "film.pt-BR.srt", "film_en.vtt", "English.srt".
export function languageOfFile(filename: string): string | null {
  const stem = filename.replace(/\.[^.]*$/, "");
  const tag = /(?:^|[._\s-])([a-z]{2,3}(?:-[A-Z][A-Za-z]{1,3})?)$/.exec(stem)?.[1];
  if (tag && languageName(tag) !== tag) return tag;
  const word = /([A-Za-z]+)$/.exec(stem)?.[1]?.toLowerCase();
  return common.find((one) => languageName(one).toLowerCase() === word) ?? null;
}

// Tags and names in the order of the names; `also` is among them whatever it is.
export function languageChoices(also: string): [tag: string, name: string][] {
  const tags = common.includes(also) || !also || also === "und" ? common : [...common, also];
  const known = tags.map((tag): [string, string] => [tag, languageName(tag)]);
  return [...known.sort(([, a], [, b]) => a.localeCompare(b)), ["und", "Another or unknown"]];
}
