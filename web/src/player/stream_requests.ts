// How the player fetches playlists and segments: a refused link is renewed, a server that can't be
// reached is waited for, and the player above sees nothing of either but a slower answer.
import videojs from "video.js";
import type { PlaybackLinks } from "./playback_links";
import { judge, waits } from "./request_outcome";

export interface RequestOptions {
  uri: string;
  timeout?: number;
  [name: string]: unknown;
}

export interface StreamAnswer {
  statusCode: number;
}

export interface StreamRequest extends XMLHttpRequest {
  aborted?: boolean; // set by the streaming engine
  requestTime?: number; // milliseconds; it measures the line by it
}

type Callback = (error: (Error & { code?: string }) | null, answer: StreamAnswer, body?: unknown) => void;
export type Send = (options: RequestOptions, callback: Callback) => StreamRequest;

// After `failures` tries; sooner when the browser says that it is connected again.
function pause(failures: number): Promise<void> {
  return new Promise((resolve) => {
    const go = () => {
      clearTimeout(timer);
      window.removeEventListener("online", go);
      resolve();
    };
    const timer = setTimeout(go, waits[failures] ?? 8000);
    window.addEventListener("online", go);
  });
}

export interface Watcher {
  links: PlaybackLinks;
  onConnection(connected: boolean): void;
  onGone(): void;
}

const watchers = new Set<Watcher>();
const plainSend = videojs.xhr as unknown as Send;

function sendFor(watcher: Watcher, options: RequestOptions, callback: Callback): StreamRequest {
  const { links } = watcher;
  const request: StreamRequest = new XMLHttpRequest();
  let renewals = 0;
  let failures = 0;

  const attempt = () => {
    if (request.aborted) return;
    const uri = links.current(options.uri);
    request.requestTime = Date.now();
    plainSend({ ...options, uri, xhr: request }, (error, answer, body) => {
      const outcome = judge(answer.statusCode, error?.code === "ETIMEDOUT", renewals, failures);
      if (outcome === "done") {
        if (answer.statusCode > 0) watcher.onConnection(true);
        callback(error, answer, body);
      } else if (outcome === "wait") {
        waitAndTry();
      } else if (links.current(uri) !== uri) {
        attempt(); // somebody else has renewed it already
      } else {
        renewals += 1;
        void renewAndTry(() => callback(error, answer, body));
      }
    });
  };
  const waitAndTry = () => {
    watcher.onConnection(false);
    void pause(failures).then(attempt);
    failures += 1;
  };
  const renewAndTry = async (giveUp: () => void) => {
    const renewal = await links.renew();
    if (renewal === "fresh") attempt();
    else if (renewal === "unreachable") waitAndTry();
    else {
      watcher.onGone();
      giveUp();
    }
  };
  attempt();
  return request;
}

const send: Send = (options, callback) => {
  const watcher = [...watchers].find(({ links }) => links.owns(options.uri));
  return watcher ? sendFor(watcher, options, callback) : plainSend(options, callback);
};

// From now on requests to the watcher's links are made so, until the returned function is called.
export function watchRequests(watcher: Watcher): () => void {
  (videojs as unknown as { Vhs: { xhr: Send } }).Vhs.xhr = send;
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}
