// From a file to a complete upload: begin or go on, send the parts that are missing, complete. The
// server says which parts it has; nothing here reads an ETag or remembers parts.
import { ApiError, answer, api, type Schemas } from "../api/client";
import { type Attempts, keepTrying } from "./attempts";
import { putPart } from "./put_part";
import { SignedParts } from "./signed_parts";
import type { Turns } from "./turns";

export interface SendJob extends Attempts {
  file: Blob;
  videoId: string | null; // of an upload that was begun before
  announce: () => Schemas["NewUpload"]; // of one that wasn't
  connections: Turns;
  onBegun: (videoId: string) => void;
  onSent: (bytes: number) => void;
}

interface Opened {
  videoId: string;
  partSize: number;
  partCount: number;
  stored: number[]; // part numbers
  urls: SignedParts;
}

// The store may lose parts that it had (a server put back from a backup): they are sent again, but
// not for ever.
const mostRounds = 3;

// Parts go side by side only where one takes little time: what an interruption costs is the parts
// that are on their way.
const moreLanes = 2;
const quickPart = 4000; // milliseconds

const mostRefusals = 5; // of fresh URLs, one after the other

// Rejects with the signal's reason, or an ApiError that repeating won't mend.
export async function sendFile(job: SendJob): Promise<void> {
  for (let round = 1; ; round += 1) {
    const opened = await open(job);
    if (opened === "complete") return;
    job.videoId = opened.videoId;
    await sendParts(job, opened);
    try {
      return await complete(job, opened.videoId);
    } catch (error) {
      const incomplete = error instanceof ApiError && ["upload_incomplete", "size_mismatch"].includes(error.code);
      if (!incomplete || round === mostRounds) throw error;
    }
  }
}

async function open(job: SendJob): Promise<Opened | "complete"> {
  const again = job.videoId === null ? "gone" : await reopen(job, job.videoId);
  return again === "gone" ? begin(job) : again;
}

// Parts always, also for a small file: one way to go on after an interruption instead of two.
async function begin(job: SendJob): Promise<Opened> {
  const { video_id, upload } = await keepTrying(job, () =>
    answer(api.POST("/api/uploads/initiate", { body: { ...job.announce(), multipart: true } })),
  );
  job.onBegun(video_id);
  if (upload.type !== "multipart") throw new Error("The server offers no parts.");
  const urls = new SignedParts(video_id, upload.part_count);
  urls.add(upload.parts, upload.expires_at);
  return { videoId: video_id, partSize: upload.part_size, partCount: upload.part_count, stored: [], urls };
}

async function reopen(job: SendJob, videoId: string): Promise<Opened | "complete" | "gone"> {
  const path = { video_id: videoId };
  const known = await keepTrying(job, async () => {
    try {
      return await answer(api.GET("/api/uploads/{video_id}", { params: { path } }));
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return null;
      throw error;
    }
  });
  if (known?.status === "failed") {
    // Expired. What remains of it on the server is of use to nobody; if it stays, it does no harm.
    await api.DELETE("/api/uploads/{video_id}", { params: { path } }).catch(() => undefined);
  }
  if (!known || known.status === "failed" || known.size_bytes !== job.file.size) return "gone";
  if (known.status !== "pending") return "complete";
  const urls = new SignedParts(videoId, known.part_count);
  if (known.upload?.type === "multipart") urls.add(known.upload.parts, known.upload.expires_at);
  const stored = known.parts.map((part) => part.part_number);
  return { videoId, partSize: known.part_size, partCount: known.part_count, stored, urls };
}

async function sendParts(job: SendJob, { partSize, partCount, stored, urls }: Opened): Promise<void> {
  const sent = new Map<number, number>();
  const slice = (number: number) => job.file.slice((number - 1) * partSize, number * partSize);
  const note = (number: number, bytes: number) => {
    sent.set(number, bytes);
    job.onSent([...sent.values()].reduce((sum, value) => sum + value, 0));
  };
  for (const number of stored) sent.set(number, slice(number).size);
  job.onSent([...sent.values()].reduce((sum, value) => sum + value, 0));

  const missing = Array.from({ length: partCount }, (_, n) => n + 1).filter((number) => !sent.has(number));
  const stop = new AbortController();
  const signal = AbortSignal.any([job.signal, stop.signal]);
  const send = async (number: number) => {
    await sendPart({ ...job, signal }, number, slice(number), urls, (bytes) => note(number, bytes));
    note(number, slice(number).size);
  };
  // Nothing of a part is read before its turn.
  const lane = async (more: number): Promise<void> => {
    let another: Promise<void> | undefined;
    for (let next = missing.shift(); next !== undefined; next = missing.shift()) {
      const number = next;
      const begun = performance.now();
      await job.connections.run(signal, () => send(number));
      if (more === 0 || another || performance.now() - begun > quickPart) continue;
      another = lane(more - 1);
      another.catch((error: unknown) => stop.abort(error));
    }
    await another;
  };
  try {
    await lane(moreLanes);
  } finally {
    stop.abort();
  }
}

async function sendPart(
  job: SendJob,
  number: number,
  body: Blob,
  urls: SignedParts,
  onSent: (bytes: number) => void,
): Promise<void> {
  let refusals = 0;
  await keepTrying(job, async () => {
    const part = await urls.get(number);
    try {
      await putPart(part, body, { signal: job.signal, onSent });
    } catch (error) {
      onSent(0);
      urls.forget(number);
      if (!(error instanceof ApiError)) throw error;
      if (error.status === 0) await checkReadable(body);
      if (error.status !== 403) throw error;
      // Expired, or signed with a key that is no longer used: fresh URLs mend that.
      refusals += 1;
      if (refusals === mostRefusals) throw error;
      throw new ApiError(0, error.code, error.message);
    }
  });
}

// A browser says no more of a file that it can't read than of a connection that is gone.
async function checkReadable(body: Blob): Promise<void> {
  try {
    await body.slice(0, 1).arrayBuffer();
  } catch {
    throw new Error("The file can't be read any more: it was changed, moved or deleted. Cancel, and choose it again.");
  }
}

async function complete(job: SendJob, videoId: string): Promise<void> {
  await keepTrying(job, () => answer(api.POST("/api/uploads/complete", { body: { video_id: videoId } })));
}
