import type { KeyLogEntry, RunEvent } from "../../../src/checkpoint/mod.ts";
import { runSegment } from "../../../src/checkpoint/names.ts";
import { judgeRun, type RunReading } from "../../../src/checkpoint/run-reading.ts";
import type { Objects } from "./object-store.ts";

/** What is true of a run, whatever its journal still says. */
interface RunGhost {
  readonly done: Set<number>;
  readonly creators: Set<string>;
  readonly runners: Set<string>;
  completed: boolean;
  supersededBy: string | undefined;
  deleted: boolean;
  before: string | undefined;
  carriesNothing: boolean;
}

/**
 * Watches every accepted write and keeps the truth beside the store, as the executable model does; the invariants
 * I1 to I6 are checked against it. A violation is noted in `violations`.
 */
export class Ghost {
  readonly violations: string[] = [];
  readonly #runs = new Map<string, RunGhost>();
  readonly #keys: string[] = [];
  readonly #seen = new Set<string>();
  /** Run IDs by the last segment of their journal's name. */
  readonly #ids = new Map<string, string>();
  readonly #objects: Objects;

  constructor(objects: Objects) {
    this.#objects = objects;
  }

  /** An append that was accepted, seen after it happened. */
  accepted(actor: string, log: string, seq: number, text: string): void {
    // A lost answer: the record stood before, and the same bytes were sent again.
    if (this.#seen.has(`${log} ${text}`)) return;
    this.#seen.add(`${log} ${text}`);
    const { events } = JSON.parse(text) as { events: readonly (RunEvent | KeyLogEntry)[] };
    if (log.endsWith("/keys")) {
      for (const event of events) if (event.type === "start") this.#keyed(event);
      return;
    }
    if (!log.includes("/runs/")) return;
    const segment = log.slice(log.lastIndexOf("/") + 1);
    const runId = this.#ids.get(segment) ?? segment;
    const isVoid = this.#top(log) > seq;
    for (const event of events) this.#event(actor, runId, event as RunEvent, isVoid);
    this.#looks(log, runId);
  }

  /** A start has returned: somebody runs this run now. */
  runs(actor: string, runId: string, resumedFrom: string | undefined): void {
    const ghost = this.#of(runId);
    if (ghost.runners.size > 0 && !ghost.runners.has(actor)) this.#bad("I3", `run ${runId} has two runners`);
    ghost.runners.add(actor);
    if (ghost.completed) this.#bad("I4", `the completed run ${runId} is run again`);
    if (ghost.deleted) this.#bad("I6", `the deleted run ${runId} is run again`);
    if (ghost.supersededBy !== undefined) this.#bad("I6", `the superseded run ${runId} is run again`);
    if (resumedFrom === undefined) return;
    if (this.#of(resumedFrom).completed)
      this.#bad("I4", `run ${runId} resumes the completed run ${resumedFrom}`);
    for (const [other, { completed }] of this.#runs) {
      if (completed && other !== resumedFrom && this.#place(other) > this.#place(resumedFrom)) {
        this.#bad("I4", `run ${runId} resumes ${resumedFrom}, older than the completed run ${other}`);
      }
    }
  }

  #bad(invariant: string, what: string): void {
    this.violations.push(`${invariant}: ${what}`);
  }

  #of(runId: string): RunGhost {
    const known = this.#runs.get(runId);
    if (known !== undefined) return known;
    this.#ids.set(runSegment(runId), runId);
    const ghost: RunGhost = {
      done: new Set(),
      creators: new Set(),
      runners: new Set(),
      completed: false,
      supersededBy: undefined,
      deleted: false,
      before: undefined,
      carriesNothing: false,
    };
    this.#runs.set(runId, ghost);
    return ghost;
  }

  #place(runId: string): number {
    return this.#keys.indexOf(runId);
  }

  #top(log: string): number {
    return Math.max(0, ...(this.#objects.get(log)?.keys() ?? []));
  }

  #keyed(entry: KeyLogEntry): void {
    this.#keys.push(entry.runId);
    this.#of(entry.runId);
    if (entry.retires !== undefined) this.#of(entry.runId).carriesNothing = true;
  }

  #event(actor: string, runId: string, event: RunEvent, isVoid: boolean): void {
    const ghost = this.#of(runId);
    const over = ghost.completed || ghost.supersededBy !== undefined || ghost.deleted;
    switch (event.type) {
      case "run-started":
        return this.#started(actor, runId, event);
      case "component-completed":
        this.#completion(runId, event.index, over);
        return;
      case "run-completed":
        if (over) this.#bad("I6", `run-completed accepted by ${runId}, which was over`);
        ghost.completed = true;
        return;
      case "superseded":
        if (over && !isVoid) this.#bad("I6", `superseded accepted by ${runId}, which was over`);
        if (isVoid) return;
        ghost.supersededBy = event.by;
        this.#of(event.by).before = runId;
        if (event.fresh) this.#of(event.by).carriesNothing = true;
        return;
      case "deleted":
        if ((ghost.completed || ghost.supersededBy !== undefined) && !isVoid && this.#hasRecords(runId)) {
          this.#bad("I6", `deleted accepted by ${runId}, which was over`);
        }
        if (!isVoid) ghost.deleted = true;
        return;
      default:
        if (over && !isVoid) this.#bad("I6", `${event.type} accepted by ${runId}, which was over`);
    }
  }

  #hasRecords(runId: string): boolean {
    return [...this.#objects].some(
      ([log, records]) => log.endsWith(`/runs/${runSegment(runId)}`) && records.size > 1,
    );
  }

  #started(actor: string, runId: string, event: Extract<RunEvent, { type: "run-started" }>): void {
    const ghost = this.#of(runId);
    if (ghost.creators.size === 0 && !ghost.deleted) {
      const carried = new Set((event.carried?.completions ?? []).map(({ index }) => index));
      const before = ghost.before;
      if (before !== undefined && !ghost.carriesNothing && event.resumedFrom !== undefined) {
        const wanted = this.#of(before).done;
        if (carried.symmetricDifference(wanted).size > 0) {
          this.#bad(
            "I1",
            `run ${runId} carries {${[...carried].join()}}, but ${before} had completed {${[...wanted].join()}}`,
          );
        }
      }
      for (const index of carried) ghost.done.add(index);
      const rivals = [...this.#runs].filter(
        ([other, known]) =>
          other !== runId && before !== undefined && known.before === before && known.creators.size > 0,
      );
      if (rivals.length > 0) this.#bad("I3", `run ${before} has two successors with a first record`);
    }
    ghost.creators.add(actor);
  }

  #completion(runId: string, index: number, over: boolean): void {
    if (over) this.#bad("I6", `a completion accepted by ${runId}, which was over`);
    for (const [other, { creators }] of this.#runs) {
      if (other !== runId && creators.size > 0 && this.#place(other) > this.#place(runId)) {
        this.#bad("I2", `run ${runId} records component ${index} after the later run ${other} has started`);
      }
    }
    this.#of(runId).done.add(index);
  }

  /** A run that is over must not look resumable again. */
  #looks(log: string, runId: string): void {
    const ghost = this.#of(runId);
    if (!ghost.completed && !ghost.deleted && ghost.supersededBy === undefined) return;
    const stored = [...(this.#objects.get(log) ?? [])]
      .map(([seq, text]) => ({ seq, text }))
      .toSorted((a, b) => a.seq - b.seq);
    const { kind }: RunReading = judgeRun(runId, stored);
    if (kind === "open" || kind === "failed")
      this.#bad("I6", `run ${runId} was over and looks resumable again`);
  }
}
