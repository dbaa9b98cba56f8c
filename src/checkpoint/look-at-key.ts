import { type CheckpointStore, inParallel, type LeaseHolder } from "../store/mod.ts";
import { holdsMore } from "./cleanup.ts";
import { type KeyFacts, type OwnFacts, ownFacts, readableState } from "./derive-state.ts";
import { foldRun } from "./fold.ts";
import { type Head, type Mark, readHead, readMarks } from "./head.ts";
import { predecessorOf } from "./key-log.ts";
import { type KnownKey, type KnownRun, readKnown, runsOf, WIDTH } from "./known-runs.ts";
import { runSegment } from "./names.ts";
import type { RunReading } from "./run-reading.ts";
import type { RunState } from "./state.ts";
import { type Summary, summaryOf } from "./summary.ts";

/** One run, as far as a list needs to know it. */
export interface SeenRun {
  readonly facts: OwnFacts;
  readonly summary: Summary;
  /** False where nothing is left but the records that outlive every removal, and where none was ever written. */
  readonly hasRecords: boolean;
}

/** A key with its runs, in the order of their last start. */
export interface SeenKey {
  readonly runs: readonly SeenRun[];
  readonly facts: KeyFacts;
}

/**
 * Looks at the runs of a key, by their heads where those can be trusted: of a run that is not the last one, and whose
 * successor, where the key log names one, has begun. All others are read: the last run, which may be running or
 * superseded by one that the key log doesn't know yet, and those that left no head.
 */
export async function lookAtKey(
  store: CheckpointStore,
  key: KnownKey,
  signal?: AbortSignal,
): Promise<SeenKey> {
  const look = new Look(store, key, signal);
  return look.all();
}

class Look {
  readonly #store: CheckpointStore;
  readonly #key: KnownKey;
  readonly #signal: AbortSignal | undefined;
  readonly #runs: readonly KnownRun[];
  readonly #readings = new Map<string, RunReading | undefined>();
  readonly #heads = new Map<string, Head>();
  #marks: ReadonlyMap<string, Mark> = new Map();

  constructor(store: CheckpointStore, key: KnownKey, signal: AbortSignal | undefined) {
    this.#store = store;
    this.#key = key;
    this.#signal = signal;
    this.#runs = runsOf(key);
  }

  async all(): Promise<SeenKey> {
    const { names } = this.#key;
    // The lease first: a run that ends meanwhile has its end in the journal that is read after it.
    const holder = await this.#store.leaseHolder(names.lock, this.#signal);
    this.#marks = (await readMarks(this.#store, names, this.#signal)) ?? new Map<string, Mark>();
    await this.#readHeads();
    const last = this.#runs.at(-1);
    await this.#read(
      this.#runs.filter((run) => !this.#removed(run.runId) && (run === last || !this.#isKnown(run))),
    );
    await this.#readPending();
    return this.#seen(holder);
  }

  #markOf(runId: string): Mark | undefined {
    return this.#marks.get(runSegment(runId));
  }

  #removed(runId: string): boolean {
    const mark = this.#markOf(runId);
    return mark === "completed" || mark === "gone";
  }

  #isKnown({ runId }: KnownRun): boolean {
    return this.#removed(runId) || this.#heads.has(runId);
  }

  async #readHeads(): Promise<void> {
    const before = this.#runs.slice(0, -1).filter(({ runId }) => this.#markOf(runId) === "head");
    await inParallel(before, WIDTH, async ({ names, runId }) => {
      const head = await readHead(this.#store, names, runId, this.#signal);
      if (head !== undefined) this.#heads.set(runId, head);
    });
  }

  async #read(runs: readonly Pick<KnownRun, "names" | "runId">[]): Promise<void> {
    const unread = runs.filter(({ runId }) => !this.#readings.has(runId));
    await inParallel(unread, WIDTH, async (run) => {
      this.#readings.set(run.runId, await readKnown(this.#store, run, this.#signal));
    });
  }

  /** Runs whose successor never began are read themselves; and successors that the key log doesn't know. */
  async #readPending(): Promise<void> {
    const doubted = this.#runs.filter(({ runId }) => {
      const by = this.#successorOf(runId);
      return this.#heads.has(runId) && by !== undefined && this.#isEmpty(by.runId);
    });
    await this.#read(doubted);
    const named = [...this.#readings.values()].flatMap((reading) => reading?.supersededBy?.runId ?? []);
    const known = new Set(this.#runs.map(({ runId }) => runId));
    const { names } = this.#key;
    await this.#read(named.filter((by) => !known.has(by)).map((runId) => ({ names, runId })));
  }

  /** By the key log. */
  #successorOf(runId: string): OwnFacts["supersededBy"] {
    const line = this.#key.lines.findLast((entry) => predecessorOf(entry) === runId);
    return line && { runId: line.runId, fresh: line.retires === runId };
  }

  #isEmpty(runId: string): boolean {
    return this.#readings.get(runId)?.kind === "empty";
  }

  #seen(holder: LeaseHolder | undefined): SeenKey {
    const runs = this.#runs.map((run) => this.#seenRun(run));
    const facts = { runs: runs.map((run) => run.facts), holder, isEmpty: (by: string) => this.#isEmpty(by) };
    return { runs, facts };
  }

  #seenRun(run: KnownRun): SeenRun {
    const { runId } = run;
    const mark = this.#markOf(runId);
    if (mark === "completed" || mark === "gone") {
      const kind = mark === "gone" ? "deleted" : "completed";
      const facts: OwnFacts = { runId, kind, supersededBy: undefined, state: "interrupted" };
      return { facts, summary: summaryOf(run, undefined), hasRecords: false };
    }
    const head = this.#readings.has(runId) ? undefined : this.#heads.get(runId);
    if (head === undefined) {
      const reading = this.#readings.get(runId);
      const summary = summaryOf(run, stateOf(reading));
      return { facts: ownFacts({ run, reading }), summary, hasRecords: holdsMore(reading) };
    }
    const supersededBy = this.#successorOf(runId);
    const kind =
      head.state === "completed" ? "completed" : supersededBy === undefined ? "failed" : "superseded";
    return {
      facts: { runId, kind, supersededBy, state: head.state },
      summary: head.summary,
      hasRecords: true,
    };
  }
}

/** The fold of what can be read. */
export function stateOf(reading: RunReading | undefined): RunState | undefined {
  return reading === undefined ? undefined : readableState(reading, foldRun);
}
