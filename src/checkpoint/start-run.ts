import { CairnError } from "../base/mod.ts";
import type { Lease } from "../store/mod.ts";
import type { Choice } from "./choice.ts";
import { choosePlan } from "./choose-plan.ts";
import { openJournal } from "./journal.ts";
import { type KeyLogEnd, readKeyLog, readKeyLogEnd } from "./key-log.ts";
import { Outbox, type OutboxPlace } from "./outbox.ts";
import { checkRunId, type KeyNames, keyNames, splitRunId } from "./names.ts";
import { refuseForeignRunId, type ResolvedRunId, resolveRunId, runIdExists } from "./run-id.ts";
import { type RunReading, readRun } from "./run-reading.ts";
import type { RunHeader, StartOutcome, StartRequest } from "./start.ts";
import { takeLease } from "./start-lease.ts";
import { type BeginPlan, corruptRun, type StartPlan } from "./start-plan.ts";
import { StartWriter } from "./start-writer.ts";
import { asCheckpointError, isStoreError, withCheckpointErrors } from "./store-failure.ts";
import type { RunState } from "./state.ts";

/** Passages through the protocol before a start gives up; each one is somebody else's progress, or damage. */
const MAX_PASSAGES = 100;
/** Codes of refusals that, for a caller's own run ID in mode `auto`, mean that the ID is used up. */
const USED_UP: ReadonlySet<string> = new Set([
  "CHECKPOINT_RETIRED",
  "CHECKPOINT_SUPERSEDED",
  "CHECKPOINT_NO_SUCH_RUN",
]);

/** Codes of errors after which the lease has to be asked for again. */
const LEASE_GONE: ReadonlySet<string> = new Set(["STORE_LEASE_LOST", "STORE_LEASE_EXPIRED"]);

/**
 * Starts a run: lease, choice, fence, key log, first record, read-backs, in this order, each step safe to
 * crash after (docs/reference/journal.md). Returns with the lease held and the first record durable.
 *
 * Throws, with nothing of it held: CHECKPOINT_HELD, CHECKPOINT_FENCED (exit 5), CHECKPOINT_STORE_FAILED (6),
 * CHECKPOINT_CORRUPT, CHECKPOINT_NEWER_VERSION, CHECKPOINT_COMPLETED, CHECKPOINT_DELETED,
 * CHECKPOINT_SUPERSEDED, CHECKPOINT_RETIRED, CHECKPOINT_NO_SUCH_RUN (4), RUN_ID_EXISTS, RUN_ID_INVALID (2),
 * and what `decide` throws.
 */
export async function startRun(request: StartRequest): Promise<StartOutcome> {
  const start = new Start(request);
  try {
    return await start.run();
  } catch (thrown) {
    await start.giveUp();
    throw isStoreError(thrown) ? asCheckpointError(thrown) : thrown;
  }
}

/** What a start would do now; reads only. The header is what `decide` would be asked for. */
export type StartPreview =
  | { readonly kind: "begin"; readonly previous: RunState | undefined }
  | { readonly kind: "already-completed"; readonly runId: string };

/** Step 2 alone, for `plan`: no lease, nothing written. Throws what {@link startRun} throws in that step. */
export async function previewStart(
  request: Pick<StartRequest, "store" | "pipelineName" | "runKey" | "mode" | "runId" | "random" | "signal">,
): Promise<StartPreview> {
  const names = keyNames(request.pipelineName, request.runKey);
  const { plan } = await withCheckpointErrors(async () => {
    await checkGivenRunId(request, names);
    return lookAndChoose(request, names);
  });
  if (plan.kind === "already-completed") return plan;
  return { kind: "begin", previous: plan.kind === "again" ? undefined : plan.previous };
}

type Looking = Pick<
  StartRequest,
  "store" | "pipelineName" | "runKey" | "mode" | "runId" | "random" | "signal"
>;

