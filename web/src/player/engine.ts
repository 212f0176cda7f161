// The player without its looks: Video.js and its streaming engine behind one state and a few verbs.
import type { Video } from "../api/client";
import { Captions } from "./captions";
import {
  addRenditions,
  availableSeconds,
  closeTheEnd,
  isGrowing,
  levelsOf,
  playUpToTheEnd,
  type StreamingEngine,
  switchNow,
  textTracksOf,
} from "./streaming_engine";
import { PlaybackLinks } from "./playback_links";
import { chooseLevel, levelName, sortLevels } from "./quality";
import { browserMemory } from "./remembered";
import { Sounds } from "./sounds";
import { initialState, type PlayerState } from "./state";
import { watchRequests } from "./stream_requests";
import { soundTracks, toTrack } from "./tracks";
import { createVideoJs, type VideoJsPlayer } from "./video_js";

type Tech = { el(): HTMLVideoElement; vhs?: StreamingEngine };

export interface EngineOptions {
  video: Video;
  fetchVideo: () => Promise<Video>; // with fresh links
  startAt: number | null; // seconds
  autoplay: boolean;
  muted: boolean;
}

const hlsType = "application/vnd.apple.mpegurl";
const reloadsAllowed = 3; // in a minute
const seekMargin = 0.25; // seconds before the end of what exists

// Sound is encoded ahead of the picture, and a browser that runs out of picture lets the sound go on
// for seconds. So playback is held just before that happens, and goes on with something to show.
const holdBefore = 0.15; // seconds of buffer left
const goOnWith = 1;
const edgeCheck = 50; // milliseconds
const nearTheEnd = 1.5;

export class Engine {
  private state: PlayerState = initialState;
  private readonly listeners = new Set<() => void>();
  private readonly links: PlaybackLinks;
  private readonly memory = browserMemory();
  private readonly stopWatching: () => void;
  private readonly player: VideoJsPlayer;
  private readonly captions: Captions;
  private readonly sounds: Sounds;
  private stream: StreamingEngine | undefined;
  private wanted: number | null; // seconds: where to go when the source is there
  private reloads: number[] = [];
  private keptAt = 0;
  private refetching = false; // in another quality
  private held = false; // stopped by us, not by the person
  private readonly edgeTimer: ReturnType<typeof setInterval>;

  constructor(
    element: HTMLVideoElement,
    private video: Video,
    private readonly options: EngineOptions,
  ) {
    const taste = this.memory.taste();
    const resumed = options.startAt === null ? this.memory.position(video.id, video.duration_seconds) : null;
    this.wanted = options.startAt ?? resumed;
    this.links = new PlaybackLinks(video.playback?.hls ?? "", options.fetchVideo);
    this.stopWatching = watchRequests({
      links: this.links,
      onConnection: (connected) => this.set({ connected }),
      onGone: () => this.fail({ kind: "gone" }),
    });
    this.set({
      duration: video.duration_seconds ?? 0,
      growing: video.status !== "complete",
      time: this.wanted ?? 0,
      resumedAt: resumed,
    });
    this.player = createVideoJs(element, { autoplay: options.autoplay, muted: options.muted || taste.muted });
    this.captions = new Captions(this.player, taste.captions);
    this.sounds = new Sounds(this.player, taste.sound);
    this.player.volume(taste.volume);
    this.player.defaultPlaybackRate(taste.speed);
    this.listen();
    this.load();
    this.edgeTimer = setInterval(() => this.mindTheEdge(), edgeCheck);
  }

  // For useSyncExternalStore.
  readonly subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
  readonly snapshot = () => this.state;

  dispose() {
    clearInterval(this.edgeTimer);
    this.keepPosition();
    this.stopWatching();
    this.listeners.clear();
    this.player.dispose();
  }

  // What the page has learned about the video in the meantime.
  update(video: Video) {
    const renditions = (one: Video) => one.renditions.map(({ name }) => name).join();
    const more = renditions(video) !== renditions(this.video);
    this.video = video;
    if (video.playback) this.links.update(video.playback.hls);
    this.refresh();
    if (more && this.stream) void this.readRenditions(this.stream);
  }

  toggle() {
    if (this.state.paused) this.play();
    else this.pause();
  }

  play() {
    if (this.state.ended) this.player.currentTime(0);
    void this.player.play()?.catch(() => undefined); // the browser may want a click first
  }

  pause() {
    this.held = false;
    this.player.pause();
    this.set({ paused: true, waiting: false });
  }

  // As near to `time` as there is something to play.
  seek(time: number) {
    const end = this.state.growing ? this.state.available - seekMargin : this.state.duration;
    const target = Math.max(0, Math.min(time, end));
    this.set({ time: target, ended: false, resumedAt: null });
    if (this.state.started || this.stream?.playlists.media()?.endList) this.player.currentTime(target);
    else this.wanted = target;
  }

