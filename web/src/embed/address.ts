import { parseTime } from "../player/time";

export interface EmbedAddress {
  id: string;
  startAt: number | null; // seconds
  autoplay: boolean;
  muted: boolean;
}

const isOn = (value: string | null) => value !== null && value !== "0" && value !== "false";

// /embed/ID?t=90&autoplay=1&muted=1
export function readAddress({ pathname, search }: Pick<Location, "pathname" | "search">): EmbedAddress {
  const parameters = new URLSearchParams(search);
  return {
    id: decodeURIComponent(/^\/embed\/([^/]*)/.exec(pathname)?.[1] ?? ""),
    startAt: parseTime(parameters.get("t")),
    autoplay: isOn(parameters.get("autoplay")),
    muted: isOn(parameters.get("muted")),
  };
}
