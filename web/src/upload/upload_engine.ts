// The uploads of one person in this tab. Uppy has the list of files and their state, Golden
// Retriever keeps it over a reload, SluiceUploader sends; this ties them to what is shown.
import { Uppy } from "@uppy/core";
import GoldenRetriever from "@uppy/golden-retriever";
import { ApiError, answer, api, type Progress, type Schemas, type Visibility } from "../api/client";
import { Alarm, keepTrying } from "./attempts";
import { EncodingFollower } from "./encoding_follower";
import { titleFromName } from "./file_check";
import { phaseOf, type Trouble, type UploadRow } from "./row";
import { type FileBody, type FileMeta, type Files, SluiceUploader } from "./sluice_uploader";
import { type ClaimedStore, claimStore, markStore } from "./stored_uploads";
import { observe, type Rate, startRate } from "./transfer_rate";

type UploadFile = ReturnType<Files["getFile"]>;

// What a file does at the moment; not kept over a reload.
interface Doing {
  running: boolean;
  trouble: Trouble | null;
  sentBytes: number | null;
  rate: Rate | null;
  encoding: Progress | null;
  problem: string | null;
}

const idle: Doing = { running: false, trouble: null, sentBytes: null, rate: null, encoding: null, problem: null };
const silent = { debug: () => undefined, warn: () => undefined, error: () => undefined };
const tick = 500; // milliseconds
const longestRestore = 3000; // milliseconds

const words = (error: unknown) => (error instanceof Error ? error.message : "Something unexpected happened.");

export class UploadEngine {
  private readonly uppy: Files;
  private readonly uploader: SluiceUploader;
  private readonly doing = new Map<string, Doing>();
  private readonly alarm = new Alarm();
  private readonly follower = new EncodingFollower();
  private readonly following = new Map<string, { stop: () => void; ended: Promise<void> }>();
  private readonly closed = new AbortController();
  private readonly ticker = setInterval(() => this.measure(), tick);
  private publishing: ReturnType<typeof setTimeout> | undefined;

  private constructor(
    private readonly userId: string,
    private readonly store: ClaimedStore,
    private readonly publish: (rows: UploadRow[]) => void,
  ) {
    this.uppy = new Uppy<FileMeta, FileBody>({ id: `sluice-${store.id}`, logger: silent });
    this.uppy.on("state-update", this.changed);
    this.uppy.on("upload-success", (file) => file && this.followEncoding(file.id));
    this.uppy.use(SluiceUploader, {
      alarm: this.alarm,
      onBegun: this.begun,
      onRunning: (id, running) => this.note(id, { running, trouble: null, rate: null }),
      onSent: this.sent,
      onTrouble: (id, trouble) => this.note(id, { trouble }),
    });
    this.uploader = this.uppy.getPlugin("SluiceUploader") as unknown as SluiceUploader;
    // To Uppy the encoding is part of the upload: so the row is kept over a reload until it ends.
    this.uppy.addPostProcessor(async (ids) => {
      await Promise.all(ids.map((id) => this.following.get(id)?.ended));
    });
    window.addEventListener("online", this.wake);
  }

  // With what is left of the person's earlier uploads, going on with it.
  static async open(userId: string, publish: (rows: UploadRow[]) => void): Promise<UploadEngine> {
    const store = await claimStore(userId);
    const engine = new UploadEngine(userId, store, publish);
    await engine.restore();
    return engine;
  }

  private async restore() {
    const restored = new Promise<void>((resolve) => {
      this.uppy.once("restored", () => resolve());
      // Nothing says so when there is nothing: the browser may have cleared one store and not another.
      setTimeout(resolve, this.store.hasUploads ? longestRestore : 0);
    });
    this.uppy.use(GoldenRetriever);
    await restored;
    this.uppy.setState({ currentUploads: {}, recoveredState: null });
    for (const file of this.uppy.getFiles()) {
      if (file.progress.uploadComplete) this.followEncoding(file.id);
      else if (!file.isPaused && !file.error) this.start(file.id);
    }
    this.changed();
  }

