import { SearchX } from "lucide-react";
import type { ReactNode } from "react";
import type { VideoSummary } from "../api/client";
import type { VideoList } from "../api/videos";
import { ButtonLink } from "../ui/button";
import { EmptyState } from "../ui/empty_state";
import { LoadingFailed } from "../ui/loading_failed";
import { CardSkeleton } from "./card_skeleton";
import { MoreVideos } from "./more_videos";
import { allVideos, useEndlessList } from "./endless_list";
import styles from "./video_grid.module.css";

const bones = (count: number) => Array.from({ length: count }, (_, at) => <CardSkeleton key={`bone ${at}`} />);

// A list of videos in each of its states. `heading` stands above all but `empty`, which is what a
// list says that has nothing in it and isn't searched.
export function VideoGrid({
  list,
  heading,
  empty,
  card,
}: {
  list: VideoList;
  heading: ReactNode;
  empty: ReactNode;
  card: (video: VideoSummary) => ReactNode;
}) {
  const read = useEndlessList(list);
  const videos = allVideos(read.data);
  if (read.data && videos.length === 0 && !list.search && !read.isPlaceholderData) return empty;
  return (
    <>
      {heading}
      {read.isPending && (
        <>
          <p className="unseen" role="status">
            Loading videos
          </p>
          <ul className={styles.grid}>{bones(12)}</ul>
        </>
      )}
      {read.isError && !read.data && (
        <LoadingFailed
          title="The videos could not be loaded"
          heading="h2"
          error={read.error}
          onRetry={() => void read.refetch()}
        />
      )}
      {videos.length > 0 && (
        <ul className={read.isPlaceholderData ? `${styles.grid} ${styles.old}` : styles.grid}>
          {videos.map(card)}
          {read.isFetchingNextPage && bones(8)}
        </ul>
      )}
      {read.data && videos.length === 0 && list.search && <NoMatches list={list} />}
      {read.hasNextPage && !read.isPlaceholderData && (
        <MoreVideos
          loading={read.isFetchingNextPage}
          error={read.isFetchNextPageError ? read.error : null}
          onMore={() => void read.fetchNextPage({ cancelRefetch: false })}
        />
      )}
    </>
  );
}

function NoMatches({ list: { mine, search } }: { list: VideoList }) {
  return (
    <EmptyState
      icon={SearchX}
      title={`No videos match “${search}”`}
      heading="h2"
      actions={<ButtonLink href={mine ? "/videos" : "/"}>{mine ? "Show all my videos" : "Show all videos"}</ButtonLink>}
    >
      Only titles are searched. Try fewer or other words.
    </EmptyState>
  );
}
