// One video: its player or what becomes of it, and what can be done with it.
import { VideoOff } from "lucide-react";
import { type CSSProperties, useCallback, useRef, useState } from "react";
import { useSearchParams } from "wouter";
import { ApiError, type Video } from "../api/client";
import { useUser } from "../api/session";
import { Page } from "../layout/page";
import { Player } from "../player/player";
import { parseTime } from "../player/time";
import { ButtonLink } from "../ui/button";
import { EmptyState } from "../ui/empty_state";
import { LoadingFailed } from "../ui/loading_failed";
import { Details } from "./details";
import { Notes } from "./notes";
import { OwnerTools } from "./owner_tools";
import { ShareButton } from "./share";
import { Title } from "./title";
import { useFollowedVideo } from "./use_followed_video";
import { VideoState } from "./video_state";
import styles from "./watch_page.module.css";
import { factsLine } from "./words";

export default function WatchPage({ id }: { id: string }) {
  const { data: video, error, refetch, fetchVideo } = useFollowedVideo(id);
  if (video) return <Watch video={video} fetchVideo={fetchVideo} />;
  if (error instanceof ApiError && error.status >= 400 && error.status < 500) return <NoSuchVideo />;
  if (error) {
    return (
      <Page title="Watch">
        <LoadingFailed error={error} onRetry={() => void refetch()} />
      </Page>
    );
  }
  return <Skeleton />;
}

// The same words for what isn't there and for what one may not see.
function NoSuchVideo() {
  return (
    <Page title="Not found">
      <EmptyState
        icon={VideoOff}
        title="There is no such video"
        actions={<ButtonLink href="/">To the library</ButtonLink>}
      >
        It may have been removed, or its owner keeps it private.
      </EmptyState>
    </Page>
  );
}

function Skeleton() {
  return (
    <Page title="Watch">
      <div className={styles.column} aria-busy="true" aria-label="Loading the video">
        <div className={styles.picture_skeleton} />
        <div className={styles.title_skeleton} />
      </div>
    </Page>
  );
}

// Landscape pictures decide how wide the page is, so that nothing is beside them; upright ones don't.
function columnStyle({ width, height }: Video): CSSProperties {
  const shape = width && height ? width / height : 16 / 9;
  return { "--shape": Math.max(shape, 4 / 3) } as CSSProperties;
}

function Watch({ video, fetchVideo }: { video: Video; fetchVideo: () => Promise<Video> }) {
  const user = useUser();
  const isOwner = user?.id === video.user_id;
  const [parameters] = useSearchParams();
  const [startAt] = useState(() => parseTime(parameters.get("t")));
  const position = useRef(0);
  const notePosition = useCallback((seconds: number) => {
    position.current = seconds;
  }, []);
  const facts = factsLine(video, isOwner, new Date());
  return (
    <Page title={video.title}>
      <div className={styles.column} style={columnStyle(video)}>
        {video.playable && video.playback && (
          <Player video={video} fetchVideo={fetchVideo} startAt={startAt} onTime={notePosition} />
        )}
        <VideoState video={video} isOwner={isOwner} />
        <div className={styles.heading}>
          <div className={styles.title}>
            <Title video={video} editable={isOwner} />
            <p className={styles.facts}>{facts}</p>
          </div>
          <div className={styles.actions}>
            <ShareButton video={video} position={position} />
            {isOwner && <OwnerTools video={video} />}
          </div>
        </div>
        {isOwner && <Notes notes={video.notes} />}
        <Details video={video} isOwner={isOwner} />
      </div>
    </Page>
  );
}
