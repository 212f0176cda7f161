// A video's progress as it happens, by Server-Sent Events.
import type { Progress } from "./client";

// Calls `onProgress` with what the server says now and whenever it changes, until the returned
// function is called or the video is complete or failed. EventSource reconnects by itself, also
// after a restart of the server.
export function followVideo(id: string, onProgress: (progress: Progress) => void): () => void {
  const events = new EventSource(`/api/videos/${encodeURIComponent(id)}/events`);
  const receive = (event: MessageEvent<string>) => {
    const progress = JSON.parse(event.data) as Progress;
    onProgress(progress);
    if (progress.status === "complete" || progress.status === "failed") events.close();
  };
  events.addEventListener("status", receive);
  events.addEventListener("progress", receive);
  return () => events.close();
}
