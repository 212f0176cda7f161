// A video's signed addresses. They run out after a while; whoever plays asks for fresh ones, and what
// is asked for by an old address goes to the new one.
import { ApiError, type Video } from "../api/client";

export type Renewal = "fresh" | "gone" | "unreachable";

const folderOf = (url: string) => url.slice(0, url.lastIndexOf("/") + 1);

export class PlaybackLinks {
  private readonly old = new Set<string>();
  private renewing: Promise<Renewal> | null = null;

  // `fetchVideo` asks the API for the video as it is now.
  constructor(
    private address: string,
    private readonly fetchVideo: () => Promise<Video>,
  ) {}

  get hls() {
    return this.address;
  }

  update(address: string) {
    if (address === this.address) return;
    this.old.add(folderOf(this.address));
    this.old.delete(folderOf(address));
    this.address = address;
  }

  owns(url: string): boolean {
    return url.startsWith(folderOf(this.address)) || [...this.old].some((folder) => url.startsWith(folder));
  }

  // The same thing at the newest address.
  current(url: string): string {
    for (const folder of this.old) {
      if (url.startsWith(folder)) return folderOf(this.address) + url.slice(folder.length);
    }
    return url;
  }

  // Many requests are refused at the same time; one question answers them all.
  renew(): Promise<Renewal> {
    this.renewing ??= this.askAgain().finally(() => {
      this.renewing = null;
    });
    return this.renewing;
  }

  private async askAgain(): Promise<Renewal> {
    try {
      const { playback } = await this.fetchVideo();
      if (!playback) return "gone";
      this.update(playback.hls);
      return "fresh";
    } catch (error) {
      const refused = error instanceof ApiError && error.status >= 400 && error.status < 500 && error.status !== 429;
      return refused ? "gone" : "unreachable";
    }
  }
}
