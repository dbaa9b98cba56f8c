import { randomBytes, randomUUID } from "node:crypto";

/** Chance as an argument, so that tests own it. */
export interface Random {
  /** A UUID of version 7 (RFC 9562): sorts by time, at millisecond resolution. */
  runId(): string;
  /** Eight bytes as 16 hex digits, new for every record. */
  nonce(): string;
  /** Uniform in [0, 1). */
  fraction(): number;
}

/** The operating system's randomness. */
export const systemRandom: Random = {
  runId: () => Bun.randomUUIDv7(),
  nonce: () => randomBytes(8).toString("hex"),
  fraction: () => Math.random(),
};

/** A version 4 UUID, for identifiers that need no order. */
export function uuid(): string {
  return randomUUID();
}
