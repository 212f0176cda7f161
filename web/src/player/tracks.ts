// The captions and the sound to choose from.
import type { Track } from "./state";
import type { VideoJsPlayer } from "./video_js";

export interface SoundTrack {
  id: string;
  label: string;
  language: string;
  enabled: boolean;
}

export function captionTracks(player: VideoJsPlayer): TextTrack[] {
  const tracks = player.textTracks() as unknown as ArrayLike<TextTrack>;
  return Array.from(tracks).filter(({ kind }) => kind === "subtitles" || kind === "captions");
}

export function soundTracks(player: VideoJsPlayer): SoundTrack[] {
  return Array.from(player.audioTracks() as unknown as ArrayLike<SoundTrack>);
}

const languages = new Intl.DisplayNames("en", { type: "language" });

// A track that nobody named is called by its language's tag; people know languages by their names.
export function trackName({ label, language }: { label: string; language: string }): string {
  const text = label || language;
  if (!text) return "Unnamed";
  if (!/^[a-z]{2,3}(-[A-Za-z0-9]+)*$/.test(text)) return text;
  try {
    return languages.of(text) ?? text;
  } catch {
    return text;
  }
}

export const toTrack = (track: TextTrack | SoundTrack): Track => ({
  id: track.id,
  label: trackName(track),
  on: "enabled" in track ? track.enabled : track.mode === "showing",
});
