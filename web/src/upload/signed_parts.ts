// Signed URLs of an upload's parts, asked for some at a time and renewed before they expire.
import { answer, api } from "../api/client";
import type { SignedPart } from "./put_part";

const batch = 10;
const margin = 60_000; // milliseconds that a PUT may wait for a connection

export class SignedParts {
  private readonly parts = new Map<number, { part: SignedPart; expiresAt: number }>();
  private asked: Promise<void> = Promise.resolve();

  constructor(
    private readonly videoId: string,
    private readonly lastPart: number,
  ) {}

  add(parts: SignedPart[], expiresAt: string) {
    for (const part of parts) this.parts.set(part.part_number, { part, expiresAt: Date.parse(expiresAt) });
  }

  // The storage didn't take it: the next get() asks for a fresh one.
  forget(number: number) {
    this.parts.delete(number);
  }

  async get(number: number): Promise<SignedPart> {
    // Parts are sent side by side: the second asker finds what the first one got.
    this.asked = this.asked.catch(() => undefined).then(() => this.ask(number));
    await this.asked;
    const known = this.parts.get(number);
    if (!known) throw new Error(`There is no part ${number}.`);
    return known.part;
  }

  private async ask(number: number) {
    const known = this.parts.get(number);
    if (known && known.expiresAt - margin > Date.now()) return;
    const numbers = Array.from({ length: Math.min(batch, this.lastPart - number + 1) }, (_, n) => number + n);
    const { parts, expires_at } = await answer(
      api.POST("/api/uploads/parts", { body: { video_id: this.videoId, part_numbers: numbers } }),
    );
    this.add(parts, expires_at);
  }
}
