// What becomes of a video that isn't complete.
import { RotateCw } from "lucide-react";
import type { Video } from "../api/client";
import { useRetryVideo } from "../api/videos";
import { Button } from "../ui/button";
import { Notice } from "../ui/notice";
import { ProgressBar } from "../ui/progress_bar";
import styles from "./video_state.module.css";
import { stateWords } from "./words";

export function VideoState({ video, isOwner }: { video: Video; isOwner: boolean }) {
  if (video.status === "failed") return <Failed video={video} isOwner={isOwner} />;
  const words = stateWords(video);
  if (!words) return null;
  return (
    <section className={video.playable ? styles.line : styles.panel} aria-label="Encoding">
      <p>{words}</p>
      <ProgressBar value={video.progress} label="Encoded" />
    </section>
  );
}

function Failed({ video, isOwner }: { video: Video; isOwner: boolean }) {
  const retry = useRetryVideo(video.id);
  return (
    <section className={video.playable ? styles.line : styles.panel} aria-label="Encoding">
      <Notice kind="danger">
        <strong>{video.playable ? "Only a part of this video could be encoded." : "This video could not be encoded."}</strong>{" "}
        {video.error?.message}
      </Notice>
      {isOwner && (
        <div className={styles.actions}>
          <Button icon={RotateCw} disabled={retry.isPending} onClick={() => retry.mutate(undefined)}>
            Try again
          </Button>
        </div>
      )}
      {retry.isError && <Notice kind="danger">{retry.error.message}</Notice>}
    </section>
  );
}
