import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect } from "react";
import type { Video } from "../api/client";
import { useVideo, videoQuery } from "../api/videos";
import { isFinal, keepUp, withProgress } from "../player/keep_up";

// A video, kept up to date while it is being encoded; `fetchVideo` reads it with fresh links.
export function useFollowedVideo(id: string) {
  const queries = useQueryClient();
  const query = useVideo(id);
  const fetchVideo = useCallback(() => queries.fetchQuery({ ...videoQuery(id), staleTime: 0 }), [queries, id]);

  const unfinished = query.data !== undefined && !isFinal(query.data);
  useEffect(() => {
    if (!unfinished) return;
    const { queryKey } = videoQuery(id);
    return keepUp(
      id,
      (progress) => {
        // What is final is read whole, so that nothing of it is old.
        if (isFinal(progress)) return;
        queries.setQueryData<Video>(queryKey, (video) => video && withProgress(video, progress));
      },
      () => {
        void queries.invalidateQueries({ queryKey });
        void queries.invalidateQueries({ queryKey: ["videos"], refetchType: "none" });
      },
    );
  }, [queries, id, unfinished]);
  return { ...query, fetchVideo };
}
