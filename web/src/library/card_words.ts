// What a card says about a video besides its title. Pure.
import type { VideoSummary } from "../api/client";
import { formatWait } from "../ui/format";

type Shown = Pick<VideoSummary, "id" | "status" | "progress" | "eta_seconds" | "error" | "playable">;

export interface StatusWords {
  badge: string;
  look: "on_picture" | "danger";
  // A sentence under the title: what happens, or what one can do.
  line: string;
}

// `null` for a video that is complete: there is nothing to say.
export function statusWords(video: Shown): StatusWords | null {
  switch (video.status) {
    case "complete":
      return null;
    case "pending":
      return { badge: "Uploading", look: "on_picture", line: "The upload isn’t finished." };
    case "queued":
      return { badge: "Queued", look: "on_picture", line: "Starts as soon as a worker is free." };
    case "processing":
      return { badge: `Processing ${percent(video.progress)}`, look: "on_picture", line: processingLine(video) };
    case "failed":
      return { badge: "Failed", look: "danger", line: video.error?.message ?? "Something went wrong." };
  }
}

const percent = (share: number) => `${Math.floor(Math.min(1, Math.max(0, share)) * 100)}%`;

function processingLine({ eta_seconds, playable }: Shown): string {
  const left = eta_seconds === null ? "" : `${formatWait(eta_seconds)} left`;
  if (playable) return left ? `Can be watched already · ${left}` : "Can be watched already";
  return left || "Being prepared";
}

// Where a card leads: an upload that isn't finished has nothing to watch.
export const cardPath = ({ id, status }: Shown) => (status === "pending" ? "/upload" : `/watch/${id}`);

// Does a picture of this shape fill a 16:9 frame with little lost?
export function fillsFrame(width: number | null, height: number | null): boolean {
  if (!width || !height) return true;
  const shape = width / height;
  return shape >= 1.5 && shape <= 2.1;
}
