import type { CheckpointStore, StoredRecord } from "../store/mod.ts";
import { checkLog, type CheckedLog } from "./chain.ts";
import type { RunEvent } from "./events.ts";
import { foldRun } from "./fold.ts";
import type { KeyNames } from "./names.ts";
import type { Damage } from "./record.ts";
import type { RunState } from "./state.ts";

/**
 * What the protocol needs to know of a run, from one listing of its journal. The highest record decides first:
 *
 * - `completed`, `superseded`, `deleted`: it is that final record, whatever is missing below.
 * - `empty`: no record was ever taken as written.
 * - `open`: whole, and its writer's turn has not ended. `failed`: whole, and it has (failed or interrupted).
 * - `corrupt`: anything else.
 */
export type RunKind = "empty" | "open" | "failed" | "completed" | "superseded" | "deleted" | "corrupt";

/** A run's journal as one listing gave it. */
export interface RunReading {
  readonly runId: string;
  readonly kind: RunKind;
  readonly log: CheckedLog<RunEvent>;
  readonly stored: readonly StoredRecord[];
  /** The fold, where the journal is whole and begins as it should. */
  readonly state: RunState | undefined;
  /** Of `superseded`. */
  readonly supersededBy: { readonly runId: string; readonly fresh: boolean } | undefined;
  /** True where the highest record ends its writer's turn, even of a corrupt journal. */
  readonly turnEnded: boolean;
  /** The first damage, of `corrupt`. */
  readonly damage: Damage | undefined;
}

/**
 * Reads and judges one run; `known` is an earlier reading of it, which makes this one cheaper. Throws
 * CHECKPOINT_NEWER_VERSION, and what the store throws.
 */
export async function readRun(
  store: CheckpointStore,
  names: KeyNames,
  runId: string,
  signal?: AbortSignal,
  known?: RunReading,
): Promise<RunReading> {
  const log = names.run(runId);
  const reading = judgeRun(runId, await store.read(log, 1, signal), known);
  if (reading.kind !== "corrupt" || store.shortcuts === undefined) return reading;
  // A copy of records may be what is wrong; the records themselves have the last word.
  return judgeRun(runId, await store.shortcuts.readRecords(log, signal));
}

/** Judges a listing; `known` as for {@link readRun}. */
export function judgeRun(runId: string, stored: readonly StoredRecord[], known?: RunReading): RunReading {
  const log = checkLog<RunEvent>(stored, known);
  const top = log.records.at(-1)?.events.at(-1);
  const state = log.whole ? foldRun(log.records) : undefined;
  const kind = kindOf(log, state, top);
  return {
    runId,
    kind,
    log,
    stored,
    state,
    supersededBy: top?.type === "superseded" ? { runId: top.by, fresh: top.fresh } : undefined,
    turnEnded: top !== undefined && endsTurn(top),
    damage:
      kind === "corrupt"
        ? (log.damage[0] ?? { seq: 1, why: "the journal does not begin with run-started" })
        : undefined,
  };
}

function kindOf(log: CheckedLog<RunEvent>, state: RunState | undefined, top: RunEvent | undefined): RunKind {
  if (top === undefined) return log.whole ? "empty" : "corrupt";
  if (top.type === "run-completed") return "completed";
  if (top.type === "superseded") return "superseded";
  if (top.type === "deleted") return "deleted";
  if (state !== undefined) return state.end === undefined ? "open" : "failed";
  return endsTurn(top) && log.gaps ? "deleted" : "corrupt";
}

/** Whether a writer writes nothing after this event. */
export function endsTurn(event: RunEvent): boolean {
  switch (event.type) {
    case "run-completed":
    case "run-failed":
    case "run-interrupted":
    case "superseded":
    case "deleted":
      return true;
    default:
      return false;
  }
}
