// A video's player: its place on the page at once, the code behind it when it is there.
import { lazy, Suspense } from "react";
import type { Video } from "../api/client";
import { CrashBoundary } from "../layout/crash_boundary";
import styles from "./player.module.css";

const PlayerSurface = lazy(async () => {
  // Video.js would write a style element, which the page's policy forbids.
  Object.assign(window, { VIDEOJS_NO_DYNAMIC_STYLE: true });
  return import("./player_surface");
});

export interface PlayerProps {
  video: Video;
  // The video as the API has it now, with fresh links.
  fetchVideo: () => Promise<Video>;
  startAt?: number | null; // seconds; null: where this person stopped
  autoplay?: boolean;
  muted?: boolean;
  fill?: boolean; // all of its parent, instead of the picture's own shape
  onTime?: (seconds: number) => void;
  header?: React.ReactNode; // over the picture, while the controls are shown
}

export function Player(props: PlayerProps) {
  const { video, fill = false } = props;
  const shape = video.width && video.height ? `${video.width} / ${video.height}` : hasSoundAlone(video) && !video.poster ? "4 / 1" : "16 / 9";
  return (
    <div data-player className={fill ? styles.fill : styles.box} style={fill ? undefined : { aspectRatio: shape }}>
      <CrashBoundary>
        <Suspense fallback={<Poster url={video.poster} />}>
          <PlayerSurface {...props} />
        </Suspense>
      </CrashBoundary>
    </div>
  );
}

export const hasSoundAlone = ({ width, duration_seconds }: Video) => width === null && duration_seconds !== null;

export function Poster({ url }: { url: string | null }) {
  return url ? <img className={styles.poster} src={url} alt="" /> : null;
}