async function checkGivenRunId(request: Looking, names: KeyNames): Promise<void> {
  const { runId: given, store, signal, pipelineName } = request;
  if (given === undefined) return;
  checkRunId(given);
  await refuseForeignRunId({ store, names, given, signal, pipelineName });
}

/** A plan, and the key log's end that it was made on. */
interface Chosen {
  readonly plan: StartPlan;
  readonly end: KeyLogEnd;
}

/** Step 2: reads the key log's end and the last run, and chooses. */
async function lookAndChoose(request: Looking, names: KeyNames): Promise<Chosen> {
  const { store, mode, signal } = request;
  const end = await readKeyLogEnd(store, names, signal);
  const resolved = await resolve(request, names, end);
  const read = async (runId: string): Promise<RunReading> => readRun(store, names, runId, signal);
  const last = end.last === undefined ? undefined : await read(end.last.runId);
  const successor = last?.supersededBy === undefined ? undefined : await read(last.supersededBy.runId);
  const given = request.runId;
  const choice: Choice = {
    store,
    names,
    mode: mode.kind,
    target: mode.kind === "resume" ? mode.runId : resolved.target,
    completedIsEnough: request.runKey !== undefined || resolved.isLast,
    runId: resolved.runId,
    accepts: (runId) => given === undefined || splitRunId(runId).base === given,
    end,
    last,
    successor,
    signal,
  };
  try {
    return { plan: await choosePlan(choice), end };
  } catch (thrown) {
    const usedUp = thrown instanceof CairnError && USED_UP.has(thrown.code);
    if (given !== undefined && mode.kind === "auto" && usedUp) throw runIdExists(given, thrown.message);
    throw thrown;
  }
}

async function resolve(request: Looking, names: KeyNames, end: KeyLogEnd): Promise<ResolvedRunId> {
  const { store, mode, signal, runId: given } = request;
  if (given === undefined) return { runId: request.random.runId(), target: undefined, isLast: false };
  return resolveRunId({ store, names, mode, given, end, signal });
}

/** One start under way. */
class Start {
  readonly #request: StartRequest;
  readonly #names: KeyNames;
  readonly #writer: StartWriter;
  #lease: Lease | undefined;
  #decided: { readonly key: string; readonly header: RunHeader } | undefined;

  constructor(request: StartRequest) {
    this.#request = request;
    this.#names = keyNames(request.pipelineName, request.runKey);
    this.#writer = new StartWriter(request, this.#names, () => this.#lease?.check());
  }

