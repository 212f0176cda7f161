import { useEffect, useRef } from "react";
import { Button } from "../ui/button";
import styles from "./video_grid.module.css";

// The end of what is read of a list: reads on when it comes near the window, or by its button.
export function MoreVideos({ loading, error, onMore }: { loading: boolean; error: Error | null; onMore: () => void }) {
  const end = useRef<HTMLDivElement>(null);
  // After an error it is for the person to try again.
  const waiting = !loading && !error;
  useEffect(() => {
    if (!end.current || !waiting) return;
    const near = new IntersectionObserver(([entry]) => entry?.isIntersecting && onMore(), { rootMargin: "1200px" });
    near.observe(end.current);
    return () => near.disconnect();
  }, [waiting, onMore]);
  return (
    <div ref={end} className={styles.more}>
      {error && <p role="alert">{error.message}</p>}
      <Button onClick={onMore} disabled={loading}>
        {loading ? "Loading more" : error ? "Try again" : "Show more"}
      </Button>
    </div>
  );
}
