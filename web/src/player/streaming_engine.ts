// What Video.js's streaming engine (VHS) must be told, above all about a video that is still being
// encoded: to VHS every playlist without ENDLIST is a live broadcast. These parts of it aren't public;
// the version is pinned, and e2e/watch.spec.ts plays videos that grow.
import type { Level } from "./quality";
import { levelName } from "./quality";

interface Segment {
  duration: number;
}

export interface Variant {
  id: string;
  uri: string;
  resolvedUri?: string;
  endList?: boolean;
  segments?: Segment[];
  excludeUntil?: number;
  attributes: {
    BANDWIDTH?: number;
    RESOLUTION?: { width: number; height: number };
    AUDIO?: string;
    [name: string]: unknown;
  };
}

interface Multivariant {
  uri: string;
  playlists: Variant[] & Record<string, Variant>;
  mediaGroups: {
    AUDIO: Record<string, Record<string, unknown>>;
    SUBTITLES?: Record<string, Record<string, { uri: string }>>;
  };
  suggestedPresentationDelay?: number;
}

interface Loader {
  main?: Multivariant;
  media(): Variant | undefined;
  parseManifest_(manifest: { url: string; manifestString: string }): Multivariant | undefined;
  on(event: string, listener: () => void): void;
}

interface SegmentLoader {
  ended_: boolean;
  playlist_?: Variant;
  buffered_(): TimeRanges;
  endOfStream(): void;
}

export interface StreamingEngine {
  playlists: Loader;
  selectPlaylist: () => Variant | undefined;
  mediaSource: MediaSource;
  playlistController_: {
    mainSegmentLoader_: SegmentLoader;
    audioSegmentLoader_: SegmentLoader;
    mediaTypes_: { AUDIO: { activePlaylistLoader?: Loader | null } };
    stuckAtPlaylistEnd_: (playlist: Variant) => boolean;
    excludeUnsupportedVariants_(): void;
    load(): void;
    switchMedia_(variant: Variant, cause: string): void;
    waitingForFastQualityPlaylistReceived_: boolean;
    on(event: string, listener: () => void): void;
  };
}

// Its own playlist says whether there is more to come; false while that isn't known.
export function isGrowing(engine: StreamingEngine): boolean {
  const media = engine.playlists.media();
  return media !== undefined && !media.endList;
}

const lengthOf = (variant: Variant | undefined) =>
  variant?.segments?.reduce((sum, segment) => sum + segment.duration, 0) ?? 0;

// Seconds from the beginning that can be played now.
export function availableSeconds(engine: StreamingEngine): number {
  const picture = lengthOf(engine.playlists.media());
  const sound = engine.playlistController_.mediaTypes_.AUDIO.activePlaylistLoader?.media();
  return sound ? Math.min(picture, lengthOf(sound)) : picture;
}

// A broadcast is held three segments behind its end, and a playlist that stops growing is left for
// another one. Here all that exists may be watched, and encoding may take its time.
export function playUpToTheEnd(engine: StreamingEngine) {
  const hold = () => {
    if (engine.playlists.main) engine.playlists.main.suggestedPresentationDelay = 0.05;
  };
  engine.playlists.on("loadedplaylist", hold);
  hold();
  engine.playlistController_.stuckAtPlaylistEnd_ = () => false;
}

const endSlack = 0.25; // seconds; the last segment may be shorter than its playlist says

function hasAll({ playlist_: playlist, ended_: ended }: SegmentLoader, buffered: TimeRanges): boolean {
  if (ended) return true;
  return (
    playlist?.endList === true &&
    buffered.length > 0 &&
    buffered.end(buffered.length - 1) >= lengthOf(playlist) - endSlack
  );
}

// VHS notices the end of a stream when it appends the last segment. Here that has often happened
// before anybody knew that it was the last: then the browser must be told, or it waits for more.
export function closeTheEnd(engine: StreamingEngine) {
  const { mainSegmentLoader_: main, audioSegmentLoader_: sound, mediaTypes_ } = engine.playlistController_;
  const loaders = mediaTypes_.AUDIO.activePlaylistLoader ? [main, sound] : [main];
  if (engine.mediaSource.readyState !== "open" || loaders.every(({ ended_ }) => ended_)) return;
  if (!loaders.every((loader) => hasAll(loader, loader.buffered_()))) return;
  for (const loader of loaders) if (!loader.ended_) loader.endOfStream();
}

// To the selected rendition at once: what is buffered of another one is dropped. VHS's own
// fastQualityChange_ forgets to drop it when the rendition's playlist has been read before. False
// when it is being played already.
export function switchNow(engine: StreamingEngine): boolean {
  const chosen = engine.selectPlaylist();
  if (!chosen || chosen.id === engine.playlists.media()?.id) return false;
  engine.playlistController_.waitingForFastQualityPlaylistReceived_ = true;
  engine.playlistController_.switchMedia_(chosen, "fast-quality");
  return true;
}

export function levelsOf(engine: StreamingEngine): Level[] {
  return (engine.playlists.main?.playlists ?? []).flatMap(({ id, attributes }) => {
    const { RESOLUTION: size, BANDWIDTH: bitrate = 0 } = attributes;
    return size ? [{ id, name: levelName(size.width, size.height), height: size.height, bitrate }] : [];
  });
}

// The text tracks that the playlist names: what the player calls them, by their names.
export function textTracksOf(engine: StreamingEngine): Map<string, string> | null {
  const { main } = engine.playlists;
  if (!main) return null;
  const groups = Object.values(main.mediaGroups.SUBTITLES ?? {});
  const entries = groups.flatMap((group) => Object.entries(group));
  return new Map(entries.map(([id, { uri }]) => [uri.split("/", 1)[0] ?? "", id]));
}

// Adds the renditions that a newer multivariant playlist names beyond those known, so that they can be
// chosen from now on, without a new source. False when that isn't enough, because there is sound
// that wasn't there before: then the source must be loaded again.
export function addRenditions(engine: StreamingEngine, text: string, url: string): boolean {
  const { main } = engine.playlists;
  const newer = engine.playlists.parseManifest_({ url, manifestString: text });
  if (!main || !newer?.playlists) return true;
  const soundOf = ({ mediaGroups }: Multivariant) => Object.values(mediaGroups.AUDIO).map(Object.keys).join();
  if (soundOf(main) !== soundOf(newer)) return false;
  const known = new Set(main.playlists.map(({ uri }) => uri));
  for (const variant of newer.playlists) {
    if (known.has(variant.uri)) continue;
    variant.id = `${main.playlists.length}-${variant.uri}`;
    variant.resolvedUri = new URL(variant.uri, main.uri).href;
    Object.assign(variant, { playlistErrors_: 0 });
    main.playlists.push(variant);
    main.playlists[variant.id] = variant;
    main.playlists[variant.uri] = variant;
  }
  engine.playlistController_.excludeUnsupportedVariants_();
  return true;
}
