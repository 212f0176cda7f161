// Uppy's uploader for Sluice's own endpoints. @uppy/aws-s3 can't be it: from version 6 it speaks
// S3's own requests by signed URLs, reads ETags, and has no callbacks any more
// (docs/decisions/uppy-without-its-dashboard.md).
import { BasePlugin, type PluginOpts, type Uppy } from "@uppy/core";
import type { Schemas, Visibility } from "../api/client";
import type { Alarm } from "./attempts";
import type { Trouble } from "./row";
import { sendFile } from "./send_file";
import { Turns } from "./turns";

export type FileMeta = {
  title: string;
  visibility: Visibility;
  videoId: string | null; // from the moment the server knows of the file
  lastModified: number;
};
export type FileBody = Record<string, never>;
export type Files = Uppy<FileMeta, FileBody>;

export interface UploaderOptions extends PluginOpts {
  alarm: Alarm;
  // The server knows of the file now, by what `announced` said of it.
  onBegun: (id: string, videoId: string, announced: Schemas["NewUpload"]) => void;
  onRunning: (id: string, running: boolean) => void;
  onSent: (id: string, bytes: number) => void;
  onTrouble: (id: string, trouble: Trouble | null) => void;
}

const filesAtOnce = 2;
// A browser opens six connections to one host; the page, an event stream and a player need some.
const partsAtOnce = 3;

export class SluiceUploader extends BasePlugin<UploaderOptions, FileMeta, FileBody> {
  private readonly turns = new Turns(filesAtOnce);
  private readonly connections = new Turns(partsAtOnce);
  private readonly jobs = new Map<string, { stop: AbortController; ended: Promise<void> }>();
  private readonly closed = new AbortController();

  constructor(uppy: Files, options: UploaderOptions) {
    super(uppy, options);
    this.type = "uploader";
    this.id = "SluiceUploader";
  }

  override install() {
    const { capabilities } = this.uppy.getState();
    this.uppy.setState({ capabilities: { ...capabilities, resumableUploads: true } });
    this.uppy.addUploader(this.upload);
    this.uppy.on("upload-pause", this.stop);
    this.uppy.on("file-removed", this.stop);
  }

  override uninstall() {
    this.closed.abort(new Error("closed"));
    this.uppy.removeUploader(this.upload);
    this.uppy.off("upload-pause", this.stop);
    this.uppy.off("file-removed", this.stop);
  }

  private stop = (file: { id: string } | undefined) => {
    if (file) this.jobs.get(file.id)?.stop.abort(new Error("stopped"));
  };

  private upload = async (ids: string[]) => {
    await Promise.all(ids.map((id) => this.uploadOne(id)));
  };

  // Ends when the file is uploaded, has failed, was paused or removed. Resuming is a new upload of
  // Uppy's that finds what is stored already.
  private async uploadOne(id: string) {
    await this.jobs.get(id)?.ended; // paused and resumed before the pause had its effect
    const file = this.uppy.getFile(id) as ReturnType<Files["getFile"]> | undefined;
    if (!file?.data || file.progress.uploadComplete || file.isPaused || this.jobs.has(id)) return;
    if (!file.progress.uploadStarted) this.uppy.emit("upload-start", [file]);
    const stop = new AbortController();
    const ended = this.run(id, file.data as Blob, AbortSignal.any([stop.signal, this.closed.signal]));
    this.jobs.set(id, { stop, ended });
    await ended;
  }

  private async run(id: string, data: Blob, signal: AbortSignal) {
    try {
      await this.turns.run(signal, () => this.send(id, data, signal));
      this.uppy.emit("upload-success", this.uppy.getFile(id), { status: 200 });
    } catch (error) {
      if (!signal.aborted) this.uppy.emit("upload-error", this.uppy.getFile(id), error as Error);
    } finally {
      this.jobs.delete(id);
      this.opts.onRunning(id, false);
    }
  }

  private send(id: string, file: Blob, signal: AbortSignal) {
    this.opts.onRunning(id, true);
    let announced: Schemas["NewUpload"];
    return sendFile({
      file,
      signal,
      alarm: this.opts.alarm,
      connections: this.connections,
      videoId: this.uppy.getFile(id).meta.videoId,
      announce: () => {
        const { name, meta } = this.uppy.getFile(id);
        announced = { filename: name, size_bytes: file.size, title: meta.title, visibility: meta.visibility };
        return announced;
      },
      onBegun: (videoId) => this.opts.onBegun(id, videoId, announced),
      onSent: (bytes) => this.opts.onSent(id, bytes),
      onTrouble: (trouble) => this.opts.onTrouble(id, trouble),
    });
  }
}
