import { CairnError, type Clock, type JsonObject, type Random } from "../base/mod.ts";
import type { CheckpointStore, LeaseHolder } from "../store/mod.ts";
import { removeBelowFinal, removeOutputs, type RemovalTools } from "./cleanup.ts";
import type { RunEvent } from "./events.ts";
import { dropHead, markRemoved } from "./head.ts";
import { leftStaged } from "./intents.ts";
import { heldError } from "./start-lease.ts";
import type { KnownRun } from "./known-runs.ts";
import { encodeRecord } from "./record.ts";
import { closing } from "./run-end.ts";
import { type RunReading, readRun } from "./run-reading.ts";
import { withCheckpointErrors } from "./store-failure.ts";
import { appendSettled } from "./settle.ts";

/** What deletions need. */
export interface DeleteTools {
  readonly store: CheckpointStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly signal?: AbortSignal | undefined;
  /** Removes what the run's attempts had staged, which nobody will know of any more; must not throw. */
  sweep?(staged: readonly JsonObject[]): Promise<void>;
  /** Named instants for crash tests; absent in the shipped path. */
  readonly point?: ((name: string) => void | Promise<void>) | undefined;
}

/** A run and where it lies. */
export type DeletableRun = Pick<KnownRun, "names" | "runId">;

/** Rounds of reading and marking before a deletion gives up; each further one is somebody else's write. */
const MAX_ROUNDS = 5;

/** What came of one run. */
export interface Deletion {
  readonly runId: string;
  /** Records removed; the final one stays. */
  readonly removed: number;
}

/**
 * Deletes the checkpoint of a run: `deleted` is appended unless a final record is there already, then all but the
 * final record is removed, which a sleeping writer would have to pass. A superseded run whose successor has not
 * begun takes that one with it. Key-log entries stay for ever.
 *
 * Throws CHECKPOINT_HELD (exit 5) for a run whose runner is alive, unless `ignoreLease`, and where somebody
 * writes to it meanwhile.
 */
export async function deleteRun(
  tools: DeleteTools,
  run: DeletableRun,
  options: { readonly ignoreLease?: boolean | undefined } = {},
): Promise<Deletion> {
  return withCheckpointErrors(async () => deleteOne(tools, run, options.ignoreLease === true));
}

async function deleteOne(tools: DeleteTools, run: DeletableRun, ignoreLease: boolean): Promise<Deletion> {
  const { store, signal } = tools;
  const { names, runId } = run;
  if (!ignoreLease) {
    const holder = await store.leaseHolder(names.lock, signal);
    if (holder !== undefined && mayRun(holder, runId)) throw heldBy(runId, holder);
  }
  // Before anything changes: whoever lists the runs from here on reads the journal.
  await dropHead(store, names, runId);
  const final = await ensureFinal(tools, run);
  const removal: RemovalTools = { store, names, point: tools.point };
  await sweepStaged(tools, final);
  await dropUnneeded(tools, removal, final);
  const removed = await removeBelowFinal(removal, final);
  await markRemoved(store, names, runId, final.kind === "completed" ? "completed" : "gone");
  return { runId, removed };
}

/** A superseded run's successor knows what is to be swept; of any other run this is the last moment. */
async function sweepStaged(tools: DeleteTools, { kind, state }: RunReading): Promise<void> {
  if (kind === "superseded" || state === undefined) return;
  const staged = leftStaged(state.intents.values()).map((intent) => intent.staged);
  if (staged.length > 0) await tools.sweep?.(staged);
}

/** A holder that has not said which run it is about may be about this one. */
function mayRun(holder: LeaseHolder, runId: string): boolean {
  return holder.runId === undefined || holder.runId === runId;
}

function heldBy(runId: string, holder: LeaseHolder): CairnError {
  const held = heldError(holder, undefined);
  return new CairnError(
    held.message.replace("Cannot start: the pipeline", `Cannot delete run "${runId}": it`),
    {
      code: held.code,
      kind: "world",
      hint: "End that process first, or delete it all the same with --ignore-lease.",
      details: held.details,
    },
  );
}

/** Sees to it that the highest record is a final one, and gives the reading that has it. */
async function ensureFinal(tools: DeleteTools, run: DeletableRun): Promise<RunReading> {
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const reading = await readRun(tools.store, run.names, run.runId, tools.signal);
    await tools.point?.("delete-read");
    const top = reading.log.records.at(-1)?.events.at(-1)?.type;
    if (top === "run-completed" || top === "deleted") return reading;
    const by = reading.supersededBy?.runId;
    if (by === undefined) {
      // Also after run-failed and run-interrupted: a `superseded` may be on its way to the very next number.
      if (!(await appendDeleted(tools, run, reading))) break;
    } else {
      const successor = await readRun(tools.store, run.names, by, tools.signal);
      if (successor.kind !== "empty") return reading;
      await appendDeleted(tools, { names: run.names, runId: by }, successor);
    }
    await tools.point?.("marked");
  }
  throw new CairnError(`Cannot delete run "${run.runId}": somebody writes to it`, {
    code: "CHECKPOINT_HELD",
    kind: "world",
    hint: 'Look at it again with "cairn checkpoints show", then delete it once more.',
    details: { runId: run.runId },
  });
}

async function appendDeleted(tools: DeleteTools, run: DeletableRun, reading: RunReading): Promise<boolean> {
  const event: RunEvent = { type: "deleted", ...closing(reading, "delete") };
  const record = encodeRecord({
    seq: reading.log.next,
    nonce: tools.random.nonce(),
    prev: reading.log.sum,
    at: tools.clock.now(),
    events: [JSON.stringify(event)],
  });
  const settled = await appendSettled(tools, run.names.run(run.runId), record.seq, record.text);
  return settled.ours;
}

/** Large outputs go with the run, but for those that its successor has taken over. */
async function dropUnneeded(tools: DeleteTools, removal: RemovalTools, final: RunReading): Promise<void> {
  const by = final.supersededBy?.runId;
  const successor =
    by === undefined ? undefined : await readRun(tools.store, removal.names, by, tools.signal);
  if (successor?.kind !== "corrupt") await removeOutputs(removal, final, successor?.state);
}
