import { ExternalLink } from "lucide-react";
import { useCallback, useEffect, useState } from "react";
import { ApiError, answer, api, type Video } from "../api/client";
import { isFinal, keepUp, withProgress } from "../player/keep_up";
import { Player } from "../player/player";
import { formatWait } from "../ui/format";
import type { EmbedAddress } from "./address";
import styles from "./embed_page.module.css";

export function EmbedPage({ id, startAt, autoplay, muted }: EmbedAddress) {
  const { video, error, fetchVideo, tryAgain } = useEmbeddedVideo(id);
  useEffect(() => {
    if (video) document.title = video.title;
  }, [video]);
  if (video?.playable && video.playback) {
    const header = <TitleLink video={video} />;
    return <Player {...{ video, fetchVideo, startAt, autoplay, muted, header }} fill />;
  }
  if (video) {
    return <Words title={video.title}>{wordsFor(video)}</Words>;
  }
  if (!error) return <div className={styles.words} aria-busy="true" />;
  if (error instanceof ApiError && error.status >= 400 && error.status < 500) {
    return <Words title="There is no such video">It may have been removed, or its owner keeps it private.</Words>;
  }
  return (
    <Words title="This video could not be loaded">
      {error.message}
      <button type="button" onClick={tryAgain}>
        Try again
      </button>
    </Words>
  );
}

const readVideo = (id: string): Promise<Video> => answer(api.GET("/api/videos/{id}", { params: { path: { id } } }));

// As on the watch page, without its machinery: this page must be small.
function useEmbeddedVideo(id: string) {
  const [video, setVideo] = useState<Video | null>(null);
  const [error, setError] = useState<Error | null>(null);
  const [tries, setTries] = useState(0);
  useEffect(() => {
    readVideo(id).then(setVideo, setError);
  }, [id, tries]);
  const fetchVideo = useCallback(async () => {
    const read = await readVideo(id);
    setVideo(read);
    return read;
  }, [id]);
  const unfinished = video !== null && !isFinal(video);
  useEffect(() => {
    if (!unfinished) return;
    return keepUp(
      id,
      (progress) => !isFinal(progress) && setVideo((known) => known && withProgress(known, progress)),
      () => void fetchVideo().catch(() => undefined), // the next step asks again
    );
  }, [id, unfinished, fetchVideo]);
  return { video, error, fetchVideo, tryAgain: () => setTries(tries + 1) };
}

function wordsFor(video: Video): string {
  switch (video.status) {
    case "pending":
      return "Its upload isn’t finished.";
    case "failed":
      return "It could not be encoded.";
    case "queued":
    case "processing":
    case "complete":
      return video.eta_seconds === null
        ? "It is being prepared and plays here in a moment."
        : `It is being prepared and plays here in a moment: about ${formatWait(video.eta_seconds)} until all of it is there.`;
  }
}

function TitleLink({ video }: { video: Video }) {
  return (
    <a className={styles.title} href={`/watch/${video.id}`} target="_blank" rel="noopener">
      {video.title}
      <ExternalLink size={16} aria-hidden />
    </a>
  );
}

function Words({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <div className={styles.words} role="status">
      <h1>{title}</h1>
      <p>{children}</p>
    </div>
  );
}
