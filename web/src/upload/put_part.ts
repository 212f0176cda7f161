// One PUT of a part to where its signed URL leads. XMLHttpRequest, because fetch can't say how
// much of a body has been sent.
import { ApiError, type Schemas } from "../api/client";

export type SignedPart = Schemas["SignedPart"];

// A connection that is gone without a word: no byte for so long. The storage may take its time to
// answer after the last one.
const stalledAfter = 60_000; // milliseconds

const refusal = (status: number) =>
  status === 404
    ? "The server has dropped this upload. Try again to begin anew."
    : `The storage refused a part of the file (${status}).`;

// Rejects with an ApiError (status 0: no answer), or with the signal's reason.
export function putPart(
  { url, headers = {} }: SignedPart,
  body: Blob,
  { signal, onSent }: { signal: AbortSignal; onSent: (bytes: number) => void },
): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const request = new XMLHttpRequest();
    const lost = () => request.abort();
    let watch = setTimeout(lost, stalledAfter);
    const finish = () => {
      clearTimeout(watch);
      signal.removeEventListener("abort", lost);
      window.removeEventListener("offline", lost);
      if (signal.aborted) reject(signal.reason as Error);
      else if (request.status >= 200 && request.status < 300) resolve();
      else reject(new ApiError(request.status, "storage_refused", refusal(request.status)));
    };
    request.upload.onprogress = (event) => {
      clearTimeout(watch);
      watch = setTimeout(lost, stalledAfter);
      onSent(Math.min(event.loaded, body.size));
    };
    request.onloadend = finish;
    signal.addEventListener("abort", lost);
    window.addEventListener("offline", lost);
    request.open("PUT", url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.send(body);
  });
}
