// The picture, what is said over it, and the controls.
import { AudioLines, Play } from "lucide-react";
import { useEffect, useRef, useState, useSyncExternalStore } from "react";
import { Controls } from "./controls";
import { Engine } from "./engine";
import { Messages } from "./messages";
import { hasSoundAlone, type PlayerProps, Poster } from "./player";
import styles from "./player.module.css";
import { ShortcutList } from "./shortcut_list";
import { initialState } from "./state";
import { useAttention } from "./use_attention";
import { useCommands } from "./use_commands";

const noSubscription = () => () => undefined;

export default function PlayerSurface({
  video,
  fetchVideo,
  startAt = null,
  autoplay = false,
  muted = false,
  onTime,
  header,
}: PlayerProps) {
  const surface = useRef<HTMLDivElement>(null);
  const place = useRef<HTMLDivElement>(null);
  const [engine, setEngine] = useState<Engine | null>(null);
  const [listShown, setListShown] = useState(false);
  const state = useSyncExternalStore(engine?.subscribe ?? noSubscription, engine?.snapshot ?? (() => initialState));
  const attention = useAttention(surface);
  useCommands(surface, engine, setListShown, attention.stir);

  const atStart = useRef({ video, fetchVideo, startAt, autoplay, muted });
  useEffect(() => {
    const element = document.createElement("video");
    element.className = "video-js";
    place.current?.append(element);
    const made = new Engine(element, atStart.current.video, atStart.current);
    setEngine(made);
    return () => {
      setEngine(null);
      made.dispose();
    };
  }, []);
  useEffect(() => engine?.update(video), [engine, video]);
  const { stir } = attention;
  useEffect(() => {
    if (!state.paused) stir();
  }, [state.paused, stir]);
  useEffect(() => onTime?.(state.time), [onTime, state.time]);

  const shown = attention.awake || state.paused || state.failure !== null;
  return (
    <div
      ref={surface}
      className={styles.surface}
      data-idle={!shown || undefined}
      data-testid="player"
      role="region"
      aria-label={`Player: ${video.title}`}
    >
      <div ref={place} className={styles.place} onPointerUp={(event) => attention.onPictureTap(event, () => engine?.toggle())} />
      {hasSoundAlone(video) && !video.poster && state.started && (
        <AudioLines className={styles.sound} size={64} strokeWidth={1.25} aria-hidden />
      )}
      {(!state.started || hasSoundAlone(video)) && <Poster url={video.poster} />}
      {engine && !state.started && state.paused && !state.failure && (
        <button type="button" className={styles.big_play} aria-label="Play" onClick={() => engine.play()}>
          <Play size={34} fill="currentColor" aria-hidden />
        </button>
      )}
      {engine && <Messages engine={engine} state={state} video={video} />}
      {header && <div className={styles.header}>{header}</div>}
      {engine && !state.failure && <Controls engine={engine} state={state} video={video} surface={surface} />}
      {listShown && <ShortcutList onClose={() => setListShown(false)} />}
    </div>
  );
}
