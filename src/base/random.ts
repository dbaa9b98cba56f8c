/** Chance as an argument, so that tests own it. */
export interface Random {
  /** A UUID of version 7 (RFC 9562): sorts by time, at millisecond resolution. */
  runId(): string;
  /** Eight bytes as 16 hex digits, new for every record. */
  nonce(): string;
  /** Uniform in [0, 1). */
  fraction(): number;
}

/** Bytes of a nonce. */
const NONCE_BYTES = 8;

/** The operating system's randomness. By the globals: `node:crypto` would load Node's streams at every start. */
export const systemRandom: Random = {
  runId: () => Bun.randomUUIDv7(),
  nonce: () => crypto.getRandomValues(new Uint8Array(NONCE_BYTES)).toHex(),
  fraction: () => Math.random(),
};

/** A version 4 UUID, for identifiers that need no order. */
export function uuid(): string {
  return crypto.randomUUID();
}
