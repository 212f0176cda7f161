// Where one is, what is there to be played, and the way elsewhere, with a look at it beforehand.
import { type KeyboardEvent, type PointerEvent, useRef, useState } from "react";
import { formatClock } from "../ui/format";
import type { Engine } from "./engine";
import styles from "./seek_bar.module.css";
import type { PlayerState } from "./state";
import { tileAt } from "./storyboard";
import { useStoryboard } from "./use_storyboard";

interface Props {
  engine: Engine;
  state: PlayerState;
  storyboard: string | null;
}

const previewWidth = 160; // pixels

export function SeekBar({ engine, state, storyboard }: Props) {
  const bar = useRef<HTMLDivElement>(null);
  const [pointed, setPointed] = useState<number | null>(null); // seconds
  const [dragging, setDragging] = useState(false);
  const { duration, available, growing, buffered } = state;
  const tiles = useStoryboard(storyboard, growing, pointed !== null);

  const timeAt = (event: PointerEvent) => {
    const box = bar.current?.getBoundingClientRect();
    if (!box || box.width === 0) return 0;
    return Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)) * duration;
  };
  const reachable = (time: number) => (growing ? Math.min(time, available) : time);
  const grab = (event: PointerEvent) => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    setDragging(true);
    setPointed(timeAt(event));
  };
  const move = (event: PointerEvent) => {
    if (dragging || event.pointerType === "mouse") setPointed(timeAt(event));
  };
  const drop = (event: PointerEvent) => {
    if (!dragging) return;
    setDragging(false);
    engine.seek(timeAt(event));
    if (event.pointerType !== "mouse") setPointed(null);
  };
  const onKey = (event: KeyboardEvent) => {
    const steps: Record<string, number> = { ArrowLeft: -5, ArrowRight: 5, ArrowUp: 5, ArrowDown: -5, PageUp: 30, PageDown: -30 };
    const step = steps[event.key];
    if (step !== undefined) engine.skip(step);
    else if (event.key === "Home") engine.seek(0);
    else if (event.key === "End") engine.seek(duration);
    else return;
    event.preventDefault();
  };

  const share = (time: number) => (duration > 0 ? Math.min(1, time / duration) : 0);
  const shownTime = dragging && pointed !== null ? reachable(pointed) : state.time;
  return (
    <div
      ref={bar}
      className={styles.bar}
      data-dragging={dragging || undefined}
      role="slider"
      tabIndex={0}
      aria-label="Position"
      aria-valuemin={0}
      aria-valuemax={Math.round(duration)}
      aria-valuenow={Math.round(shownTime)}
      aria-valuetext={`${formatClock(shownTime)} of ${formatClock(duration)}`}
      onPointerDown={grab}
      onPointerMove={move}
      onPointerUp={drop}
      onPointerCancel={() => {
        setDragging(false);
        setPointed(null);
      }}
      onPointerLeave={() => !dragging && setPointed(null)}
      onKeyDown={onKey}
    >
      <div className={styles.track}>
        {growing && <div className={styles.available} style={{ transform: `scaleX(${share(available)})` }} />}
        <div className={styles.buffered} style={{ transform: `scaleX(${share(buffered)})` }} />
        <div className={styles.played} style={{ transform: `scaleX(${share(shownTime)})` }} />
      </div>
      <div className={styles.thumb} style={{ left: `${share(shownTime) * 100}%` }} />
      {pointed !== null && (
        <Preview time={reachable(pointed)} share={share(pointed)} tiles={tiles} beyond={growing && pointed > available} />
      )}
    </div>
  );
}

function Preview({
  time,
  share,
  tiles,
  beyond,
}: {
  time: number;
  share: number;
  tiles: ReturnType<typeof useStoryboard>;
  beyond: boolean;
}) {
  const tile = tileAt(tiles, time);
  const zoom = tile ? Math.min(previewWidth / tile.width, previewWidth / tile.height) : 1;
  return (
    <div className={styles.preview_track} aria-hidden>
      <div className={styles.preview} style={{ left: `${share * 100}%` }} data-testid="preview">
        {tile && (
          <div className={styles.tile} style={{ width: tile.width * zoom, height: tile.height * zoom }}>
            <img
              src={tile.sheet}
              alt=""
              draggable={false}
              data-x={tile.x}
              data-y={tile.y}
              style={{ transform: `scale(${zoom}) translate(${-tile.x}px, ${-tile.y}px)` }}
            />
          </div>
        )}
        <span className={styles.preview_time}>{beyond ? "Not encoded yet" : formatClock(time)}</span>
      </div>
    </div>
  );
}
