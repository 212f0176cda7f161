// The real binary, started for one test on a port and a folder of its own, and the fixtures every
// test is written with.
import { type ChildProcess, spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { createWriteStream, existsSync } from "node:fs";
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { test as base, expect, type Page } from "@playwright/test";

const root = fileURLToPath(new URL("../..", import.meta.url));
const binary = process.env.SLUICE_BINARY ?? join(root, "build/release/sluice");

// A small file of tests/media.
export const media = (name: string) => join(root, "tests/media", name);

function isFree(port: number): Promise<boolean> {
  const probe = createServer();
  return new Promise((resolve) => {
    probe.once("error", () => resolve(false));
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
  });
}

// Below those that outgoing connections get (32768 on): one of them could have it when the server comes (back).
async function freePort(): Promise<number> {
  for (let tries = 0; tries < 200; ++tries) {
    const port = randomInt(15_000, 32_000);
    if (await isFree(port)) return port;
  }
  throw new Error("no free port");
}

export interface Account {
  email: string;
  password: string;
  token: string;
}

export class Sluice {
  private process: ChildProcess | undefined;

  private constructor(
    readonly folder: string,
    readonly port: number,
    private readonly flags: string[],
  ) {}

  get url() {
    return `http://127.0.0.1:${this.port}`;
  }

  // `flags` go to `sluice serve`; --workers 0 keeps uploads from being encoded.
  static async start(folder: string, flags: string[] = []): Promise<Sluice> {
    if (!existsSync(binary)) throw new Error(`${binary} isn't there: run script/build`);
    const sluice = new Sluice(folder, await freePort(), flags);
    await sluice.start();
    return sluice;
  }

  // Again after stop() or kill(), on the same port and data, with other flags if given.
  async start(flags = this.flags) {
    const environment = Object.fromEntries(
      Object.entries(process.env).filter(([name]) => !name.startsWith("SLUICE_")),
    );
    const log = createWriteStream(join(this.folder, "sluice.log"), { flags: "a" });
    const child = spawn(
      binary,
      ["serve", "--listen", `127.0.0.1:${this.port}`, "--data", join(this.folder, "data"), ...flags],
      { env: environment, stdio: ["ignore", "pipe", "pipe"] },
    );
    child.stdout.pipe(log);
    child.stderr.pipe(log);
    this.process = child;
    await expect
      .poll(() => fetch(`${this.url}/readyz`).then((answer) => answer.ok, () => false), {
        message: "Sluice is ready",
        intervals: [30],
        timeout: 10_000,
      })
      .toBe(true);
  }

  private async end(signal: NodeJS.Signals) {
    const child = this.process;
    this.process = undefined;
    if (!child || child.exitCode !== null) return;
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill(signal);
    await gone;
  }

  stop = () => this.end("SIGTERM");
  kill = () => this.end("SIGKILL");

  // Straight to the API, past the page.
  async call<T>(method: string, path: string, token?: string, body?: unknown): Promise<T> {
    const answer = await fetch(this.url + path, {
      method,
      headers: {
        ...(body !== undefined && { "Content-Type": "application/json" }),
        ...(token && { Authorization: `Bearer ${token}` }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return (text ? JSON.parse(text) : undefined) as T;
  }

  async signUp(email = "user@example.com"): Promise<Account> {
    const password = "correct horse battery";
    const { token } = await this.call<{ token: string }>("POST", "/api/auth/signup", undefined, { email, password });
    return { email, password, token };
  }

  // A video uploaded by the API; its id.
  async upload(account: Account, file: string, fields: Record<string, string> = {}): Promise<string> {
    const started = await this.call<{ video_id: string; upload: { url: string; headers: Record<string, string> } }>(
      "POST",
      "/api/uploads/initiate",
      account.token,
      { filename: basename(file), size_bytes: (await stat(file)).size, ...fields },
    );
    const { url, headers } = started.upload;
    const stored = await fetch(url, { method: "PUT", headers, body: new Blob([new Uint8Array(await readFile(file))]) });
    if (!stored.ok) throw new Error(`upload of ${file}: ${stored.status}`);
    await this.call("POST", "/api/uploads/complete", account.token, { video_id: started.video_id });
    return started.video_id;
  }

  async untilStatus(account: Account, id: string, status: string, seconds = 60) {
    await expect
      .poll(async () => (await this.call<{ status: string }>("GET", `/api/videos/${id}`, account.token)).status, {
        message: `video ${id} is ${status}`,
        timeout: seconds * 1000,
        intervals: [100],
      })
      .toBe(status);
  }
}

// The page signed in as `account`, as if by its form.
export async function signIn(page: Page, sluice: Sluice, account: Account) {
  const answer = await page.request.post(`${sluice.url}/api/auth/login`, {
    data: { email: account.email, password: account.password },
  });
  expect(answer.ok()).toBe(true);
}

interface Fixtures {
  serverFlags: string[];
  otherHosts: string[];
  sluice: Sluice;
  faults: string[];
}

// `faults` collects what a person never sees but should not happen on any page: uncaught errors,
// refusals by the Content-Security-Policy, requests to hosts but Sluice's and `otherHosts`. It must be
// empty at the end.
export const test = base.extend<Fixtures>({
  serverFlags: [[], { option: true }],
  otherHosts: [[], { option: true }],
  sluice: async ({ serverFlags }, provide) => {
    const folder = await mkdtemp(join(tmpdir(), "sluice-e2e-"));
    const sluice = await Sluice.start(folder, serverFlags);
    await provide(sluice);
    await sluice.stop();
    await rm(folder, { recursive: true });
  },
  baseURL: async ({ sluice }, provide) => provide(sluice.url),
  faults: [
    async ({ page, sluice, otherHosts }, provide) => {
      const faults: string[] = [];
      page.on("pageerror", (error) => faults.push(`uncaught: ${error.message}`));
      page.on("console", (message) => {
        if (/Content.Security.Policy|Refused to/i.test(message.text())) faults.push(message.text());
      });
      page.on("request", (request) => {
        const url = new URL(request.url());
        if (url.protocol.startsWith("http") && ![new URL(sluice.url).host, ...otherHosts].includes(url.host)) {
          faults.push(`request to another host: ${url.origin}`);
        }
      });
      await provide(faults);
      expect(faults).toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };
