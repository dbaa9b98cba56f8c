import { appendLaws } from "./append-laws.ts";
import { faultLaws } from "./fault-laws.ts";
import type { Law, StoreUnderTest } from "./law.ts";
import { leaseLaws } from "./lease-laws.ts";
import { randomLaws } from "./random-laws.ts";
import { readingLaws } from "./reading-laws.ts";
import { removalLaws } from "./removal-laws.ts";

/** What the suite needs of a test framework; `bun:test` has it, and so have Jest, Vitest and node:test. */
export interface SuiteRunner {
  readonly describe: (name: string, body: () => void) => void;
  readonly test: ((name: string, body: () => Promise<void>, timeoutMs?: number) => void) & {
    readonly skip: (name: string, body: () => Promise<void>) => void;
  };
}

export interface ConformanceOptions {
  /** The store's name, as in `describe("s3 store …")`. */
  readonly name: string;
  /** Opens the store on a place of its own that is empty; called once for each law, and disposed of after it. */
  readonly open: () => Promise<StoreUnderTest>;
  /** Laws that the store doesn't keep or that can't be tested here: name and reason. A name that is no law's is an error. */
  readonly skip?: Readonly<Record<string, string>> | undefined;
  /** `{ describe, test }` of `bun:test` or one like it. */
  readonly runner: SuiteRunner;
  /** Decides what is left to chance; drawn anew by default, and named by a law that fails. */
  readonly seed?: number | undefined;
  /** How long one law may take, in ms; 60,000 by default. */
  readonly timeoutMs?: number | undefined;
}

const DEFAULT_TIMEOUT_MS = 60_000;

/** Every law that a checkpoint store keeps. */
export const storeLaws: readonly Law[] = [
  ...appendLaws,
  ...readingLaws,
  ...removalLaws,
  ...leaseLaws,
  ...faultLaws,
  ...randomLaws,
];

/**
 * Declares one test for each law of a checkpoint store.
 *
 * ```ts
 * import { describe, test } from "bun:test";
 * import { storeConformance } from "cairn/testing";
 *
 * storeConformance({
 *   name: "redis",
 *   runner: { describe, test },
 *   async open() {
 *     const place = await emptyDatabase();
 *     const store = await openRedisStore(place);
 *     return { store, another: () => openRedisStore(place), [Symbol.asyncDispose]: () => store.close() };
 *   },
 *   skip: { "a torn first record leaves a log that can be written": "Redis writes a value whole or not at all" },
 * });
 * ```
 */
export function storeConformance(options: ConformanceOptions): void {
  const { describe, test } = options.runner;
  const skip = options.skip ?? {};
  const unknown = Object.keys(skip).filter((name) => !storeLaws.some((law) => law.name === name));
  if (unknown.length > 0) throw new Error(`No law of stores is named: ${unknown.join("; ")}`);
  const seed = options.seed ?? Math.floor(Math.random() * 2 ** 32);
  describe(`${options.name} store`, () => {
    for (const law of storeLaws) {
      const reason = skip[law.name];
      const body = (): Promise<void> => proveLaw(law, options.open, seed);
      if (reason === undefined) test(law.name, body, options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
      else test.skip(`${law.name} (left out: ${reason})`, body);
    }
  });
}

async function proveLaw(law: Law, open: () => Promise<StoreUnderTest>, seed: number): Promise<void> {
  await using bench = await open();
  try {
    await law.prove(bench, seed);
  } catch (thrown) {
    throw new Error(`The store breaks the law "${law.quotes}" (seed ${seed})`, { cause: thrown });
  }
}
