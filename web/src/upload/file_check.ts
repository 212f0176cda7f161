// Can this file become a video? Asked before a byte of it is sent. Pure.
import { formatBytes } from "../ui/format";
import { recognise } from "./media_signature";

export interface FileFacts {
  name: string;
  type: string;
  size: number;
}

// Names of formats that may begin with anything.
const mediaExtensions = new Set(
  (
    "mp4 m4v m4a mov qt 3gp 3g2 mj2 mkv mka webm avi ts mts m2ts m2t mpg mpeg m2v vob flv f4v wmv wma asf " +
    "ogv ogg oga opus wav w64 mp3 aac ac3 eac3 flac aif aiff caf gif mxf gxf dv h264 264 hevc h265 265 ivf obu amr au nut rm rmvb"
  ).split(" "),
);

function looksLikeMedia({ name, type }: FileFacts): boolean {
  const extension = name.includes(".") ? name.slice(name.lastIndexOf(".") + 1).toLowerCase() : "";
  return /^(video|audio)\//.test(type) || mediaExtensions.has(extension);
}

function tooLarge(size: number, limit: number): string {
  const [have, take] = [formatBytes(size), formatBytes(limit)];
  const exact = (bytes: number) => `${bytes.toLocaleString("en")} bytes`;
  return have === take
    ? `It has ${exact(size)}; this server takes files of up to ${exact(limit)}.`
    : `It has ${have}; this server takes files of up to ${take}.`;
}

// Why the file is not taken, as a sentence; null when it may be sent. `head` is its first
// `headBytes`. What isn't known for sure is left to the server.
export function refusalOf(file: FileFacts, head: Uint8Array, maxBytes: number): string | null {
  if (file.size === 0) return "It is empty: it has no bytes.";
  if (file.size > maxBytes) return tooLarge(file.size, maxBytes);
  const kind = recognise(head);
  if (kind?.media === false) return `It is ${kind.what}. Only video and audio files can be uploaded.`;
  if (!kind && !looksLikeMedia(file)) return "It doesn't look like a video or audio file.";
  return null;
}

export const longestTitle = 200; // characters that the server takes

// The title of a video until somebody gives it a better one.
export function titleFromName(name: string): string {
  const shown = name.replace(/\p{Cc}/gu, "");
  return [...(shown.replace(/\.[^.]{1,5}$/, "").trim() || shown)].slice(0, longestTitle).join("");
}