  // What is stored stays stored.
  close() {
    this.closed.abort(new Error("closed"));
    clearInterval(this.ticker);
    clearTimeout(this.publishing);
    window.removeEventListener("online", this.wake);
    this.uppy.off("state-update", this.changed);
    for (const { stop } of this.following.values()) stop();
    const keeper = this.uppy.getPlugin("GoldenRetriever");
    if (keeper) this.uppy.removePlugin(keeper);
    this.uppy.removePlugin(this.uploader);
    this.store.release();
  }

  wake = () => this.alarm.wake();

  // False: it is in the list already.
  add(file: File, visibility: Visibility): boolean {
    const waiting = this.uppy.getFiles().find((one) => one.isGhost && this.isSame(one, file));
    if (waiting) return this.giveFile(waiting.id, file);
    const { name, type, lastModified } = file;
    const meta = { title: titleFromName(name), visibility, videoId: null, lastModified };
    try {
      this.start(this.uppy.addFile({ name, type, data: file, meta }));
      return true;
    } catch {
      return false; // the only thing that Uppy is told to refuse
    }
  }

  // The bytes of a file whose upload was interrupted by a reload. False: it is another file.
  giveFile(id: string, file: File): boolean {
    const known = this.uppy.getFile(id);
    if (!this.isSame(known, file)) {
      this.note(id, { problem: `That is another file, or it was changed since. Choose “${known.name}” as it was.` });
      return false;
    }
    this.uppy.setFileState(id, { data: file, isGhost: false });
    this.note(id, { problem: null });
    this.start(id);
    return true;
  }

  private isSame = (known: UploadFile, { name, size, lastModified }: File) =>
    known.name === name && known.size === size && known.meta.lastModified === lastModified;

  pause(id: string) {
    if (!this.uppy.getFile(id).isPaused) this.uppy.pauseResume(id);
  }

  // Also after an error.
  resume(id: string) {
    this.start(id);
  }

  // One upload of Uppy's for each file, so that each has a life of its own. `retryUpload` is Uppy's
  // only public way to start a single file.
  private start(id: string) {
    void this.uppy.retryUpload(id).catch(() => undefined);
  }

  // The row, and what the server has of an upload that isn't complete.
  cancel(id: string) {
    const { videoId } = this.uppy.getFile(id).meta;
    this.forget(id);
    if (videoId) void this.discard(videoId);
  }

  // Only the row.
  forget(id: string) {
    this.following.get(id)?.stop();
    this.uppy.removeFile(id);
    this.doing.delete(id);
  }

  async deleteVideo(id: string) {
    const { videoId } = this.uppy.getFile(id).meta;
    const deleted = !videoId || (await this.attempt(id, () => this.deleteVideoNow(videoId)));
    if (deleted) this.forget(id);
  }

  async retryEncoding(id: string) {
    const { videoId } = this.uppy.getFile(id).meta;
    if (!videoId) return;
    const path = { id: videoId };
    const begun = await this.attempt(id, () => answer(api.POST("/api/videos/{id}/retry", { params: { path } })));
    if (!begun) return;
    this.note(id, { encoding: null });
    this.followEncoding(id);
  }

  async edit(id: string, changes: { title?: string; visibility?: Visibility }) {
    const before = this.uppy.getFile(id).meta;
    const { videoId } = before;
    this.uppy.setFileMeta(id, { ...before, ...changes });
    if (videoId && !(await this.attempt(id, () => this.patchVideo(videoId, changes)))) {
      this.uppy.setFileMeta(id, before);
    }
  }

  private patchVideo = (videoId: string, body: Schemas["VideoChanges"]) =>
    answer(api.PATCH("/api/videos/{id}", { params: { path: { id: videoId } }, body }));

  private deleteVideoNow = (videoId: string) =>
    answer(api.DELETE("/api/videos/{id}", { params: { path: { id: videoId } } }));

  // What a person asked for, once; its failure is shown in the row.
  private async attempt(id: string, call: () => Promise<unknown>): Promise<boolean> {
    try {
      await call();
      this.note(id, { problem: null });
      return true;
    } catch (error) {
      this.note(id, { problem: words(error) });
      return false;
    }
  }

