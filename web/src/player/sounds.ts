// The sounds of a video. Which of them is heard: what the person chose, else the language they chose
// at another video, else the video's own default.
import { canonicalLanguage } from "./captions";
import { type SoundTrack, soundTracks } from "./tracks";
import type { VideoJsPlayer } from "./video_js";

// Of tracks the one to play instead of what is played; null to leave it. A comment in the language
// that is asked for is not what is asked for, so the default stays where it has that language.
export function inLanguage(tracks: SoundTrack[], language: string | null): SoundTrack | null {
  const same = tracks.filter((track) => canonicalLanguage(track.language) === language);
  return same.some(({ enabled }) => enabled) ? null : (same[0] ?? null);
}

export class Sounds {
  private chosen: string | undefined; // the id, in this visit
  private settled: SoundTrack | undefined; // the first of those that were looked at

  constructor(
    private readonly player: VideoJsPlayer,
    private kept: string | null,
  ) {}

  get language(): string | null {
    return this.kept;
  }

  // Once for each source: the streaming engine may have reasons to play another one afterwards.
  keepUp() {
    const list = soundTracks(this.player);
    if (list[0] === this.settled) return;
    this.settled = list[0];
    const wanted = list.find(({ id }) => id === this.chosen) ?? inLanguage(list, this.kept);
    if (wanted) this.play(wanted);
  }

  // By the person, and remembered.
  choose(id: string) {
    const track = soundTracks(this.player).find((one) => one.id === id);
    if (!track) return;
    this.chosen = id;
    this.kept = canonicalLanguage(track.language) || null;
    this.play(track);
  }

  private play(wanted: SoundTrack) {
    for (const track of soundTracks(this.player)) track.enabled = track === wanted;
  }
}
