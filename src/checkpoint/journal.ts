import { CairnError, type JsonValue } from "../base/mod.ts";
import type { Lease, ProcessGroup } from "../store/mod.ts";
import { cleanUpChain } from "./cleanup.ts";
import type { RunEvent } from "./events.ts";
import { RunFold } from "./fold.ts";
import { writeHead } from "./head.ts";
import type { KeyNames } from "./names.ts";
import { INLINE_OUTPUTS, readOutputs, writeOutputs } from "./outputs.ts";
import { endsTurn } from "./run-reading.ts";
import { decodeRecord, encodeRecord } from "./record.ts";
import { appendSettled, type SettleTools } from "./settle.ts";
import { ABANDONED } from "./start-plan.ts";
import type { RunEnds, RunJournal, StartRequest } from "./start.ts";
import type { FirstRecord } from "./start-writer.ts";
import { asCheckpointError, confirmLease, isStoreError, withCheckpointErrors } from "./store-failure.ts";
import type { RunState } from "./state.ts";

/** Joined events of one record, in UTF-16 code units: what waits longer goes into the next one. */
const MAX_JOINED = 1024 * 1024;

interface Waiting {
  readonly events: readonly RunEvent[];
  resolve(): void;
  reject(reason: unknown): void;
}

interface Opening {
  readonly request: StartRequest;
  readonly names: KeyNames;
  readonly lease: Lease;
  readonly first: FirstRecord;
  /** The run that it resumes or retires. */
  readonly predecessor: string | undefined;
  readonly ends: RunEnds | undefined;
}

/** The journal of a run whose first record stands. */
export function openJournal(opening: Opening): RunJournal {
  return new Journal(opening);
}

/** One event as it is written: its text, and what the fold takes. */
interface Written {
  readonly event: RunEvent;
  readonly text: string;
}

class Journal implements RunJournal {
  readonly ends: RunEnds | undefined;
  readonly #request: StartRequest;
  readonly #tools: SettleTools;
  readonly #names: KeyNames;
  readonly #predecessor: string | undefined;
  readonly #lease: Lease;
  readonly #log: string;
  readonly #fold: RunFold;
  readonly #lost = new AbortController();
  readonly #queue: Waiting[] = [];
  #writing: Promise<void> | undefined;
  #seq: number;
  #sum: string;
  #closed = false;
  /** True where its records were removed at the end. */
  #cleaned = false;
  /** True from the moment an event that ends the turn is queued: nothing may come after it in its record. */
  #ending = false;
  #lastAppend: RunJournal["lastAppend"];

