import { Skeleton } from "../ui/skeleton";
import styles from "./video_card.module.css";

// A card that isn't read yet, in the size of one that is.
export function CardSkeleton() {
  return (
    <li className={`${styles.card} ${styles.bones}`} aria-hidden>
      <div className={styles.picture} />
      <div className={styles.words}>
        <Skeleton width="80%" />
        <div className={styles.bone_meta}>
          <Skeleton width="8em" />
        </div>
      </div>
    </li>
  );
}
