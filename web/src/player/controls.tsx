// The bar at the lower edge of the picture.
import {
  AudioLines,
  Captions,
  Keyboard,
  Maximize,
  Minimize,
  Pause,
  PictureInPicture2,
  Play,
  RotateCcw,
  Volume1,
  Volume2,
  VolumeX,
} from "lucide-react";
import { type RefObject, useEffect, useState } from "react";
import type { Video } from "../api/client";
import { formatClock, formatLength } from "../ui/format";
import { ControlButton } from "./control_button";
import styles from "./controls.module.css";
import type { Engine } from "./engine";
import { Menu } from "./menu";
import { autoLabel, speedLabel, speeds } from "./quality";
import { SeekBar } from "./seek_bar";
import type { PlayerState } from "./state";
import { toggleFullscreen } from "./use_commands";

interface Props {
  engine: Engine;
  state: PlayerState;
  video: Video;
  surface: RefObject<HTMLElement | null>;
}

export function Controls({ engine, state, video, surface }: Props) {
  return (
    <div className={styles.controls}>
      <SeekBar engine={engine} state={state} storyboard={video.storyboard} />
      <div className={styles.row}>
        <PlayButton engine={engine} state={state} />
        <Volume engine={engine} state={state} />
        <span className={styles.time}>
          {formatClock(state.time)}
          <span className={styles.whole}> / {formatLength(state.duration)}</span>
        </span>
        <span className={styles.space} />
        <TrackMenus engine={engine} state={state} />
        <Menu
          label="Speed"
          face={state.speed === 1 ? "1×" : speedLabel(state.speed)}
          choices={speeds.map((speed) => ({ id: String(speed), label: speedLabel(speed) }))}
          chosen={String(state.speed)}
          onChoose={(speed) => engine.setSpeed(Number(speed))}
        />
        <QualityMenu engine={engine} state={state} />
        <ScreenButtons engine={engine} state={state} surface={surface} />
      </div>
    </div>
  );
}

function PlayButton({ engine, state }: Pick<Props, "engine" | "state">) {
  const [icon, label] = state.ended
    ? ([RotateCcw, "Play again"] as const)
    : state.paused
      ? ([Play, "Play (k)"] as const)
      : ([Pause, "Pause (k)"] as const);
  return <ControlButton label={label} icon={icon} filled={!state.ended} onClick={() => engine.toggle()} />;
}

function Volume({ engine, state }: Pick<Props, "engine" | "state">) {
  const level = state.muted ? 0 : state.volume;
  const icon = level === 0 ? VolumeX : level < 0.5 ? Volume1 : Volume2;
  return (
    <span className={styles.volume}>
      <ControlButton
        label={level === 0 ? "Sound on (m)" : "Sound off (m)"}
        icon={icon}
        onClick={() => engine.setMuted(level > 0)}
      />
      <input
        type="range"
        className={styles.volume_slider}
        aria-label="Volume"
        min={0}
        max={1}
        step={0.05}
        value={level}
        style={{ "--share": level } as React.CSSProperties}
        onChange={(event) => engine.setVolume(Number(event.target.value))}
      />
    </span>
  );
}

function TrackMenus({ engine, state }: Pick<Props, "engine" | "state">) {
  const caption = state.captions.find(({ on }) => on);
  return (
    <>
      {state.captions.length > 0 && (
        <Menu
          label="Captions"
          icon={Captions}
          choices={[{ id: "", label: "Off" }, ...state.captions]}
          chosen={caption?.id ?? ""}
          onChoose={(id) => engine.setCaptions(id || null)}
        />
      )}
      {state.sounds.length > 1 && (
        <Menu
          label="Sound"
          icon={AudioLines}
          choices={state.sounds}
          chosen={state.sounds.find(({ on }) => on)?.id ?? ""}
          onChoose={(id) => engine.setSound(id)}
        />
      )}
    </>
  );
}

function QualityMenu({ engine, state }: Pick<Props, "engine" | "state">) {
  if (state.levels.length === 0) return null;
  const auto = autoLabel(state.quality === null ? state.playing : null);
  return (
    <Menu
      label="Quality"
      face={state.quality ?? state.playing ?? "Auto"}
      choices={[{ id: "", label: auto }, ...state.levels.map(({ name }) => ({ id: name, label: name }))]}
      chosen={state.quality ?? ""}
      onChoose={(name) => engine.setQuality(name || null)}
    />
  );
}

function ScreenButtons({ engine, state, surface }: Omit<Props, "video">) {
  const [full, setFull] = useState(false);
  useEffect(() => {
    const look = () => setFull(document.fullscreenElement !== null);
    document.addEventListener("fullscreenchange", look);
    return () => document.removeEventListener("fullscreenchange", look);
  }, []);
  return (
    <>
      <span className={styles.roomy}>
        <ControlButton
          label="Keys (?)"
          icon={Keyboard}
          onClick={() => document.dispatchEvent(new KeyboardEvent("keydown", { key: "?" }))}
        />
        {document.pictureInPictureEnabled && state.levels.length > 0 && (
          <ControlButton
            label={state.floating ? "Back into the page" : "Picture in picture"}
            icon={PictureInPicture2}
            onClick={() => void engine.togglePictureInPicture().catch(() => undefined)}
          />
        )}
      </span>
      <ControlButton
        label={full ? "Leave full screen (f)" : "Full screen (f)"}
        icon={full ? Minimize : Maximize}
        onClick={() => void toggleFullscreen(surface.current, engine).catch(() => undefined)}
      />
    </>
  );
}
