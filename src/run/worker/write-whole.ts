import { writeSync } from "node:fs";

/** Time between two tries to write to a full pipe, in ms. */
const FULL_PAUSE_MS = 1;

/**
 * Writes all of it before it returns, however slowly it is read: who prints is slowed down by the full pipe, and
 * nothing is left to be lost at the process's end. Where nobody reads any more, nothing is missed.
 */
export function writeWhole(fd: number, chunk: string | Uint8Array): void {
  const bytes = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
  for (let at = 0; at < bytes.length;) {
    try {
      at += writeSync(fd, bytes, at);
    } catch (thrown) {
      const code: unknown = thrown instanceof Error ? Reflect.get(thrown, "code") : undefined;
      if (code === "EPIPE" || code === "ECONNRESET") return;
      if (code !== "EAGAIN") throw thrown;
      Bun.sleepSync(FULL_PAUSE_MS);
    }
  }
}
