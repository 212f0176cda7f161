import { Film, Music } from "lucide-react";
import { useState } from "react";
import type { VideoSummary } from "../api/client";
import { fillsFrame } from "./card_words";
import styles from "./poster.module.css";

type Shown = Pick<VideoSummary, "poster" | "width" | "height" | "duration_seconds">;

// A video's poster in a 16:9 frame; a drawing where there is none.
export function Poster({ video }: { video: Shown }) {
  const { src, onError } = useSteadySource(video.poster);
  const soundOnly = video.duration_seconds !== null && video.width === null;
  const Placeholder = soundOnly ? Music : Film;
  const fills = fillsFrame(video.width, video.height);
  return (
    <div className={styles.frame}>
      {!src && <Placeholder className={styles.placeholder} size={36} strokeWidth={1.25} aria-hidden />}
      {src && !fills && <img className={styles.ground} src={src} alt="" loading="lazy" decoding="async" />}
      {src && (
        <img
          className={fills ? styles.filling : styles.whole}
          src={src}
          alt=""
          loading="lazy"
          decoding="async"
          onError={onError}
        />
      )}
    </div>
  );
}

// Every reading of the list signs the posters anew. The URL read first stays, so that no picture is
// loaded twice, until it doesn't open any more; then the newest takes its place.
function useSteadySource(newest: string | null) {
  const [src, setSrc] = useState(newest);
  const [expired, setExpired] = useState<string | null>(null);
  if (newest && newest !== src && (src === null || src === expired)) setSrc(newest);
  return { src: src === expired ? null : src, onError: () => setExpired(src) };
}
