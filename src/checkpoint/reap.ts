import { CairnError, type Clock, type Random } from "../base/mod.ts";
import type { CheckpointStore, Lease, LeaseHolder, ProcessGroup } from "../store/mod.ts";
import type { RunEnd, RunEvent } from "./events.ts";
import { type KnownKey, type KnownRun, knownKeys, runsOf, type Scope } from "./known-runs.ts";
import { readKeyLog } from "./key-log.ts";
import { Outbox, type OutboxPlace, type UntoldEnd } from "./outbox.ts";
import { encodeRecord } from "./record.ts";
import { abandonedEnd } from "./run-end.ts";
import { type RunReading, readRun } from "./run-reading.ts";
import { appendSettled } from "./settle.ts";
import { takeLease } from "./start-lease.ts";
import { ABANDONED } from "./start-plan.ts";
import { withCheckpointErrors } from "./store-failure.ts";

/** What closing dead runs needs. */
export interface ReapTools {
  readonly store: CheckpointStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly holder: LeaseHolder;
  readonly signal?: AbortSignal | undefined;
  /** Kills what is left of a dead holder's process groups. */
  killGroups(groups: readonly ProcessGroup[]): Promise<void>;
  /** Tells ends to hooks, with the key's lease held; absent: what is to be told is left to whoever has hooks. */
  tell?(outbox: Outbox, below: number): Promise<readonly UntoldEnd[]>;
  /** Named instants for crash tests; absent in the shipped path. */
  readonly point?: ((name: string) => void | Promise<void>) | undefined;
}

/** A run that was closed, or would be. */
export interface ReapedRun {
  readonly runId: string;
  readonly pipelineName: string;
  readonly runKey: string | undefined;
  readonly end: RunEnd;
}

/** What came of one pipeline and run key. */
export interface ReapedKey {
  readonly pipelineName: string;
  readonly runKey: string | undefined;
  /** The run whose process had gone. */
  readonly closed: ReapedRun | undefined;
  /** Ends that hooks were told; of a dry run, and without hooks, those that are to be told, `closed` left out. */
  readonly told: readonly UntoldEnd[];
  /** A live runner, which is left alone: then nothing was done. */
  readonly heldBy: LeaseHolder | undefined;
}

/**
 * Closes the runs of a location whose process has gone: `run-interrupted` ends their turn, by an append that only one
 * closer wins; and has hooks told of every end that they were not told of. A key that a live runner holds is left alone.
 * Gives the keys in which anything was to be done.
 */
export async function reap(
  tools: ReapTools,
  scope: Scope,
  options: { readonly dryRun?: boolean | undefined } = {},
): Promise<readonly ReapedKey[]> {
  const { store, signal } = tools;
  return withCheckpointErrors(async () => {
    const reaped: ReapedKey[] = [];
    for (const key of await knownKeys(store, scope, signal)) {
      const found = await reapKey(tools, key, options.dryRun === true);
      if (found !== undefined) reaped.push(found);
    }
    return reaped;
  });
}

async function reapKey(tools: ReapTools, key: KnownKey, dryRun: boolean): Promise<ReapedKey | undefined> {
  const { store, signal } = tools;
  const run = runsOf(key).at(-1);
  if (run === undefined) return undefined;
  const heldBy = await store.leaseHolder(key.names.lock, signal);
  const looked = await look(tools, key, run);
  const needsTelling = looked.untold.length > 0 && (dryRun || tools.tell !== undefined);
  if (looked.closed === undefined && !needsTelling) return undefined;
  const facts = { pipelineName: run.pipelineName, runKey: run.runKey };
  if (heldBy !== undefined) return { ...facts, closed: undefined, told: [], heldBy };
  if (dryRun) return { ...facts, closed: looked.closed, told: looked.untold, heldBy };
  return { ...facts, ...(await underLease(tools, key, run)) };
}

/** Takes the key's lease for the time of the work; a live holder that came first has it all. */
async function underLease(
  tools: ReapTools,
  key: KnownKey,
  run: KnownRun,
): Promise<Pick<ReapedKey, "closed" | "told" | "heldBy">> {
  let lease: Lease;
  try {
    lease = await takeLease({ ...tools, ifHeld: "fail" }, key.names);
  } catch (thrown) {
    if (!(thrown instanceof CairnError) || thrown.code !== "CHECKPOINT_HELD") throw thrown;
    const heldBy = await tools.store.leaseHolder(key.names.lock, tools.signal);
    return { closed: undefined, told: [], heldBy: heldBy ?? tools.holder };
  }
  try {
    await tools.point?.("lease-taken");
    return await closeAndTell(tools, key, run, lease);
  } finally {
    await lease.release();
  }
}

async function closeAndTell(
  tools: ReapTools,
  key: KnownKey,
  known: KnownRun,
  lease: Lease,
): Promise<Pick<ReapedKey, "closed" | "told" | "heldBy">> {
  const { store, signal } = tools;
  const lines = await readKeyLog(store, key.names, signal);
  // Somebody may have started, run and ended since this was looked at.
  const run = runsOf({ names: key.names, lines }).at(-1) ?? known;
  const closed = await closeRun(tools, run, lease);
  const outbox = tools.tell && (await Outbox.open(outboxPlace(tools, key, lease)));
  const below = (lines.at(-1)?.seq ?? 0) + 1;
  const told = outbox === undefined ? [] : await tools.tell?.(outbox, below);
  return { closed, told: told ?? [], heldBy: undefined };
}

/** The run that there is to close, and the ends to tell, without doing anything. */
async function look(
  tools: ReapTools,
  key: KnownKey,
  run: KnownRun,
): Promise<{ readonly closed: ReapedRun | undefined; readonly untold: readonly UntoldEnd[] }> {
  const reading = await readRun(tools.store, run.names, run.runId, tools.signal);
  const end = endOfDead(reading);
  const outbox = await Outbox.open(outboxPlace(tools, key, undefined));
  const untold = (await outbox?.untold((key.lines.at(-1)?.seq ?? 0) + 1)) ?? [];
  return { closed: end && reapedRun(run, end), untold };
}

function endOfDead(reading: RunReading): RunEnd | undefined {
  return reading.kind === "open" ? abandonedEnd(reading, "reap") : undefined;
}

function reapedRun({ runId, pipelineName, runKey }: KnownRun, end: RunEnd): ReapedRun {
  return { runId, pipelineName, runKey, end };
}

/** Undefined where it had ended, or somebody else ended it first. */
async function closeRun(tools: ReapTools, run: KnownRun, lease: Lease): Promise<ReapedRun | undefined> {
  const { store, clock, random, signal } = tools;
  const reading = await readRun(store, run.names, run.runId, signal);
  const end = endOfDead(reading);
  if (end === undefined) return undefined;
  const event: RunEvent = { type: "run-interrupted", reason: ABANDONED, end };
  const record = encodeRecord({
    seq: reading.log.next,
    nonce: random.nonce(),
    prev: reading.log.sum,
    at: clock.now(),
    events: [JSON.stringify(event)],
  });
  const settle = { store, clock, signal, check: () => lease.check() };
  const { ours } = await appendSettled(settle, run.names.run(run.runId), record.seq, record.text);
  await tools.point?.("closed");
  return ours ? reapedRun(run, end) : undefined;
}

function outboxPlace(tools: ReapTools, { names }: KnownKey, lease: Lease | undefined): OutboxPlace {
  const { store, clock, random, signal, point } = tools;
  return { store, names, clock, random, check: () => lease?.check(), signal, point };
}
