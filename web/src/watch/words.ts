// What the watch page says about a video. Pure.
import type { Rendition, Video } from "../api/client";
import { formatAge, formatBytes, formatLength, formatWait } from "../ui/format";

const visibilityWords = { public: "Public", unlisted: "Unlisted", private: "Private" };

export function factsLine(video: Video, isOwner: boolean, now: Date): string {
  const facts = [formatAge(video.created_at, now)];
  if (video.duration_seconds !== null) facts.push(formatLength(video.duration_seconds));
  if (isOwner) facts.push(visibilityWords[video.visibility]);
  const line = facts.join(" · ");
  return line.charAt(0).toUpperCase() + line.slice(1);
}

// One line for a video that isn't complete; null for one that is.
export function stateWords(video: Video): string | null {
  switch (video.status) {
    case "complete":
    case "failed":
      return null;
    case "pending":
      return "The upload isn’t finished. The video appears here when it is.";
    case "queued":
      return "Uploaded. Encoding starts as soon as a worker is free.";
    case "processing": {
      const left = video.eta_seconds === null ? "" : ` About ${formatWait(video.eta_seconds)} left.`;
      return video.playable
        ? `You can watch it already while the rest is being encoded.${left}`
        : `Being encoded. It can be watched in a moment.${left}`;
    }
  }
}

export const formatBitRate = (bitsPerSecond: number): string =>
  bitsPerSecond >= 995_000
    ? `${(bitsPerSecond / 1_000_000).toFixed(1)} Mb/s`
    : `${Math.round(bitsPerSecond / 1000)} kb/s`;

const formatRate = (framesPerSecond: number) => `${Number(framesPerSecond.toFixed(2))} per second`;

// What there is to know, for those who look.
export function detailsOf(video: Video, isOwner: boolean): [name: string, value: string][] {
  const rows: [string, string | null][] = [
    ["Picture", video.width && video.height ? `${video.width} × ${video.height}` : null],
    ["Frames", video.frame_rate ? formatRate(video.frame_rate) : null],
    ["Length", video.duration_seconds === null ? null : formatLength(video.duration_seconds)],
    ["Uploaded", new Date(video.created_at).toLocaleString("en", { dateStyle: "long", timeStyle: "short" })],
    ["Source", `${isOwner ? `${video.original_filename}, ` : ""}${formatBytes(video.size_bytes)}`],
  ];
  return rows.filter((row): row is [string, string] => row[1] !== null);
}

export const renditionRow = ({ name, width, height, bitrate_bps, codecs }: Rendition) => [
  name,
  width && height ? `${width} × ${height}` : "–",
  formatBitRate(bitrate_bps),
  codecs,
];

// The player in somebody else's page; it keeps its shape at any width.
export function embedCode(origin: string, video: Pick<Video, "id" | "title" | "width" | "height">, t: number): string {
  const shape = `${video.width || 16} / ${video.height || 9}`;
  const title = video.title.replace(/&/g, "&amp;").replace(/"/g, "&quot;").replace(/</g, "&lt;");
  const start = t > 0 ? `?t=${Math.floor(t)}` : "";
  return (
    `<iframe src="${origin}/embed/${video.id}${start}" title="${title}" width="640" height="360" ` +
    `style="width: 100%; height: auto; aspect-ratio: ${shape}; border: 0" ` +
    `allow="autoplay; fullscreen; picture-in-picture" allowfullscreen loading="lazy"></iframe>`
  );
}
