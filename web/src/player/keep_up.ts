// A page that shows a video learns of its encoding as it happens.
import type { Progress, Video } from "../api/client";
import { followVideo } from "../api/follow_video";

const readAgainAfter = 4000; // milliseconds

export const isFinal = ({ status }: Pick<Video, "status">) => status === "complete" || status === "failed";

export const withProgress = (video: Video, progress: Progress): Video => ({ ...video, ...progress });

// Until the returned function is called: `onProgress` with each step, `readAgain` when there may be
// more to know of the video than a step tells, such as new renditions.
export function keepUp(id: string, onProgress: (progress: Progress) => void, readAgain: () => void): () => void {
  let last: Progress | null = null;
  let readAt = 0;
  return followVideo(id, (progress) => {
    const turned = last?.status !== progress.status || last.playable !== progress.playable;
    const first = last === null;
    last = progress;
    onProgress(progress);
    if (first && !isFinal(progress)) return;
    if (!turned && Date.now() - readAt < readAgainAfter) return;
    readAt = Date.now();
    readAgain();
  });
}