  // What isn't discarded now is dropped by the server after a day.
  private async discard(videoId: string) {
    const attempts = { signal: this.closed.signal, alarm: this.alarm, onTrouble: () => undefined };
    const path = { video_id: videoId };
    try {
      await keepTrying(attempts, () => answer(api.DELETE("/api/uploads/{video_id}", { params: { path } })));
    } catch (error) {
      // It was complete before the cancel came.
      if (error instanceof ApiError && error.status === 409) await this.deleteVideoNow(videoId).catch(() => undefined);
    }
  }

  private begun = (id: string, videoId: string, announced: Schemas["NewUpload"]) => {
    const file = this.uppy.getFile(id) as UploadFile | undefined;
    if (!file) return void this.discard(videoId); // canceled in the meantime
    this.uppy.setFileMeta(id, { ...file.meta, videoId });
    const { title, visibility } = file.meta;
    if (title !== announced.title || visibility !== announced.visibility) {
      void this.attempt(id, () => this.patchVideo(videoId, { title, visibility }));
    }
  };

  private sent = (id: string, bytes: number) => {
    const rate = this.doing.get(id)?.rate ?? startRate(bytes, Date.now());
    this.note(id, { sentBytes: bytes, rate });
  };

  private followEncoding(id: string) {
    const { videoId } = this.uppy.getFile(id).meta;
    if (!videoId) return;
    this.following.get(id)?.stop();
    let stop = (): void => undefined;
    const ended = new Promise<void>((resolve) => {
      const unfollow = this.follower.follow(videoId, (encoding) => {
        if (encoding === "gone") return this.forget(id);
        this.note(id, { encoding });
        if (encoding.status !== "complete" && encoding.status !== "failed") return;
        this.uppy.emit("postprocess-complete", this.uppy.getFile(id));
        resolve();
      });
      stop = () => {
        unfollow();
        resolve();
      };
    });
    this.following.set(id, { stop, ended });
  }

  private measure() {
    for (const [id, { running, rate, sentBytes }] of this.doing) {
      if (!running || !rate || sentBytes === null) continue;
      this.note(id, { rate: observe(rate, sentBytes, Date.now()) });
      const file = this.uppy.getFile(id);
      if (file.progress.bytesUploaded === sentBytes) continue;
      // Uppy's own figure: what Golden Retriever keeps.
      const uploadStarted = file.progress.uploadStarted ?? Date.now();
      this.uppy.emit("upload-progress", file, { uploadStarted, bytesUploaded: sentBytes, bytesTotal: file.size });
    }
  }

  private note(id: string, news: Partial<Doing>) {
    if (!(this.uppy.getFile(id) as UploadFile | undefined)) return;
    this.doing.set(id, { ...idle, ...this.doing.get(id), ...news });
    this.changed();
  }

  private changed = () => {
    // Many changes a second become few; a timer, because a hidden tab has no animation frames.
    if (this.closed.signal.aborted) return;
    this.publishing ??= setTimeout(() => {
      this.publishing = undefined;
      const files = this.uppy.getFiles();
      markStore(this.userId, this.store.id, files.some(isUnfinished));
      this.publish(files.map((file) => this.row(file)));
    }, 50);
  };

  private row(file: UploadFile): UploadRow {
    const { running, trouble, sentBytes, rate, encoding, problem } = this.doing.get(file.id) ?? idle;
    const uploaded = file.progress.uploadComplete ?? false;
    const size = file.size ?? 0;
    return {
      id: file.id,
      filename: file.name,
      title: file.meta.title,
      visibility: file.meta.visibility,
      sizeBytes: size,
      sentBytes: uploaded ? size : (sentBytes ?? (file.progress.bytesUploaded || 0)),
      perSecond: rate?.perSecond ?? null,
      videoId: file.meta.videoId,
      problem,
      phase: phaseOf({
        uploaded,
        running,
        trouble,
        encoding,
        paused: file.isPaused ?? false,
        ghost: file.isGhost,
        error: file.error ?? null,
      }),
    };
  }
}

const isUnfinished = (file: UploadFile) => !file.progress.complete || Boolean(file.error);
