// The one way to the API. Signed in by the session cookie; the page never holds a token.
import createClient from "openapi-fetch";
import type { components, paths } from "./schema";

export type Schemas = components["schemas"];
export type User = Schemas["User"];
export type Video = Schemas["Video"];
export type VideoSummary = Schemas["VideoSummary"];
export type VideoPage = Schemas["VideoPage"];
export type Rendition = Schemas["Rendition"];
export type Track = Schemas["Track"];
export type Status = Schemas["Status"];
export type Visibility = Schemas["Visibility"];
export type Progress = Schemas["Progress"];
export type StartedUpload = Schemas["StartedUpload"];
export type UploadProgress = Schemas["UploadProgress"];

// What went wrong, in words for the person in front of the page. `code` is the API's stable code,
// or "offline" when there was no answer; `status` is 0 then. `retryAfter` is in seconds.
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly retryAfter: number | null = null,
  ) {
    super(message);
    this.name = "ApiError";
  }
}

const offline = () =>
  new ApiError(0, "offline", "The server can't be reached. Check the connection; then try again.");

export const api = createClient<paths>({
  baseUrl: window.location.origin,
  credentials: "same-origin",
  fetch: (request) => fetch(request).catch(() => Promise.reject(offline())),
});

// A proxy's error page is no problem+json.
function toApiError(response: Response, body: unknown): ApiError {
  const problem = (typeof body === "object" && body !== null ? body : {}) as Partial<Schemas["Problem"]>;
  return new ApiError(
    response.status,
    problem.code ?? "unexpected_answer",
    problem.detail ?? problem.title ?? `The server answered ${response.status}. Try again later.`,
    Number(response.headers.get("Retry-After")) || null,
  );
}

// The data of an answer; an ApiError for anything but success.
export async function answer<T>(call: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  const { data, error, response } = await call;
  if (!response.ok) throw toApiError(response, error);
  return data as T;
}