  skip(by: number) {
    this.seek(this.state.time + by);
  }

  stepFrame(direction: 1 | -1) {
    this.pause();
    this.seek(this.state.time + direction / (this.video.frame_rate ?? 25));
  }

  setVolume(volume: number) {
    this.player.volume(Math.min(1, Math.max(0, volume)));
    this.player.muted(volume <= 0);
  }

  setMuted(muted: boolean) {
    this.player.muted(muted);
    if (!muted && this.state.volume === 0) this.player.volume(0.5);
  }

  setSpeed(speed: number) {
    this.player.defaultPlaybackRate(speed);
    this.player.playbackRate(speed);
  }

  // A rendition's name, or null for whatever suits the line.
  setQuality(name: string | null) {
    this.set({ quality: name });
    const dropped = () => {
      this.refetching = true;
    };
    this.player.one("mediachange", dropped);
    if (!this.stream || !switchNow(this.stream)) this.player.off("mediachange", dropped);
    this.refresh();
  }

  // A track's id, or null for none.
  setCaptions(id: string | null) {
    this.captions.choose(id);
    this.keepTaste();
    this.refresh();
  }

  toggleCaptions() {
    this.captions.toggle();
    this.keepTaste();
    this.refresh();
  }

  setSound(id: string) {
    this.sounds.choose(id);
    this.keepTaste();
    this.refresh();
  }

  async togglePictureInPicture() {
    if (document.pictureInPictureElement) await document.exitPictureInPicture();
    else await this.element()?.requestPictureInPicture();
  }

  // A person's own try after a failure.
  tryAgain() {
    this.reloads = [];
    void this.reload();
  }

  element(): HTMLVideoElement | undefined {
    return this.tech()?.el();
  }

  private set(change: Partial<PlayerState>) {
    this.state = { ...this.state, ...change };
    for (const listener of this.listeners) listener();
  }

  private fail(failure: NonNullable<PlayerState["failure"]>) {
    if (this.state.failure?.kind === "gone") return;
    this.pause();
    this.set({ failure });
  }

  private tech(): Tech | undefined {
    return this.player.tech({ IWillNotUseThisInPlugins: true }) as unknown as Tech | undefined;
  }

  private listen() {
    const { player } = this;
    const times = ["timeupdate", "progress", "durationchange", "loadedmetadata", "seeked", "mediachange"];
    player.on(times, () => this.refresh());
    player.on("loadstart", () => this.attach());
    player.on("play", () => this.set({ paused: false, ended: false }));
    player.on("pause", () => {
      if (!this.held) this.set({ paused: true });
      this.keepPosition();
    });
    player.on("playing", () => this.set({ started: true, waiting: false, connected: true }));
    player.on("loadeddata", () => this.set({ ready: true }));
    player.on(["waiting", "seeking"], () => this.set({ waiting: true }));
    player.on(["canplay", "seeked"], () => this.set({ waiting: this.held }));
    player.on("ended", () => {
      this.set({ ended: true, paused: true });
      this.keepPosition();
    });
    player.on(["volumechange", "ratechange"], () => this.keepTaste());
    player.on("appendsdone", () => this.showTheNewQuality());
    player.on("error", () => void this.recover());
    const element = player.el();
    element?.addEventListener("enterpictureinpicture", () => this.set({ floating: true }), true);
    element?.addEventListener("leavepictureinpicture", () => this.set({ floating: false }), true);
  }

  // A browser whose buffer was exchanged shows nothing new before the next key frame, unless it seeks.
  private showTheNewQuality() {
    const time = this.player.currentTime() ?? 0;
    if (!this.refetching || this.bufferedEnd(time) - time < 0.1) return;
    this.refetching = false;
    this.player.currentTime(time);
  }

  private load() {
    this.stream = undefined;
    this.captions.forget();
    this.player.src({ src: this.links.hls, type: hlsType });
  }

  // The source is there: the streaming engine can be spoken to, and nothing has been fetched yet.
  private attach() {
    this.player.playbackRate(this.player.defaultPlaybackRate());
    const tech = this.tech();
    const stream = tech?.vhs;
    const begin = this.wanted;
    if (begin !== null && tech) tech.el().currentTime = begin;
    if (!stream) {
      this.wanted = null; // the browser plays it natively
      return;
    }
    this.stream = stream;
    playUpToTheEnd(stream);
    const standard = stream.selectPlaylist;
    stream.selectPlaylist = () => {
      const { quality } = this.state;
      const level = quality === null ? null : chooseLevel(levelsOf(stream), quality);
      const chosen = level && stream.playlists.main?.playlists[level.id];
      return chosen ?? standard.call(stream);
    };
    stream.playlists.on("loadedplaylist", () => {
      const grew = this.state.growing;
      this.refresh();
      // Left to itself it fetches nothing new of a growing video while that is paused.
      if (grew && this.state.started) stream.playlistController_.load();
    });
    stream.playlistController_.on("firstplay", () => this.leaveTheBeginning());
  }

