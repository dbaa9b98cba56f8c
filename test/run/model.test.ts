import { expect, test } from "bun:test";
import * as fc from "fast-check";
import {
  type CheckpointStore,
  type Clock,
  listCheckpoints,
  memoryCheckpointStore,
  type PipelineHooks,
  readCheckpoint,
  reapCheckpoints,
  type RunResult,
  systemClock,
} from "../../src/api/mod.ts";
import { seeded } from "../kit/mod.ts";
import { dyingStore } from "./model/dying-store.ts";
import { type Expected, expectedOf, type Unfinished } from "./model/model.ts";
import { type ModelRun, type ModelSelection, type Scenario, scenarios } from "./model/scenario.ts";
import { type TestPipeline, testPipeline } from "./pipeline-kit.ts";

/** Random pipelines in the normal tests; `CAIRN_TEST_LONG=1` makes it 10,000. */
const PIPELINES = process.env["CAIRN_TEST_LONG"] === "1" ? 10_000 : 500;

/** Asks this process what an attempt is to do; components run in it (`isolation = none`). */
const ASKING = `export default ({ run }) => {
  globalThis[Symbol.for("cairn.model-test")](run.componentName, run.attempt);
};
`;

/** What waits for a store that is gone waits for a millisecond. */
const PATIENT: Clock = { ...systemClock, sleep: (ms, signal) => systemClock.sleep(Math.min(ms, 1), signal) };

const ASK: symbol = Symbol.for("cairn.model-test");

function nameOf(index: number): string {
  return `c${index}`;
}

function textOf(pipeline: TestPipeline, scenario: Scenario, values: readonly number[]): string {
  const components = scenario.components.map(({ dependsOn, enabled, maxRetries }, index) => {
    const depends = dependsOn === undefined ? "" : `depends-on = ${JSON.stringify(dependsOn.map(nameOf))},`;
    const retries = `retry-policy { max-retries = ${maxRetries}, initial-delay-ms = 0 }`;
    const more = `${depends} enabled = ${enabled}, ${retries}`;
    return { type: "t.Asking", name: nameOf(index), config: `value = ${values[index] ?? 0}`, more };
  });
  return pipeline.text(
    components,
    `fail-fast = ${scenario.failFast}, max-parallel = ${scenario.maxParallel}`,
  );
}

/** What one start did, as the world saw it. */
interface Seen {
  /** Undefined where it was refused or died before anything ran. */
  readonly result: RunResult | undefined;
  readonly code: unknown;
  /** Components that did their work to the end. */
  readonly done: ReadonlySet<number>;
  /** The component of each attempt, in order. */
  readonly attempts: readonly number[];
  /** Components whose completion was reported. */
  readonly reported: ReadonlySet<number>;
}

/** What outsiders heard of runs: those that began, and the ends that hooks were told. */
interface Heard {
  readonly begun: Set<string>;
  readonly ends: { readonly runId: string; readonly how: string; readonly again: boolean }[];
}

/** Hooks that listen for as long as their machine is there. */
function listening(heard: Heard, dead: () => boolean): PipelineHooks {
  return {
    beforePipeline({ runId }) {
      if (!dead()) heard.begun.add(runId);
    },
    afterPipeline({ runId, status, late }) {
      if (!dead()) heard.ends.push({ runId, how: status, again: late?.again === true });
    },
    onAbandoned({ runId, again }) {
      if (!dead()) heard.ends.push({ runId, how: "abandoned", again });
    },
  };
}

async function startOnce(
  pipeline: TestPipeline,
  text: string,
  store: CheckpointStore,
  run: ModelRun,
  heard: Heard,
): Promise<Seen> {
  const done = new Set<number>();
  const attempts: number[] = [];
  const reported = new Set<number>();
  Reflect.set(globalThis, ASK, (name: string, attempt: number) => {
    const index = Number(name.slice(1));
    attempts.push(index);
    if (attempt <= (run.failures[index] ?? 0)) throw new Error(`attempt ${attempt} is to fail`);
    done.add(index);
  });
  const selection = run.selection === undefined ? {} : { [run.selection.way]: [nameOf(run.selection.index)] };
  const dying = dyingStore(store, run.kill);
  try {
    const { result } = await pipeline.run(text, {
      store: dying.store,
      isolation: "none",
      autoResume: true,
      fresh: run.fresh,
      onConfigChange: run.policy,
      cleanupOnSuccess: false,
      clock: PATIENT,
      ...selection,
      hooks: {
        ...listening(heard, dying.dead),
        afterComponent: ({ index, status }) => {
          if (status === "completed") reported.add(index);
        },
      },
    });
    return { result, code: undefined, done, attempts, reported };
  } catch (thrown) {
    return {
      result: undefined,
      code: (thrown as { readonly code?: unknown }).code,
      done,
      attempts,
      reported,
    };
  }
}