  async giveUp(): Promise<void> {
    // What made the start fail is thrown on; a lease that can't be released runs out or dies with the process.
    await Promise.allSettled([this.#lease?.release()]);
  }

  async run(): Promise<StartOutcome> {
    await checkGivenRunId(this.#request, this.#names);
    let plan: StartPlan | undefined;
    for (let passage = 0; passage < MAX_PASSAGES; passage++) {
      const lease = await this.#holdLease();
      const chosen = await lookAndChoose(this.#request, this.#names);
      await this.#point("chosen");
      plan = chosen.plan;
      const outcome = await this.#follow(chosen, lease);
      if (outcome !== undefined) return outcome;
    }
    throw stuck(plan);
  }

  /** Step 1; after a refusal the lease may be somebody else's by now, and is asked for again. */
  async #holdLease(): Promise<Lease> {
    const held = this.#lease;
    if (held !== undefined && isHeld(held)) return held;
    await held?.release();
    this.#lease = undefined;
    this.#lease = await takeLease(this.#request, this.#names);
    await this.#point("lease-taken");
    await this.#request.onLease?.();
    return this.#lease;
  }

  /** Steps 3 to 5; undefined means back to step 1. */
  async #follow({ plan, end }: Chosen, lease: Lease): Promise<StartOutcome | undefined> {
    if (plan.kind === "again") return undefined;
    if (plan.kind === "already-completed") {
      await this.#tellEnds(end, lease);
      await lease.release();
      return plan;
    }
    const header = await this.#decide(plan.previous);
    try {
      if (plan.kind === "fence") return await this.#writer.fence(plan);
      return await this.#begin(plan, end, header, lease);
    } catch (thrown) {
      if (thrown instanceof CairnError && LEASE_GONE.has(thrown.code)) return undefined;
      throw thrown;
    }
  }

  async #begin(
    plan: BeginPlan,
    end: KeyLogEnd,
    header: RunHeader,
    lease: Lease,
  ): Promise<StartOutcome | undefined> {
    const old = await this.#writer.fenceOld(plan);
    if (old === "again") return undefined;
    if (!plan.settle) await lease.note({ runId: plan.runId });
    const tells = header.tells === true && !plan.settle;
    const outbox = tells ? await this.#beginOutbox(plan, end, lease) : undefined;
    if (tells && outbox === undefined) return undefined;
    const key = await this.#writer.appendKey(plan, end, tells);
    if (key === undefined) return undefined;
    const first = await this.#writer.appendFirst(plan, old, header);
    if (first === undefined) return undefined;
    if (plan.settle) return undefined;
    await this.#writer.readBack(plan, key, first);
    await this.#point("started");
    await this.#request.entrust?.(lease);
    const predecessor = plan.old?.runId;
    const ends = outbox && { outbox, start: key.seq };
    const opening = { request: this.#request, names: this.#names, lease, first, predecessor, ends };
    const previous = plan.fresh ? undefined : old?.state;
    return { kind: "started", journal: openJournal(opening), previous };
  }

  /** Nothing is to be run; what earlier runs left untold is told all the same. */
  async #tellEnds({ next }: KeyLogEnd, lease: Lease): Promise<void> {
    if (this.#request.tellEnds === undefined) return;
    const outbox = await Outbox.open(this.#outboxPlace(lease));
    if (outbox?.mayHave(next - 1) === true) await this.#request.tellEnds(outbox, next);
  }

  /** Starts before this run's first one have nothing to tell; a run that is adopted has been named before. */
  async #beginOutbox(plan: BeginPlan, end: KeyLogEnd, lease: Lease): Promise<Outbox | undefined> {
    const { store, signal } = this.#request;
    const isNamed = end.last?.runId === plan.runId;
    const lines = isNamed ? await readKeyLog(store, this.#names, signal) : [];
    const first = lines.find(({ runId }) => runId === plan.runId)?.seq ?? end.next;
    return Outbox.begin(this.#outboxPlace(lease), first - 1);
  }

  #outboxPlace(lease: Lease): OutboxPlace {
    const { store, clock, random, point } = this.#request;
    return {
      store,
      names: this.#names,
      clock,
      random,
      check: () => lease.check(),
      signal: lease.lost,
      point,
    };
  }

  /** Asks for the decision, once per state that it is made on, before anything is written. */
  async #decide(previous: RunState | undefined): Promise<RunHeader> {
    const key =
      previous === undefined
        ? ""
        : `${previous.runId} ${previous.lastAt} ${previous.completions.size} ${previous.intents.size}`;
    if (this.#decided?.key !== key) {
      this.#decided = { key, header: await this.#request.decide(previous) };
      await this.#point("decided");
    }
    return this.#decided.header;
  }

  async #point(name: string): Promise<void> {
    await this.#request.point?.(name);
  }
}

function isHeld(lease: Lease): boolean {
  try {
    lease.check();
    return true;
  } catch {
    return false;
  }
}

function stuck(plan: StartPlan | undefined): Error {
  if (plan?.kind === "begin" && plan.old !== undefined && !plan.old.log.whole) return corruptRun(plan.old);
  return new CairnError(`Cannot start: other starts of this pipeline came first ${MAX_PASSAGES} times`, {
    code: "CHECKPOINT_HELD",
    kind: "world",
    hint: "See to it that only one scheduler starts this pipeline and run key, then start again.",
  });
}
