// One row of the upload page: a file from choosing to watching. Pure.
import type { Progress, Visibility } from "../api/client";
import { formatBytes, formatWait } from "../ui/format";
import { timeLeft } from "./transfer_rate";

// Why no bytes go although they should. Each ends by itself.
export type Trouble = "offline" | "unreachable" | "signed_out";

export type Phase =
  | { kind: "refused"; reason: string } // before a byte was sent
  | { kind: "waiting" } // for its turn
  | { kind: "sending"; trouble: Trouble | null }
  | { kind: "paused" }
  | { kind: "file_needed" } // after a reload: the page has no access to the file any more
  | { kind: "broken"; reason: string } // the upload failed for good
  | { kind: "encoding"; progress: number; etaSeconds: number | null; playable: boolean }
  | { kind: "complete" }
  | { kind: "failed"; reason: string; canRetry: boolean };

export interface UploadRow {
  id: string;
  filename: string;
  title: string;
  visibility: Visibility;
  sizeBytes: number;
  sentBytes: number;
  perSecond: number | null;
  videoId: string | null;
  problem: string | null; // of the last thing the person tried with this row
  phase: Phase;
}

// What is known of a file and its video.
export interface RowFacts {
  uploaded: boolean;
  paused: boolean;
  ghost: boolean; // listed, but without its bytes
  running: boolean; // it has its turn
  error: string | null;
  trouble: Trouble | null;
  encoding: Progress | null;
}

// Everything else that ends an encoding is in the file itself: the same again changes nothing.
const worthRetrying = "processing_failed";

function phaseOfVideo(encoding: Progress | null): Phase {
  if (encoding?.status === "complete") return { kind: "complete" };
  if (encoding?.status === "failed") {
    return {
      kind: "failed",
      reason: encoding.error?.message ?? "This video can't be processed.",
      canRetry: encoding.error?.code === worthRetrying,
    };
  }
  return {
    kind: "encoding",
    progress: encoding?.progress ?? 0,
    etaSeconds: encoding?.eta_seconds ?? null,
    playable: encoding?.playable ?? false,
  };
}

export function phaseOf(facts: RowFacts): Phase {
  if (facts.uploaded) return phaseOfVideo(facts.encoding);
  if (facts.error !== null) return { kind: "broken", reason: facts.error };
  if (facts.ghost) return { kind: "file_needed" };
  if (facts.paused) return { kind: "paused" };
  return facts.running ? { kind: "sending", trouble: facts.trouble } : { kind: "waiting" };
}

const percent = (share: number) => `${Math.floor(share * 100)} %`;
const join = (...texts: (string | null | false)[]) => texts.filter(Boolean).join(" · ");
const left = (seconds: number | null) => seconds !== null && `${formatWait(seconds)} left`;

export const sentShare = (row: UploadRow) => (row.sizeBytes > 0 ? Math.min(1, row.sentBytes / row.sizeBytes) : 0);

const troubles: Record<Trouble, string> = {
  offline: "No connection. The upload goes on by itself once it is back",
  unreachable: "The server can't be reached. Trying again",
  signed_out: "You are signed out. Sign in again, and the upload goes on",
};

// The line below the bar.
export function statusText(row: UploadRow): string {
  const { phase } = row;
  const sent = `${formatBytes(row.sentBytes)} of ${formatBytes(row.sizeBytes)}`;
  switch (phase.kind) {
    case "refused":
    case "broken":
    case "failed":
      return phase.reason;
    case "waiting":
      return join("Waiting for its turn", formatBytes(row.sizeBytes));
    case "paused":
      return join("Paused", sent);
    case "file_needed":
      return join("Choose the file again to go on where it was", sent);
    case "complete":
      return "Ready to watch";
    case "encoding":
      return phase.progress === 0 && phase.etaSeconds === null
        ? "Uploaded. Encoding starts soon"
        : join(`Encoding ${percent(phase.progress)}`, left(phase.etaSeconds), phase.playable && "plays already");
    case "sending":
      if (phase.trouble) return join(troubles[phase.trouble], sent);
      if (row.sentBytes >= row.sizeBytes) return join("Finishing the upload", sent);
      return join(
        `Uploading ${percent(sentShare(row))}`,
        sent,
        row.perSecond !== null && `${formatBytes(row.perSecond)}/s`,
        left(timeLeft(row.perSecond, row.sizeBytes - row.sentBytes)),
      );
  }
}

// Would closing the page stop bytes?
export const isSending = ({ phase }: UploadRow) => phase.kind === "sending" || phase.kind === "waiting";

const isUnsent = (row: UploadRow) => isSending(row) || row.phase.kind === "paused" || row.phase.kind === "file_needed";

export interface Summary {
  count: string;
  percent: string | null;
}

// What the header says of all uploads; null when there is nothing going on.
export function summary(rows: UploadRow[]): Summary | null {
  const unsent = rows.filter(isUnsent);
  if (unsent.length > 0) {
    const sum = (value: (row: UploadRow) => number) => unsent.reduce((total, row) => total + value(row), 0);
    const size = sum((row) => row.sizeBytes);
    const share = size > 0 ? sum((row) => row.sentBytes) / size : 0;
    return { count: `${unsent.length} ${unsent.length === 1 ? "upload" : "uploads"}`, percent: percent(share) };
  }
  const encoding = rows.filter((row) => row.phase.kind === "encoding").length;
  return encoding > 0 ? { count: `${encoding} encoding`, percent: null } : null;
}

// So much is lost by a cancel that it is asked for twice.
export const isFar = (row: UploadRow) => sentShare(row) >= 0.2 || row.sentBytes >= 50_000_000;

// What a screen reader is told when `before` has become `after`: quarters and changes, not percents.
export function announcement(before: UploadRow | undefined, after: UploadRow): string | null {
  const { phase } = after;
  if (before?.phase.kind === phase.kind) {
    if (phase.kind === "sending" && before.phase.kind === "sending") {
      if (phase.trouble && phase.trouble !== before.phase.trouble) return `${after.title}: ${troubles[phase.trouble]}`;
      const quarter = Math.floor(sentShare(after) * 4);
      const passed = quarter > Math.floor(sentShare(before) * 4) && quarter < 4;
      return passed ? `${after.title}: ${quarter * 25} % uploaded` : null;
    }
    const plays = phase.kind === "encoding" && before.phase.kind === "encoding" && phase.playable && !before.phase.playable;
    return plays ? `${after.title}: ready to watch while it is encoded` : null;
  }
  switch (phase.kind) {
    case "refused":
    case "broken":
    case "failed":
      return `${after.title}: ${phase.reason}`;
    case "complete":
      return `${after.title}: encoded`;
    case "encoding":
      return `${after.title}: uploaded`;
    case "paused":
      return `${after.title}: paused`;
    case "file_needed":
      return `${after.title}: choose the file again`;
    default:
      return null;
  }
}
