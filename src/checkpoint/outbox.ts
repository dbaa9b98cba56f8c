import type { Clock, Random } from "../base/mod.ts";
import type { CheckpointStore } from "../store/mod.ts";
import { checkLog } from "./chain.ts";
import type { EndsEntry, LeftEnd, RunEnd } from "./events.ts";
import { newerVersionError } from "./fold.ts";
import { type KeyLogLine, readKeyLog } from "./key-log.ts";
import type { KeyNames } from "./names.ts";
import { decodeRecord, encodeRecord, NO_PREVIOUS } from "./record.ts";
import { endOf } from "./run-end.ts";
import { readRun } from "./run-reading.ts";
import { appendSettled } from "./settle.ts";
import { withCheckpointErrors } from "./store-failure.ts";

/** Records of the ends log that stay below its last one, at least: numbers that a sleeping writer may still try. */
const KEPT_RECORDS = 64;
/** How often an end is told where each time the process dies in the middle of it. */
const MAX_TRIES = 3;

/** What the ends of a key are read and written with; the caller holds the key's lease. */
export interface OutboxPlace {
  readonly store: CheckpointStore;
  readonly names: KeyNames;
  readonly clock: Clock;
  readonly random: Random;
  /** Throws where the lease is lost. */
  check(): void;
  readonly signal?: AbortSignal | undefined;
  /** Named instants for crash tests; absent in the shipped path. */
  readonly point?: ((name: string) => void | Promise<void>) | undefined;
}

/** The end of a run that its hooks have not been told of, as far as anybody knows. */
export interface UntoldEnd extends LeftEnd {
  readonly pipelineName: string;
  readonly runKey: string | undefined;
  readonly end: RunEnd;
}

/**
 * Which ends of runs were told to hooks: the outbox of one pipeline and run key. Its log is written by the holder of the
 * key's lease, and each record says all that is left, so only the last one counts. Who is to tell an end claims it
 * first, by the number that only one writer can take, and writes down afterwards that it is told.
 */
export class Outbox {
  readonly #place: OutboxPlace;
  #next: number;
  #sum: string;
  #through: number;
  #left: readonly LeftEnd[];

  private constructor(place: OutboxPlace, end: LogEnd) {
    this.#place = place;
    this.#next = end.next;
    this.#sum = end.sum;
    this.#through = end.entry?.through ?? 0;
    this.#left = end.entry?.left ?? [];
  }

  /** Undefined where no run of the key ever had an end to tell. */
  static async open(place: OutboxPlace): Promise<Outbox | undefined> {
    const end = await readEnd(place);
    return end.entry === undefined ? undefined : new Outbox(place, end);
  }

