import type { CheckpointStore } from "../store/mod.ts";
import type { Completion, RunEvent } from "./events.ts";
import { dropHead, markRemoved } from "./head.ts";
import { chainOf, readKeyLog } from "./key-log.ts";
import type { KeyNames } from "./names.ts";
import { endsTurn, type RunReading, readRun } from "./run-reading.ts";
import type { RunState } from "./state.ts";

/** What a removal needs. */
export interface RemovalTools {
  readonly store: CheckpointStore;
  readonly names: KeyNames;
  readonly point?: ((name: string) => void | Promise<void>) | undefined;
}

/** A run whose last record is `run-completed`. */
export interface CompletedRun {
  readonly state: RunState;
  readonly lastSeq: number;
  /** The run that it resumed or retired. */
  readonly predecessor: string | undefined;
}

/**
 * Removes what a completed run and its chain leave behind, oldest run first; of each the final record stays,
 * because it is the very number that a sleeping writer would try. Key-log entries are never removed.
 */
export async function cleanUpChain(tools: RemovalTools, run: CompletedRun): Promise<void> {
  const { store, names } = tools;
  const { state, lastSeq, predecessor } = run;
  const chain = predecessor === undefined ? [] : chainOf(await readKeyLog(store, names), state.runId);
  for (const runId of chain.slice(0, -1)) {
    const reading = await readRun(store, names, runId);
    if (reading.kind !== "completed" && reading.kind !== "superseded") continue;
    await dropHead(store, names, runId);
    await removeBelowFinal(tools, reading);
    await removeOutputs(tools, reading, state);
    await markRemoved(store, names, runId, reading.kind === "completed" ? "completed" : "gone");
  }
  const below = Array.from({ length: lastSeq - 1 }, (_, at) => at + 1);
  if (below.length > 0) await store.remove(names.run(state.runId), below);
  await tools.point?.("cleaned");
  await dropOutputs(tools, state.completions.values());
  await markRemoved(store, names, state.runId, "completed");
}

/**
 * The lowest number that stays when a run that is over loses its records: the final record, and what ends a turn
 * or is void directly before it. These are the numbers that a sleeping writer may still try.
 */
export function keptFrom(reading: RunReading): number {
  const { records, voids, next } = reading.log;
  const ends = new Set(records.filter(({ events }) => endedBy(events.at(-1))).map(({ seq }) => seq));
  const empty = new Set(voids);
  let kept = next;
  while (ends.has(kept - 1) || empty.has(kept - 1)) kept--;
  return kept;
}

/** Whether there is something to look at besides the records that outlive every removal. */
export function holdsMore(reading: RunReading | undefined): boolean {
  switch (reading?.kind) {
    case "empty":
      return false;
    case "completed":
    case "superseded":
    case "deleted":
      return reading.log.records.some(({ seq }) => seq < keptFrom(reading));
    default:
      return true;
  }
}

function endedBy(event: RunEvent | undefined): boolean {
  return event !== undefined && endsTurn(event);
}

/** Removes every record of a run that is over but those from {@link keptFrom} on; gives how many. */
export async function removeBelowFinal(tools: RemovalTools, reading: RunReading): Promise<number> {
  const kept = keptFrom(reading);
  const below = reading.stored.map(({ seq }) => seq).filter((seq) => seq < kept);
  if (below.length > 0) await tools.store.remove(tools.names.run(reading.runId), below);
  await tools.point?.("removed");
  return below.length;
}

/** Removes large outputs that a run names and the run after it in its chain does not. */
export async function removeOutputs(
  tools: RemovalTools,
  reading: RunReading,
  successor: RunState | undefined,
): Promise<void> {
  const needed = new Set(
    [...(successor?.completions.values() ?? [])].map((completion) => completion.outputsAt),
  );
  const named = [...(reading.state?.completions.values() ?? [])];
  await dropOutputs(
    tools,
    named.filter((completion) => !needed.has(completion.outputsAt)),
  );
}

async function dropOutputs({ store, names }: RemovalTools, completions: Iterable<Completion>): Promise<void> {
  for (const hash of new Set([...completions].map((completion) => completion.outputsAt))) {
    if (hash === undefined) continue;
    const log = names.carry(hash);
    const records = await store.read(log);
    await store.remove(
      log,
      records.map(({ seq }) => seq),
    );
  }
}
