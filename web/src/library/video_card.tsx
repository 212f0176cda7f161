import { Link2, Lock } from "lucide-react";
import { memo, type ReactNode } from "react";
import { Link } from "wouter";
import type { VideoSummary } from "../api/client";
import { Badge } from "../ui/badge";
import { formatAge, formatLength } from "../ui/format";
import { ProgressBar } from "../ui/progress_bar";
import { cardPath, statusWords } from "./card_words";
import { Poster } from "./poster";
import styles from "./video_card.module.css";

// Its code is there before the click.
const prefetchWatchPage = () => void import("../watch/watch_page").catch(() => undefined);

// One video of a grid. `menu` and `action` stand above the link that covers the card.
export const VideoCard = memo(function VideoCard({
  video,
  menu,
  action,
}: {
  video: VideoSummary;
  menu?: ReactNode;
  action?: ReactNode;
}) {
  const words = statusWords(video);
  return (
    <li className={styles.card} onPointerEnter={prefetchWatchPage} onFocus={prefetchWatchPage}>
      <div className={styles.picture}>
        <Poster video={video} />
        {words && (
          <div className={styles.status}>
            <Badge look={words.look}>{words.badge}</Badge>
          </div>
        )}
        {video.duration_seconds !== null && (
          <div className={styles.duration}>
            <Badge look="on_picture">
              <span className="unseen">Length </span>
              {formatLength(video.duration_seconds)}
            </Badge>
          </div>
        )}
        {video.status === "processing" && (
          <div className={styles.progress}>
            <ProgressBar value={video.progress} label={`Processing of ${video.title}`} />
          </div>
        )}
      </div>
      <div className={styles.words}>
        <h2 className={styles.title}>
          <Link href={cardPath(video)} className={styles.link} title={video.title}>
            {video.title}
          </Link>
        </h2>
        {menu && <div className={styles.menu}>{menu}</div>}
        <p className={styles.meta}>
          <time dateTime={video.created_at} title={new Date(video.created_at).toLocaleString("en")}>
            {formatAge(video.created_at)}
          </time>
          {video.visibility === "unlisted" && <Badge icon={Link2}>Unlisted</Badge>}
          {video.visibility === "private" && <Badge icon={Lock}>Private</Badge>}
        </p>
        {words && <p className={video.status === "failed" ? styles.reason : styles.meta}>{words.line}</p>}
        {action && <div className={styles.action}>{action}</div>}
      </div>
    </li>
  );
});
