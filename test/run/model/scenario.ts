import * as fc from "fast-check";

/** One component of a random pipeline. */
export interface ModelComponent {
  /** Indexes of earlier components; undefined: `depends-on` is absent. */
  readonly dependsOn: readonly number[] | undefined;
  readonly maxRetries: number;
  readonly enabled: boolean;
}

/** Which components a run is about, by index. */
export type ModelSelection =
  | { readonly way: "from" | "to" | "only" | "skip"; readonly index: number }
  | undefined;

/** One start, and what happens to it. */
export interface ModelRun {
  /** By index: attempts that fail before one completes. */
  readonly failures: readonly number[];
  /** Components whose configuration is changed before it. */
  readonly edits: readonly number[];
  readonly policy: "refuse" | "rerun" | "accept";
  readonly selection: ModelSelection;
  readonly fresh: boolean;
  /** The append at which the runner dies, counted from 1, and whether that record is still written. */
  readonly kill: { readonly at: number; readonly written: boolean } | undefined;
}

export interface Scenario {
  readonly components: readonly ModelComponent[];
  readonly failFast: boolean;
  /** 1 under `failFast`, where what else runs at a failure would be a matter of time. */
  readonly maxParallel: number;
  readonly runs: readonly ModelRun[];
}

const MAX_COMPONENTS = 7;
const MAX_RUNS = 4;

function componentAt(index: number): fc.Arbitrary<ModelComponent> {
  const earlier = Array.from({ length: index }, (_, before) => before);
  return fc.record({
    dependsOn: fc.oneof(
      { weight: 2, arbitrary: fc.constant(undefined) },
      { weight: 3, arbitrary: fc.subarray(earlier, { maxLength: Math.min(3, index) }) },
    ),
    maxRetries: fc.nat(2),
    enabled: fc.oneof(
      { weight: 9, arbitrary: fc.constant(true) },
      { weight: 1, arbitrary: fc.constant(false) },
    ),
  });
}

function runOf(size: number): fc.Arbitrary<ModelRun> {
  const index = fc.nat(size - 1);
  const sometimes = <T>(arbitrary: fc.Arbitrary<T>, weight: number): fc.Arbitrary<T | undefined> =>
    fc.oneof({ weight: 10 - weight, arbitrary: fc.constant(undefined) }, { weight, arbitrary });
  return fc.record({
    failures: fc.array(
      fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 2, arbitrary: fc.nat(3) }),
      {
        minLength: size,
        maxLength: size,
      },
    ),
    edits: fc.oneof(
      { weight: 3, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.array(index, { maxLength: 2 }) },
    ),
    policy: fc.constantFrom("refuse", "rerun", "accept"),
    selection: sometimes(fc.record({ way: fc.constantFrom("from", "to", "only", "skip"), index }), 4),
    fresh: fc.nat(9).map((chance) => chance === 0),
    kill: sometimes(fc.record({ at: fc.integer({ min: 1, max: 2 * size + 4 }), written: fc.boolean() }), 3),
  });
}

/** Random pipelines with a few starts each. */
export const scenarios: fc.Arbitrary<Scenario> = fc
  .integer({ min: 1, max: MAX_COMPONENTS })
  .chain((size) =>
    fc.record({
      components: fc.tuple(...Array.from({ length: size }, (_, index) => componentAt(index))),
      failFast: fc.boolean(),
      maxParallel: fc.integer({ min: 1, max: 3 }),
      runs: fc.array(runOf(size), { minLength: 1, maxLength: MAX_RUNS }),
    }),
  )
  .map((scenario) => ({ ...scenario, maxParallel: scenario.failFast ? 1 : scenario.maxParallel }));
