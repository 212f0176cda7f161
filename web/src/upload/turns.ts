// So many at once, the others in the order they came.
export class Turns {
  private readonly queue: (() => void)[] = [];

  constructor(private free: number) {}

  // Runs `work` when it has its turn. Rejects when `signal` is aborted before.
  async run<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    await this.take(signal);
    try {
      return await work();
    } finally {
      const next = this.queue.shift();
      if (next) next();
      else this.free += 1;
    }
  }

  private take(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.free > 0) {
      this.free -= 1;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.queue.splice(this.queue.indexOf(enter), 1);
        reject(signal.reason as Error);
      };
      const enter = () => {
        signal.removeEventListener("abort", leave);
        resolve();
      };
      this.queue.push(enter);
      signal.addEventListener("abort", leave, { once: true });
    });
  }
}
