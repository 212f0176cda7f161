// The progress of several videos at once. A browser opens six connections to one host, and an
// event stream holds one for as long as it is open; so only the first video has a stream, and the
// others are asked after now and then until it is their turn.
import { ApiError, answer, api, type Progress } from "../api/client";
import { followVideo } from "../api/follow_video";

type Listener = (progress: Progress | "gone") => void;

const pause = 4000; // milliseconds between two questions

interface Followed {
  id: string;
  listener: Listener;
  heardAt: number;
}

export class EncodingFollower {
  private followed: Followed[] = [];
  private stream: { id: string; close: () => void } | null = null;
  private timer: ReturnType<typeof setInterval> | undefined;

  // Until the video is complete, failed or "gone", or the returned function is called.
  follow(id: string, listener: Listener): () => void {
    const followed: Followed = { id, listener, heardAt: 0 };
    this.followed.push(followed);
    this.timer ??= setInterval(() => this.ask(), pause);
    this.listen();
    void this.askAfter(followed);
    return () => this.leave(id);
  }

  private leave(id: string) {
    this.followed = this.followed.filter((followed) => followed.id !== id);
    if (this.stream?.id === id) {
      this.stream.close();
      this.stream = null;
    }
    if (this.followed.length === 0) {
      clearInterval(this.timer);
      this.timer = undefined;
    }
    this.listen();
  }

  private listen() {
    const [first] = this.followed;
    if (this.stream || !first) return;
    const { id } = first;
    this.stream = { id, close: followVideo(id, (progress) => this.tell(id, progress)) };
  }

  private tell(id: string, progress: Progress | "gone") {
    const followed = this.followed.find((one) => one.id === id);
    if (!followed) return;
    followed.heardAt = Date.now();
    if (progress === "gone" || progress.status === "complete" || progress.status === "failed") this.leave(id);
    followed.listener(progress);
  }

  private ask() {
    for (const followed of this.followed) {
      if (Date.now() - followed.heardAt >= pause) void this.askAfter(followed);
    }
  }

  private async askAfter({ id }: Followed) {
    try {
      this.tell(id, await answer(api.GET("/api/videos/{id}", { params: { path: { id } } })));
    } catch (error) {
      // Anything else passes: the next question may be answered.
      if (error instanceof ApiError && error.status === 404) this.tell(id, "gone");
    }
  }
}
