import assert from "node:assert/strict";
import type { CheckpointStore, LeaseHolder } from "../store.ts";

/** The text of a record as the checkpoint room makes them: its number first, one line. */
export function recordText(seq: number, body: string): string {
  return `{"seq":${seq},"body":${JSON.stringify(body)}}`;
}

/** Appends records `from` to `to` to a log, each refused by nobody; returns their texts. */
export async function fill(store: CheckpointStore, log: string, from: number, to: number): Promise<string[]> {
  const texts: string[] = [];
  for (let seq = from; seq <= to; seq++) {
    const text = recordText(seq, `record ${seq} of ${log}`);
    assert.deepEqual(await store.append(log, seq, text), { taken: false }, `append ${seq} to ${log}`);
    texts.push(text);
  }
  return texts;
}

/** The texts of a log by number, as `1:{…}`. */
export async function contents(store: CheckpointStore, log: string): Promise<string[]> {
  return (await store.read(log)).map(({ seq, text }) => `${seq}:${text ?? "(void)"}`);
}

/** A holder as a runner describes itself. */
export function holderOf(id: string): LeaseHolder {
  return {
    id,
    host: "conformance",
    pid: 4711,
    pidStart: "12345",
    bootId: "a-boot",
    pidNamespace: "pid:[1]",
    since: "2024-05-01T00:00:00.000Z",
    groups: [],
  };
}

/** Numbers in [0, 1) that a seed decides (xorshift, 32 bits). */
export function chance(seed: number): () => number {
  let state = seed >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 2 ** 32;
  };
}
