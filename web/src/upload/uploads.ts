// All uploads of this tab: above the pages, so that they go on while one walks through the app.
// Uppy is loaded when there is something to upload.
import { useSyncExternalStore } from "react";
import type { Visibility } from "../api/client";
import { refusalOf } from "./file_check";
import { headBytes } from "./media_signature";
import type { UploadRow } from "./row";
import { hasStoredUploads } from "./stored_uploads";
import type { UploadEngine } from "./upload_engine";

export interface AddOptions {
  maxBytes: number;
  visibility: Visibility;
}

const inListAlready = "It is in this list already.";

class Uploads {
  private rows: UploadRow[] = [];
  private sent: UploadRow[] = [];
  private refused: UploadRow[] = [];
  private readonly listeners = new Set<() => void>();
  private userId: string | null = null;
  private opening: Promise<UploadEngine> | null = null;
  private engine: UploadEngine | null = null;

  subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  getRows = () => this.rows;

  // Who is signed in. Signing in again as the same person wakes what waits for it.
  enter(userId: string) {
    if (this.userId !== userId) this.leave();
    this.userId = userId;
    this.engine?.wake();
    if (hasStoredUploads(userId)) this.open().catch(() => undefined);
  }

  // What isn't finished goes on when the same person comes back.
  leave() {
    this.opening?.then((engine) => engine.close()).catch(() => undefined);
    this.opening = this.engine = this.userId = null;
    this.refused = [];
    this.show([]);
  }

  async add(files: File[], { maxBytes, visibility }: AddOptions) {
    const engine = await this.open().catch(() => null);
    for (const file of files) {
      const reason = engine
        ? ((await refusalOfFile(file, maxBytes)) ?? (engine.add(file, visibility) ? null : inListAlready))
        : "A part of this page could not be loaded. Choose the file again.";
      if (reason) this.refuse(file, visibility, reason);
    }
  }

  dismiss(id: string) {
    this.refused = this.refused.filter((row) => row.id !== id);
    if (this.sent.some((row) => row.id === id)) this.engine?.forget(id);
    this.show(this.sent);
  }

  // What a row's buttons do; there are rows only once the engine is there.
  act(action: (engine: UploadEngine) => void) {
    if (this.engine) action(this.engine);
  }

  private open(): Promise<UploadEngine> {
    const { userId } = this;
    if (!userId) return Promise.reject(new Error("Nobody is signed in."));
    this.opening ??= this.load(userId).catch((error: unknown) => {
      this.opening = null; // the next time may succeed
      throw error;
    });
    return this.opening;
  }

  private async load(userId: string): Promise<UploadEngine> {
    const { UploadEngine } = await import("./upload_engine");
    const engine = await UploadEngine.open(userId, (rows) => {
      if (this.userId === userId) this.show(rows);
    });
    if (this.userId === userId) this.engine = engine;
    return engine;
  }

  private refuse({ name, size }: File, visibility: Visibility, reason: string) {
    const id = `refused-${name}-${performance.now()}`;
    const empty = { sentBytes: 0, perSecond: null, videoId: null, problem: null };
    const row = { id, filename: name, title: name, visibility, sizeBytes: size, ...empty };
    this.refused = [...this.refused, { ...row, phase: { kind: "refused", reason } }];
    this.show(this.sent);
  }

  private show(sent: UploadRow[]) {
    this.sent = sent;
    this.rows = [...sent, ...this.refused];
    for (const listener of this.listeners) listener();
  }
}

async function refusalOfFile(file: File, maxBytes: number): Promise<string | null> {
  try {
    const head = new Uint8Array(await file.slice(0, headBytes).arrayBuffer());
    return refusalOf(file, head, maxBytes);
  } catch {
    return "It can't be read. It may have been moved or deleted.";
  }
}

export const uploads = new Uploads();

export const useUploads = () => useSyncExternalStore(uploads.subscribe, uploads.getRows);
