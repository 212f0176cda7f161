import { describe, expect, test } from "vitest";
import type { Progress } from "../api/client";
import { announcement, isFar, isSending, phaseOf, type RowFacts, statusText, summary, type UploadRow } from "./row";

const fresh: RowFacts = {
  uploaded: false,
  paused: false,
  ghost: false,
  running: false,
  error: null,
  trouble: null,
  encoding: null,
};
const progress = (changes: Partial<Progress>): Progress => ({
  status: "processing",
  progress: 0,
  eta_seconds: null,
  playable: false,
  error: null,
  ...changes,
});
const row = (phase: UploadRow["phase"], changes: Partial<UploadRow> = {}): UploadRow => ({
  id: "1",
  filename: "clip.mp4",
  title: "clip",
  visibility: "public",
  sizeBytes: 40_000_000,
  sentBytes: 10_000_000,
  perSecond: 2_000_000,
  videoId: null,
  problem: null,
  phase,
  ...changes,
});
const sending = { kind: "sending", trouble: null } as const;

describe("phaseOf", () => {
  test.each<[string, Partial<RowFacts>, string]>([
    ["a new file waits", {}, "waiting"],
    ["a file with its turn is sent", { running: true }, "sending"],
    ["a paused file is paused, also while its requests end", { paused: true, running: true }, "paused"],
    ["a file without bytes is asked for, also when it was paused", { ghost: true, paused: true }, "file_needed"],
    ["an upload that failed is broken", { error: "No." }, "broken"],
    ["an uploaded file is encoded", { uploaded: true }, "encoding"],
    ["an uploaded file needs no bytes", { uploaded: true, ghost: true }, "encoding"],
    ["queued is encoding", { uploaded: true, encoding: progress({ status: "queued" }) }, "encoding"],
    ["complete is complete", { uploaded: true, encoding: progress({ status: "complete" }) }, "complete"],
    ["failed is failed", { uploaded: true, encoding: progress({ status: "failed" }) }, "failed"],
  ])("%s", (_, facts, kind) => expect(phaseOf({ ...fresh, ...facts }).kind).toBe(kind));

  test("only what may end otherwise can be tried again", () => {
    const failed = (code: string) =>
      phaseOf({ ...fresh, uploaded: true, encoding: progress({ status: "failed", error: { code, message: "Why." } }) });
    expect(failed("processing_failed")).toEqual({ kind: "failed", reason: "Why.", canRetry: true });
    expect(failed("unsupported_format")).toEqual({ kind: "failed", reason: "Why.", canRetry: false });
  });
});

test.each<[UploadRow["phase"], Partial<UploadRow>, string]>([
  [sending, {}, "Uploading 25 % · 10 MB of 40 MB · 2.0 MB/s · 15 s left"],
  [sending, { perSecond: null }, "Uploading 25 % · 10 MB of 40 MB"],
  [sending, { sentBytes: 40_000_000 }, "Finishing the upload · 40 MB of 40 MB"],
  [{ kind: "sending", trouble: "unreachable" }, {}, "The server can't be reached. Trying again · 10 MB of 40 MB"],
  [{ kind: "waiting" }, {}, "Waiting for its turn · 40 MB"],
  [{ kind: "paused" }, {}, "Paused · 10 MB of 40 MB"],
  [{ kind: "file_needed" }, {}, "Choose the file again to go on where it was · 10 MB of 40 MB"],
  [{ kind: "encoding", progress: 0, etaSeconds: null, playable: false }, {}, "Uploaded. Encoding starts soon"],
  [{ kind: "encoding", progress: 0.429, etaSeconds: 75, playable: true }, {}, "Encoding 42 % · 1 min 15 s left · plays already"],
  [{ kind: "complete" }, {}, "Ready to watch"],
  [{ kind: "failed", reason: "It is broken.", canRetry: false }, {}, "It is broken."],
])("%o is said as it is", (phase, changes, text) => expect(statusText(row(phase, changes))).toBe(text));

describe("summary", () => {
  test("is nothing when nothing goes on", () => {
    expect(summary([])).toBeNull();
    expect(summary([row({ kind: "complete" }), row({ kind: "refused", reason: "No." })])).toBeNull();
  });
  test("counts bytes, not files", () => {
    const rows = [row(sending), row({ kind: "waiting" }, { sizeBytes: 60_000_000, sentBytes: 0 })];
    expect(summary(rows)).toEqual({ count: "2 uploads", percent: "10 %" });
  });
  test("leaves out what is uploaded", () => {
    const encoding = row({ kind: "encoding", progress: 0.5, etaSeconds: null, playable: false });
    expect(summary([encoding, row({ kind: "paused" })])).toEqual({ count: "1 upload", percent: "25 %" });
    expect(summary([encoding, row({ kind: "complete" })])).toEqual({ count: "1 encoding", percent: null });
  });
});

test("the page is held only by what would stop", () => {
  expect(isSending(row(sending))).toBe(true);
  expect(isSending(row({ kind: "waiting" }))).toBe(true);
  expect(isSending(row({ kind: "paused" }))).toBe(false);
  expect(isSending(row({ kind: "encoding", progress: 0, etaSeconds: null, playable: false }))).toBe(false);
});

test("a cancel is asked for twice when much would be lost", () => {
  expect(isFar(row(sending, { sentBytes: 7_000_000 }))).toBe(false);
  expect(isFar(row(sending, { sentBytes: 8_000_000 }))).toBe(true);
  expect(isFar(row(sending, { sizeBytes: 9_000_000_000, sentBytes: 60_000_000 }))).toBe(true);
});

describe("announcement", () => {
  const at = (sentBytes: number) => row(sending, { sentBytes });
  test("quarters, not percents", () => {
    expect(announcement(at(1), at(9_900_000))).toBeNull();
    expect(announcement(at(9_900_000), at(10_100_000))).toBe("clip: 25 % uploaded");
    expect(announcement(at(39_000_000), at(40_000_000))).toBeNull();
  });
  test("what goes wrong, once", () => {
    const lost = row({ kind: "sending", trouble: "offline" });
    expect(announcement(at(1), lost)).toMatch(/No connection/);
    expect(announcement(lost, lost)).toBeNull();
  });
  test("the moment a video can be watched", () => {
    const encoding = (playable: boolean) => row({ kind: "encoding", progress: 0.1, etaSeconds: 9, playable });
    expect(announcement(encoding(false), encoding(true))).toMatch(/ready to watch/);
    expect(announcement(encoding(true), encoding(true))).toBeNull();
  });
});
