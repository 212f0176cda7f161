import { expect, it } from "vitest";
import { inLanguage, Sounds } from "./sounds";
import type { SoundTrack } from "./tracks";
import type { VideoJsPlayer } from "./video_js";

const track = (id: string, language: string, enabled = false): SoundTrack => ({ id, label: id, language, enabled });

// A player that has been given a source with these sounds.
function playerWith(...tracks: SoundTrack[]) {
  const player = { tracks, audioTracks: () => player.tracks };
  return player;
}
const sounds = (player: ReturnType<typeof playerWith>, kept: string | null) =>
  new Sounds(player as unknown as VideoJsPlayer, kept);
const heard = ({ tracks }: ReturnType<typeof playerWith>) => tracks.filter(({ enabled }) => enabled).map(({ id }) => id);

const english = () => track("English", "eng", true);
const german = () => track("Deutsch", "de");

it("finds the language that was asked for, however it is spelt", () => {
  expect(inLanguage([german(), track("English", "eng")], "en")?.id).toBe("English");
  expect(inLanguage([english(), german()], "fr")).toBeNull();
  expect(inLanguage([english(), german()], null)).toBeNull();
});

it("leaves the default where it has that language", () => {
  const comment = track("Comment", "en");
  expect(inLanguage([comment, english(), german()], "en")).toBeNull();
});

it("plays the language chosen at another video, and the default where there is none", () => {
  const both = playerWith(english(), german());
  sounds(both, "de").keepUp();
  expect(heard(both)).toEqual(["Deutsch"]);
  const one = playerWith(english());
  sounds(one, "de").keepUp();
  expect(heard(one)).toEqual(["English"]);
});

it("remembers what the person chose, also when the source is loaded again", () => {
  const player = playerWith(english(), german());
  const chosen = sounds(player, null);
  chosen.keepUp();
  expect(heard(player)).toEqual(["English"]);
  chosen.choose("Deutsch");
  expect(heard(player)).toEqual(["Deutsch"]);
  expect(chosen.language).toBe("de");
  player.tracks = [];
  chosen.keepUp();
  player.tracks = [english(), german()];
  chosen.keepUp();
  expect(heard(player)).toEqual(["Deutsch"]);
});

it("does not insist when the streaming engine plays another one", () => {
  const [first, second] = [english(), german()];
  const player = playerWith(first, second);
  const kept = sounds(player, "de");
  kept.keepUp();
  first.enabled = true;
  second.enabled = false;
  kept.keepUp();
  expect(heard(player)).toEqual(["English"]);
});

it("does not remember a sound that nobody tagged", () => {
  const player = playerWith(track("One", "", true), track("Two", ""));
  const chosen = sounds(player, "de");
  chosen.choose("Two");
  expect(heard(player)).toEqual(["Two"]);
  expect(chosen.language).toBeNull();
});
