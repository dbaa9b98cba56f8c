import type { CheckpointStore } from "../store.ts";

/** A store that the suite has opened for one test, on a place of its own that is empty. */
export interface StoreUnderTest extends AsyncDisposable {
  readonly store: CheckpointStore;
  /** Opens a further handle on the same place, as another process would. */
  another?(): Promise<CheckpointStore>;
  /**
   * Makes the last record of a log unreadable, as a writer does that dies in the middle of a write
   * (the file's last bytes cut off, an object emptied).
   */
  tear?(log: string): Promise<void>;
  /** Does to a handle that `another` gave what the death of its process does; for timed leases their time passes, too. */
  die?(store: CheckpointStore): Promise<void>;
}

/** One law of `CheckpointStore`, as a test. */
export interface Law {
  /** The test's name: a sentence about the store. */
  readonly name: string;
  /** What the contract says, word for word where a law of `store.ts` is meant. */
  readonly quotes: string;
  /** Throws where the store breaks the law. `seed` decides everything that is left to chance. */
  prove(bench: StoreUnderTest, seed: number): Promise<void>;
}

/** The bench's part that a law can't do without; the error says how to leave the law out. */
export function needed<K extends "another" | "tear" | "die">(
  bench: StoreUnderTest,
  part: K,
): NonNullable<StoreUnderTest[K]> {
  const found = bench[part];
  if (found === undefined) {
    throw new Error(
      `open() gives no "${part}", which this law needs; give one, or name the law under "skip" with a reason`,
    );
  }
  return found.bind(bench) as NonNullable<StoreUnderTest[K]>;
}

/** The store and handles of `count` other processes on the same place. */
export async function handles(bench: StoreUnderTest, count: number): Promise<CheckpointStore[]> {
  const another = needed(bench, "another");
  const found: CheckpointStore[] = [];
  for (let i = 0; i < count; i++) found.push(await another());
  return found;
}