/** The unfinished run that a next start goes on with, as the store has it. */
async function unfinishedIn(store: CheckpointStore): Promise<Unfinished | undefined> {
  const last = (await listCheckpoints(store)).find(({ state }) => state !== "superseded");
  if (last === undefined || last.state === "completed") return undefined;
  const { state } = await readCheckpoint(store, last.runId);
  if (state === undefined) return undefined;
  const [kept] = Object.entries((state.options["selection"] ?? {}) as Record<string, readonly string[]>);
  const selection = kept && { way: kept[0], index: Number(kept[1][0]?.slice(1)) };
  return {
    completed: new Set(state.completions.keys()),
    values: state.components.map(({ fingerprint }) => Number(fingerprint.settings?.["value"] ?? -1)),
    selection: selection as ModelSelection,
  };
}

function checkResult(seen: Seen, expected: Expected): void {
  if (expected.refused) {
    expect(seen.code).toBe("CHECKPOINT_CONFIG_CHANGED");
    expect([...seen.done]).toEqual([]);
    return;
  }
  const { result } = seen;
  if (result === undefined) throw new Error(`it was refused: ${String(seen.code)}`);
  expect(result.components.map(({ status }): string => status)).toEqual([...expected.statuses]);
  expect(result.components.map(({ attempts }) => attempts)).toEqual([...expected.attempts]);
  expect(result.exitCode).toBe(expected.exitCode);
  for (const [at, index] of seen.attempts.entries()) {
    const later = seen.attempts.slice(at + 1);
    for (const before of expected.before[index] ?? []) expect(later).not.toContain(before);
  }
  for (const [index, reason] of expected.reasons.entries()) {
    if (reason !== undefined) expect(result.components[index]?.reason).toBe(reason);
  }
}

/** After a death: nothing that was reported or restored is lost, and nothing is durable that did not happen. */
function checkDeath(
  seen: Seen,
  before: Unfinished | undefined,
  after: Unfinished | undefined,
  run: ModelRun,
): void {
  if (after === undefined) return;
  for (const index of seen.reported) expect(after.completed.has(index)).toBe(true);
  if (!run.fresh && run.policy !== "rerun") {
    for (const index of before?.completed ?? []) expect(after.completed.has(index)).toBe(true);
  }
  for (const index of after.completed) {
    expect(seen.done.has(index) || before?.completed.has(index)).toBe(true);
  }
}

/** Each run that began has ended once, in one way, whoever told it; only a death in mid-hook makes it be told again. */
async function checkEnds(store: CheckpointStore, heard: Heard): Promise<void> {
  await reapCheckpoints(store, { hooks: listening(heard, () => false) });
  for (const runId of heard.begun) {
    const ends = heard.ends.filter((end) => end.runId === runId);
    expect(ends.filter(({ again }) => !again).length).toBeLessThanOrEqual(1);
    expect(new Set(ends.map(({ how }) => how)).size).toBe(1);
  }
  expect(await reapCheckpoints(store)).toMatchObject({ closed: [], told: [] });
}

async function play(pipeline: TestPipeline, scenario: Scenario): Promise<void> {
  const store = memoryCheckpointStore();
  const heard: Heard = { begun: new Set(), ends: [] };
  const values = scenario.components.map(() => 0);
  let previous: Unfinished | undefined;
  for (const run of scenario.runs) {
    for (const index of run.edits) values[index] = (values[index] ?? 0) + 1;
    const expected = expectedOf(scenario, run, previous, values);
    const seen = await startOnce(pipeline, textOf(pipeline, scenario, values), store, run, heard);
    const died = seen.result?.exitCode === 6 || seen.code === "CHECKPOINT_STORE_FAILED";
    const after = await unfinishedIn(store);
    if (died) checkDeath(seen, previous, after, run);
    else {
      checkResult(seen, expected);
      if (!expected.refused && expected.exitCode !== 0) {
        const durable = expected.statuses.flatMap((status, index) =>
          status === "completed" || status === "restored" ? [index] : [],
        );
        expect([...(after?.completed ?? [])].toSorted((a, b) => a - b)).toEqual(durable);
        expect(after?.selection).toEqual(expected.selection);
      }
    }
    previous = after;
  }
  await checkEnds(store, heard);
}

test(`${PIPELINES} random pipelines do what a small model says, through failures, deaths, resumes, edits and selections`, async () => {
  using pipeline = testPipeline({ "t/Asking.ts": ASKING });
  const { seed } = seeded("pipelines against the model");
  await fc.assert(
    fc.asyncProperty(scenarios, (scenario) => play(pipeline, scenario)),
    { seed: seed | 0, numRuns: PIPELINES },
  );
}, 600_000);