  private mindTheEdge() {
    const { growing, started, paused } = this.state;
    if (!growing && started && !paused && this.stream && this.isNearTheEnd()) closeTheEnd(this.stream);
    if (!this.held && (!growing || !started || paused)) return;
    const time = this.player.currentTime() ?? 0;
    const ahead = this.bufferedEnd(time) - time;
    if (this.held && (!growing || ahead > goOnWith)) {
      this.held = false;
      this.set({ waiting: false });
      this.play();
    } else if (!this.held && ahead < holdBefore && !this.player.seeking()) {
      this.held = true;
      this.player.pause();
      this.set({ waiting: true });
      this.refresh();
    }
  }

  private isNearTheEnd(): boolean {
    const { duration } = this.state;
    const time = this.player.currentTime() ?? 0;
    return duration - time < nearTheEnd && this.bufferedEnd(time) > duration - nearTheEnd;
  }

  // A growing playlist begins at 0 whatever was set before.
  private leaveTheBeginning() {
    const begin = this.wanted;
    this.wanted = null;
    if (begin === null || begin <= 0) return;
    queueMicrotask(() => this.seek(begin));
  }

  private refresh() {
    const { player, stream, video } = this;
    const named = stream && textTracksOf(stream);
    if (named) this.captions.keepUp(video.tracks, named);
    this.sounds.keepUp();
    const growing = stream ? (stream.playlists.media() ? isGrowing(stream) : this.state.growing) : false;
    const own = player.duration() ?? 0;
    const known = Number.isFinite(own) && own > 0 ? own : 0;
    const duration = growing ? Math.max(video.duration_seconds ?? 0, this.state.available) : known || (video.duration_seconds ?? 0);
    const available = growing && stream ? availableSeconds(stream) : duration;
    const time = this.wanted ?? player.currentTime() ?? 0;
    const size = { width: player.videoWidth(), height: player.videoHeight() };
    this.set({
      growing,
      duration,
      available,
      time,
      buffered: this.bufferedEnd(time),
      levels: stream ? sortLevels(levelsOf(stream)) : [],
      playing: size.height > 0 ? levelName(size.width, size.height) : null,
      captions: this.captions.list().map(toTrack),
      sounds: soundTracks(player).map(toTrack),
    });
    if (Date.now() - this.keptAt > 5000 && this.state.started) this.keepPosition();
  }

  private bufferedEnd(time: number): number {
    const ranges = this.player.buffered();
    for (let i = 0; i < ranges.length; i += 1) {
      if (ranges.start(i) <= time + 0.1 && time <= ranges.end(i)) return ranges.end(i);
    }
    return time;
  }

  private async readRenditions(stream: StreamingEngine) {
    const url = this.links.hls;
    const answer = await fetch(url).catch(() => null);
    if (!answer?.ok || this.stream !== stream) return;
    if (addRenditions(stream, await answer.text(), url)) this.refresh();
    else void this.reload();
  }

  // The streaming engine gave up, or the browser did.
  private async recover() {
    const now = Date.now();
    this.reloads = [...this.reloads.filter((at) => now - at < 60_000), now];
    if (this.state.failure?.kind === "gone") return;
    if (this.reloads.length > reloadsAllowed) {
      this.fail({ kind: "broken", message: this.player.error()?.message ?? "" });
      return;
    }
    await this.reload();
  }

  // The same place, speed, quality and play state from fresh links.
  private async reload() {
    const { time, paused } = this.state;
    const renewal = await this.links.renew();
    if (renewal === "gone") return this.fail({ kind: "gone" });
    if (renewal === "unreachable") return this.fail({ kind: "unreachable" });
    this.player.error(null as unknown as undefined);
    this.set({ failure: null, waiting: !paused });
    this.wanted = time;
    this.load();
    if (!paused) this.play();
  }

  private keepPosition() {
    this.keptAt = Date.now();
    const { started, ended, time, duration } = this.state;
    if (started) this.memory.keepPosition(this.video.id, ended ? duration : time, duration || null, Date.now());
  }

  private keepTaste() {
    const volume = this.player.volume() ?? 1;
    const muted = this.player.muted() ?? false;
    const speed = this.player.playbackRate() ?? 1;
    this.set({ volume, muted, speed });
    if (this.options.muted) return;
    const [captions, sound] = [this.captions.choice, this.sounds.language];
    this.memory.keepTaste({ volume, muted, speed, captions, sound });
  }
}
