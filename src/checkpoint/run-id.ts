import { CairnError } from "../base/mod.ts";
import type { CheckpointStore } from "../store/mod.ts";
import { type KeyLogEnd, type KeyLogLine, readKeyLog } from "./key-log.ts";
import { type KeyNames, pipelineFolder, repeatedRunId, runSegment, splitRunId } from "./names.ts";
import { readRun } from "./run-reading.ts";
import type { StartMode } from "./start.ts";

/** What a caller's run ID means for this start. */
export interface ResolvedRunId {
  /** The ID of the run, where a new one is begun. */
  readonly runId: string;
  /** The run of that ID which is to be resumed, where it isn't the last of its key. */
  readonly target: string | undefined;
  /** True where the last run is one of this ID: if it has completed, nothing is to do. */
  readonly isLast: boolean;
}

/** What {@link resolveRunId} goes by. */
export interface RunIdQuestion {
  readonly store: CheckpointStore;
  readonly names: KeyNames;
  readonly mode: StartMode;
  /** The caller's ID. */
  readonly given: string;
  readonly end: KeyLogEnd;
  readonly signal: AbortSignal | undefined;
}

/**
 * A caller's run ID (`--run-id`). New: it is taken as it is. In mode `auto` a taken one goes on as `ID~2`,
 * `ID~3` …; in any other mode it is refused. Throws RUN_ID_EXISTS (config).
 */
export async function resolveRunId(question: RunIdQuestion): Promise<ResolvedRunId> {
  const { store, names, mode, given, end, signal } = question;
  const lines = await readKeyLog(store, names, signal);
  const family = lines.filter((line) => splitRunId(line.runId).base === given);
  const latest = family.at(-1);
  if (latest === undefined) return { runId: given, target: undefined, isLast: false };
  const isLast = latest.runId === end.last?.runId;
  const reading = await readRun(store, names, latest.runId, signal);
  if (mode.kind !== "auto") {
    if (isLast && reading.kind === "empty" && family.length === 1) {
      return { runId: given, target: undefined, isLast };
    }
    throw runIdExists(given, `it is ${reading.kind === "completed" ? "completed" : "there already"}`);
  }
  const runId = repeatedRunId(given, highest(family) + 1);
  const gone = reading.kind === "deleted" || reading.kind === "empty";
  return { runId, target: isLast || gone ? undefined : latest.runId, isLast };
}

/** Refuses an ID that another run key of the same pipeline has used: a run is found by its ID alone. */
export async function refuseForeignRunId(
  question: Pick<RunIdQuestion, "store" | "names" | "given" | "signal"> & { readonly pipelineName: string },
): Promise<void> {
  const { store, names, given, signal } = question;
  const ours = names.run(given);
  const logs = await store.logs(`${pipelineFolder(question.pipelineName)}/`, signal);
  const ending = `/runs/${runSegment(given)}`;
  const foreign = logs.find((log) => log.endsWith(ending) && log !== ours);
  if (foreign !== undefined) throw runIdExists(given, "another run key of this pipeline has used it");
}

/** The error for a run ID that is taken (exit 2). */
export function runIdExists(runId: string, why: string): CairnError {
  return new CairnError(`Cannot start run "${runId}": ${why}`, {
    code: "RUN_ID_EXISTS",
    kind: "config",
    hint: `Give another --run-id, or add --auto-resume to go on with it; "cairn checkpoints show ${runId}" shows it.`,
    details: { runId },
  });
}

function highest(family: readonly KeyLogLine[]): number {
  return family.reduce((most, line) => Math.max(most, splitRunId(line.runId).repeat), 1);
}