  /**
   * Opens the outbox, begun where there is none: then runs up to this number of the key log have nothing to tell.
   * Undefined where somebody else begins it just now.
   */
  static async begin(place: OutboxPlace, through: number): Promise<Outbox | undefined> {
    const end = await readEnd(place);
    const outbox = new Outbox(place, end);
    if (end.entry !== undefined) return outbox;
    return (await outbox.#write(through, [])) ? outbox : undefined;
  }

  /** Whether there may be anything to tell of runs up to this number of the key log. */
  mayHave(through: number): boolean {
    return this.#left.length > 0 || through > this.#through;
  }

  /**
   * The ends that are to be told, of starts below a number of the key log, in the order of starts. An end that was begun
   * to be told too often is given up: it comes with `tries` at {@link Outbox.maxTries}, and is not to be told.
   */
  async untold(below: number): Promise<readonly UntoldEnd[]> {
    return withCheckpointErrors(async () => {
      if (!this.mayHave(below - 1)) return [];
      const { store, names, signal } = this.#place;
      const from = Math.max(1, Math.min(this.#through, ...this.#left.map(({ start }) => start)));
      const runs = startedRuns(await readKeyLog(store, names, signal, from));
      const left: LeftEnd[] = [];
      const untold: UntoldEnd[] = [];
      // Numbers from here on stay open: the caller's own run, or one that was named and not begun, whose starter may sleep.
      let open = Math.min(below, runs.find(({ last }) => last >= below)?.start ?? below);
      for (const run of runs) {
        const { runId, start, last, tells, pipelineName, runKey } = run;
        const known = this.#left.find((one) => one.runId === runId);
        const isNew = start > this.#through && last < below;
        const isLast = run === runs.at(-1);
        if (known === undefined && !(isNew && (tells || isLast))) continue;
        const reading = await readRun(store, names, runId, signal);
        if (reading.kind === "empty" && isLast) open = Math.min(open, start);
        const end = endOf(reading);
        if ((end === undefined && reading.kind !== "open") || !(known !== undefined || tells)) continue;
        const one = known ?? { start, runId, tries: 0 };
        left.push(one);
        if (end !== undefined) untold.push({ ...one, pipelineName, runKey, end });
      }
      this.#left = left;
      this.#through = Math.max(this.#through, open - 1);
      return untold;
    });
  }

  static readonly maxTries: number = MAX_TRIES;

  /** Takes an end upon oneself, durably, before any hook is told. False: somebody else has the key now; tell nobody. */
  async claim({ start, runId, tries }: LeftEnd): Promise<boolean> {
    const claimed = { start, runId, tries: tries + 1 };
    const others = this.#left.filter((one) => one.runId !== runId);
    const left = [...others, claimed].toSorted((a, b) => a.start - b.start);
    const done = await this.#write(Math.max(this.#through, start), left);
    if (!done) return false;
    await this.#place.point?.("end-claimed");
    return true;
  }

  /** Writes down that an end was told, or is given up. False: somebody else has the key now. */
  async settle({ start, runId }: LeftEnd): Promise<boolean> {
    const left = this.#left.filter((one) => one.runId !== runId);
    const done = await this.#write(Math.max(this.#through, start), left);
    if (done) await this.#place.point?.("end-settled");
    return done;
  }

  async #write(through: number, left: readonly LeftEnd[]): Promise<boolean> {
    const { store, names, clock, random, signal } = this.#place;
    const entry: EndsEntry = { type: "ends", through, left };
    const record = encodeRecord({
      seq: this.#next,
      nonce: random.nonce(),
      prev: this.#sum,
      at: clock.now(),
      events: [JSON.stringify(entry)],
    });
    return withCheckpointErrors(async () => {
      const check = (): void => this.#place.check();
      const tools = { store, clock, signal, check };
      const settled = await appendSettled(tools, names.ends, record.seq, record.text);
      if (!settled.ours) return false;
      // Who slept over the append may have lost the key meanwhile, and the number was one that had been removed.
      check();
      [this.#next, this.#sum, this.#through, this.#left] = [record.seq + 1, record.sum, through, left];
      await this.#trim(record.seq);
      return true;
    });
  }

  async #trim(seq: number): Promise<void> {
    if (seq % KEPT_RECORDS !== 0 || seq < 2 * KEPT_RECORDS) return;
    const first = seq - 2 * KEPT_RECORDS + 1;
    const old = Array.from({ length: KEPT_RECORDS }, (_, at) => first + at);
    const { store, names, signal } = this.#place;
    await store.remove(names.ends, old, signal);
  }
}

/** A run as the key log names it. */
interface StartedRun extends Pick<KeyLogLine, "runId" | "pipelineName" | "runKey"> {
  /** Number of its first start. A run that is named by one start and adopted by the next has several, side by side. */
  readonly start: number;
  /** Number of its last start. */
  readonly last: number;
  /** Whether hooks listen to its end. */
  readonly tells: boolean;
}

function startedRuns(lines: readonly KeyLogLine[]): readonly StartedRun[] {
  const runs = new Map<string, StartedRun>();
  for (const { runId, pipelineName, runKey, seq, tells } of lines) {
    const known = runs.get(runId);
    const start = known?.start ?? seq;
    runs.set(runId, { runId, pipelineName, runKey, start, last: seq, tells: tells ?? known?.tells ?? false });
  }
  return [...runs.values()];
}

interface LogEnd {
  readonly next: number;
  readonly sum: string;
  readonly entry: EndsEntry | undefined;
}

/** The end of the ends log, by one request where its last record can be read. */
async function readEnd({
  store,
  names,
  signal,
}: Pick<OutboxPlace, "store" | "names" | "signal">): Promise<LogEnd> {
  return withCheckpointErrors(async () => {
    const last = await store.last(names.ends, signal);
    if (last === undefined) return { next: 1, sum: NO_PREVIOUS, entry: undefined };
    const decoded = decodeRecord<EndsEntry>(last.seq, last.text);
    if (decoded.good)
      return { next: last.seq + 1, sum: decoded.record.sum, entry: entryOf(decoded.record.events) };
    const log = checkLog<EndsEntry>(await store.read(names.ends, 1, signal));
    return { next: log.next, sum: log.sum, entry: entryOf(log.records.at(-1)?.events ?? []) };
  });
}

function entryOf(events: readonly EndsEntry[]): EndsEntry | undefined {
  const entry = events.at(-1);
  if (entry !== undefined && entry.type !== "ends")
    throw newerVersionError("?", `ends-log entry "${String((entry as { readonly type: unknown }).type)}"`);
  return entry;
}

/** Whether the end of a run may still have to be told to hooks. Reads one record, where any run of the key has hooks. */
export async function mayBeUntold(
  place: Pick<OutboxPlace, "store" | "signal">,
  names: KeyNames,
  lines: readonly KeyLogLine[],
  runId: string,
): Promise<boolean> {
  const run = startedRuns(lines).find((one) => one.runId === runId);
  if (run?.tells !== true) return false;
  const { entry } = await readEnd({ ...place, names });
  return entry !== undefined && (run.start > entry.through || entry.left.some((one) => one.runId === runId));
}
