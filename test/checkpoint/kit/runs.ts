import { systemClock, systemRandom } from "../../../src/base/mod.ts";
import {
  type ComponentHeader,
  decide,
  type DecisionPolicy,
  type RunEvent,
  type RunJournal,
  startRun,
  type StartOutcome,
  type StartRequest,
} from "../../../src/checkpoint/mod.ts";
import {
  openMemoryStore,
  type CheckpointStore,
  type Memory,
  type MemoryStore,
} from "../../../src/store/mod.ts";

export const PIPELINE = "Daily ETL";

/** A sequence of components; a configuration can be given per name. */
export function sequence(
  names: readonly string[],
  configs: Readonly<Record<string, string>> = {},
): ComponentHeader[] {
  return names.map((name, index) => ({
    name,
    type: "com.example.Step",
    fingerprint: { config: configs[name] ?? `config of ${name}`, code: "code" },
    after: index === 0 ? [] : [index - 1],
  }));
}

export const ABC: readonly ComponentHeader[] = sequence(["A", "B", "C"]);

/** One holder of leases per process that a test plays. */
export function holder(id: string): StartRequest["holder"] {
  return {
    id,
    host: "edge-1",
    pid: 4711,
    pidStart: "123",
    bootId: "boot",
    pidNamespace: "ns",
    since: "2026-11-23T20:00:00.000Z",
    groups: [],
  };
}

export interface StartOptions {
  readonly components?: readonly ComponentHeader[];
  readonly policy?: Partial<DecisionPolicy>;
  readonly request?: Partial<StartRequest>;
}

/** A request as the runner makes it: decisions by {@link decide}, refusals thrown. */
export function request(
  store: CheckpointStore,
  mode: StartRequest["mode"] | "auto" | "new" | "fresh",
  { components = ABC, policy = {}, request: more = {} }: StartOptions = {},
): StartRequest {
  return {
    store,
    pipelineName: PIPELINE,
    runKey: undefined,
    mode: typeof mode === "string" ? { kind: mode } : mode,
    holder: holder("one"),
    ifHeld: "fail",
    async decide(previous) {
      const decision = await decide({
        previous,
        components,
        policy: { onConfigChange: "refuse", onCodeChange: "warn", ...policy },
        checkArtifact: async () => Promise.resolve("same"),
      });
      if (decision.refused) throw new Error(`refused: ${JSON.stringify(decision.differences)}`);
      return {
        components,
        options: {},
        ...(decision.carried !== undefined && { carried: decision.carried }),
      };
    },
    clock: systemClock,
    random: systemRandom,
    killGroups: async () => Promise.resolve(),
    ...more,
  };
}

/** Starts a run, which must start. */
export async function start(...args: Parameters<typeof request>): Promise<RunJournal> {
  const outcome = await startRun(request(...args));
  return journalOf(outcome);
}

export function journalOf(outcome: StartOutcome): RunJournal {
  if (outcome.kind !== "started") throw new Error(`The start answered ${outcome.kind}`);
  return outcome.journal;
}

const AT = "2026-11-23T20:11:02.113Z";

export function completed(
  index: number,
  more: Partial<Extract<RunEvent, { type: "component-completed" }>> = {},
): RunEvent {
  return {
    type: "component-completed",
    index,
    attempt: 1,
    startedAt: AT,
    completedAt: AT,
    durationMs: 12,
    ...more,
  };
}

export function failed(index: number, message = "boom"): RunEvent {
  return { type: "component-failed", index, attempt: 1, durationMs: 5, error: { name: "Error", message } };
}

/** Runs the given components of a run, then ends it. */
export async function run(
  journal: RunJournal,
  indexes: readonly number[],
  end: RunEvent | "crash" = { type: "run-completed" },
): Promise<string> {
  for (const index of indexes) {
    await journal.append([{ type: "attempt-started", index, attempt: 1 }]);
    await journal.append([completed(index)]);
  }
  if (end === "crash") return journal.runId;
  await journal.append([end]);
  await journal.close();
  return journal.runId;
}

export const FAILED: RunEvent = { type: "run-failed", reason: "component" };

/** A store and the next process on the same memory. */
export function processes(): { readonly memory: Memory; next(): MemoryStore } {
  const first = openMemoryStore();
  return { memory: first.memory, next: () => openMemoryStore({ memory: first.memory }) };
}

/** The code of what a promise rejects with. */
export async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (thrown) {
    return (thrown as { code?: string }).code ?? String(thrown);
  }
  return "nothing thrown";
}

/** The message of what a promise rejects with. */
export async function saidBy(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : String(thrown);
  }
  return "nothing thrown";
}

/** Indexes of completed components, in order. */
export function done(journal: Pick<RunJournal, "state">): number[] {
  return [...journal.state().completions.keys()].toSorted((a, b) => a - b);
}
