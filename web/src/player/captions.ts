// The captions of a video: those that its playlist named when it was loaded, and those it got since.
// Which of them is shown: what the person chose, else what they chose at another video, else the
// video's own default.
import type { Track as VideoTrack } from "../api/client";
import { captionTracks } from "./tracks";
import type { VideoJsPlayer } from "./video_js";

export interface CaptionChoice {
  language: string | null; // null: none shown
}

// "eng" and "en" are one language.
export function canonicalLanguage(tag: string): string {
  try {
    return Intl.getCanonicalLocales(tag)[0] ?? tag;
  } catch {
    return tag;
  }
}

// Of tracks the one to show without being asked; null for none.
export function preselected<T extends { id: string; language: string }>(
  tracks: T[],
  kept: CaptionChoice | null,
  defaultId: string | undefined,
): T | null {
  if (kept && kept.language === null) return null;
  const same = kept && tracks.find(({ language }) => canonicalLanguage(language) === kept.language);
  return same ?? tracks.find(({ id }) => id === defaultId) ?? null;
}

export class Captions {
  private readonly added = new Map<string, TextTrack>(); // by the track's name
  private readonly forced = new Map<string, TextTrack>();
  private gone = new Set<string>(); // ids of tracks that were removed from the video
  private chosen: string | null | undefined; // the id, in this visit
  private last: string | null = null; // shown before they were switched off
  private shown: string | null = null; // the id of what we want to be shown
  private known = "";

  constructor(
    private readonly player: VideoJsPlayer,
    private kept: CaptionChoice | null,
  ) {}

  get choice(): CaptionChoice | null {
    return this.kept;
  }

  // A new source: the player has forgotten its tracks.
  forget() {
    this.added.clear();
    this.forced.clear();
    this.known = "";
  }

  // `named`: the tracks of the playlist, their ids in the player by name.
  keepUp(tracks: VideoTrack[], named: Map<string, string>) {
    for (const track of tracks) {
      const known = this.added.has(track.name) || this.forced.has(track.name);
      // The streaming engine leaves forced ones out.
      if (!known && (track.forced || !named.has(track.name))) this.add(track);
    }
    const names = new Set(tracks.map(({ name }) => name));
    for (const group of [this.added, this.forced]) {
      for (const [name, track] of group) {
        if (names.has(name)) continue;
        this.player.removeRemoteTextTrack(track as never);
        group.delete(name);
      }
    }
    this.gone = new Set([...named].filter(([name]) => !names.has(name)).map(([, id]) => id));
    const ids = this.list().map(({ id }) => id);
    if (ids.join() === this.known) return this.hold();
    this.known = ids.join();
    const standard = tracks.find((track) => track.default && !track.forced)?.name;
    this.settle(standard && (named.get(standard) ?? standard));
  }

  list(): TextTrack[] {
    const forced = new Set([...this.forced.values()]);
    return captionTracks(this.player).filter((track) => !forced.has(track) && !this.gone.has(track.id));
  }

  // By the person, and remembered.
  choose(id: string | null) {
    const track = this.list().find((one) => one.id === id);
    this.chosen = track ? track.id : null;
    this.kept = { language: track ? canonicalLanguage(track.language) : null };
    this.show(track ?? null);
  }

  toggle() {
    const list = this.list();
    const shown = list.find(({ mode }) => mode === "showing");
    const again = list.find(({ id }) => id === this.last) ?? list[0];
    this.choose(shown ? null : (again?.id ?? null));
  }

  private settle(defaultId: string | undefined) {
    const list = this.list();
    if (this.chosen === undefined) this.show(preselected(list, this.kept, defaultId));
    else this.show(list.find(({ id }) => id === this.chosen) ?? null);
  }

  // The streaming engine shows its own default when it begins, after us.
  private hold() {
    const list = this.list();
    if (list.every(({ id, mode }) => (mode === "showing") === (id === this.shown))) return;
    this.show(list.find(({ id }) => id === this.shown) ?? null);
  }

  private show(shown: TextTrack | null) {
    this.shown = shown?.id ?? null;
    for (const track of captionTracks(this.player)) track.mode = track === shown ? "showing" : "disabled";
    if (shown) this.last = shown.id;
    // What has to be translated in a film in one's own language is shown by itself.
    for (const track of shown ? [] : this.forced.values()) track.mode = "showing";
  }

  private add({ name, kind, language, label, forced, url }: VideoTrack) {
    const element = this.player.addRemoteTextTrack(
      { id: name, kind, language: language ?? "", label: label || (language ?? ""), src: url } as never,
      false,
    ) as unknown as { track: TextTrack };
    (forced ? this.forced : this.added).set(name, element.track);
  }
}