  constructor({ request, names, lease, first, predecessor, ends }: Opening) {
    this.ends = ends;
    this.#request = request;
    // Not the request's signal: an interrupted run still has to record that it was.
    this.#tools = {
      store: request.store,
      clock: request.clock,
      signal: lease.lost,
      check: () => confirmLease(lease),
    };
    this.#predecessor = predecessor;
    this.#names = names;
    this.#lease = lease;
    this.#log = names.run(first.started.runId);
    this.#fold = RunFold.begin(first.started, first.at);
    this.#seq = first.record.seq;
    this.#sum = first.record.sum;
    const onLeaseLost = (): void => this.#fail(asCheckpointError(lease.lost.reason));
    if (lease.lost.aborted) onLeaseLost();
    else lease.lost.addEventListener("abort", onLeaseLost, { once: true });
  }

  get runId(): string {
    return this.state().runId;
  }

  get rootRunId(): string {
    return this.state().rootRunId;
  }

  get resumedFrom(): string | undefined {
    return this.state().resumedFrom;
  }

  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  get lastAppend(): RunJournal["lastAppend"] {
    return this.#lastAppend;
  }

  state(): RunState {
    return this.#fold.state;
  }

  async append(events: readonly RunEvent[]): Promise<void> {
    this.#refuseIfOver();
    if (events.length === 0) return;
    this.#ending = events.some((event) => endsTurn(event));
    const written = new Promise<void>((resolve, reject) => {
      this.#queue.push({ events, resolve, reject });
    });
    this.#writing ??= this.#drain();
    await written;
  }

  async outputs(index: number): Promise<JsonValue | undefined> {
    const { completions, rootRunId } = this.state();
    const completion = completions.get(index);
    if (completion === undefined) return undefined;
    return withCheckpointErrors(async () =>
      readOutputs(this.#request.store, this.#names, rootRunId, completion),
    );
  }

  async noteGroups(groups: readonly ProcessGroup[]): Promise<void> {
    await withCheckpointErrors(async () => this.#lease.note({ groups }));
  }

  async cleanup(): Promise<void> {
    const { store, point } = this.#request;
    const tools = { store, names: this.#names, point };
    const run = { state: this.state(), lastSeq: this.#seq, predecessor: this.#predecessor };
    await withCheckpointErrors(async () => cleanUpChain(tools, run));
    this.#cleaned = true;
  }

  async close(): Promise<void> {
    await this.#writing;
    if (this.#closed) return;
    this.#closed = true;
    try {
      // With the lease still held: later it could overwrite what somebody else has to say of this run.
      await this.#leave();
      await this.#lease.release();
    } catch (thrown) {
      // A lease that can't be given up runs out, or is taken from a process that is gone. What the run has come to
      // is known by now, and must not be lost for this.
      if (!isStoreError(thrown)) throw thrown;
    }
  }

  /** Leaves behind what makes the run cheaper to look at. */
  async #leave(): Promise<void> {
    const { store } = this.#request;
    if (this.#cleaned || this.#lost.signal.aborted) return;
    const ended = this.state().end !== undefined;
    await Promise.all([
      store.shortcuts?.seal(this.#log),
      ended ? writeHead(store, this.#names, this.state()) : undefined,
    ]);
  }

  /** Writes what waits, one record after the other. Begins a microtask later, so that calls of one turn are joined. */
  async #drain(): Promise<void> {
    await Promise.resolve();
    while (this.#queue.length > 0) {
      const batch: Waiting[] = [];
      try {
        await this.#write(await this.#take(batch));
        for (const waiting of batch) waiting.resolve();
      } catch (thrown) {
        const reason = isStoreError(thrown) ? asCheckpointError(thrown) : thrown;
        this.#fail(reason);
        for (const waiting of [...batch, ...this.#queue.splice(0)]) waiting.reject(reason);
      }
    }
    this.#writing = undefined;
  }

  /** The events of the next record; large outputs are durable under their hash before. */
  async #take(batch: Waiting[]): Promise<Written[]> {
    const taken: Written[] = [];
    let size = 0;
    for (;;) {
      const next = this.#queue[0];
      if (next === undefined || size > MAX_JOINED) return taken;
      this.#queue.shift();
      batch.push(next);
      for (const event of next.events) {
        const text = JSON.stringify(event);
        const written = text.length > INLINE_OUTPUTS ? await this.#outsource(event, text) : { event, text };
        taken.push(written);
        size += written.text.length;
      }
    }
  }

  async #outsource(event: RunEvent, text: string): Promise<Written> {
    if (event.type !== "component-completed" && event.type !== "component-skipped") return { event, text };
    const { outputs, ...rest } = event;
    const outputsText = outputs === undefined ? "" : JSON.stringify(outputs);
    if (outputsText.length <= INLINE_OUTPUTS) return { event, text };
    const outputsAt = await writeOutputs(this.#tools, this.#names, this.rootRunId, outputsText);
    await this.#request.point?.("carried");
    const named = { ...rest, outputsAt };
    return { event: named, text: JSON.stringify(named) };
  }

  async #write(taken: readonly Written[]): Promise<void> {
    const { clock, random } = this.#request;
    const at = clock.now();
    const began = clock.steady();
    const record = encodeRecord({
      seq: this.#seq + 1,
      nonce: random.nonce(),
      prev: this.#sum,
      at,
      events: taken.map(({ text }) => text),
    });
    const settled = await appendSettled(this.#tools, this.#log, record.seq, record.text);
    if (!settled.ours) throw fencedError(this.runId, record.seq, settled.present);
    this.#seq = record.seq;
    this.#sum = record.sum;
    this.#fold.apply(
      taken.map(({ event }) => event),
      new Date(at).toISOString(),
    );
    const durationMs = clock.steady() - began;
    this.#lastAppend = { seq: record.seq, bytes: Buffer.byteLength(record.text) + 1, durationMs };
    await this.#request.point?.("appended");
  }

  #refuseIfOver(): void {
    if (this.#lost.signal.aborted) throw this.#lost.signal.reason;
    if (!this.#closed && !this.#ending) return;
    throw new CairnError(`Cannot record anything more of run "${this.runId}": it has ended`, {
      code: "CHECKPOINT_RUN_OVER",
      kind: "bug",
    });
  }

  #fail(reason: unknown): void {
    if (!this.#lost.signal.aborted && !this.#closed) this.#lost.abort(reason);
  }
}

/** The error for a number that somebody else has taken: `CHECKPOINT_FENCED` (exit 5), naming who where the record says so. */
function fencedError(runId: string, seq: number, present: string | undefined): CairnError {
  const decoded = decodeRecord<RunEvent>(seq, present);
  const event = decoded.good ? decoded.record.events[0] : undefined;
  const by =
    event?.type === "superseded"
      ? `run "${event.by}" has taken over`
      : event?.type === "deleted"
        ? "its checkpoint was deleted"
        : event?.type === "run-interrupted"
          ? event.reason === ABANDONED
            ? "it was taken for dead, and closed"
            : event.reason
          : "another process writes to its checkpoint";
  return new CairnError(`Cannot go on with run "${runId}": ${by}`, {
    code: "CHECKPOINT_FENCED",
    kind: "world",
    hint: "Nothing of this run was recorded after that. Look at what runs now: cairn checkpoints list",
    details: { runId, record: seq },
  });
}
