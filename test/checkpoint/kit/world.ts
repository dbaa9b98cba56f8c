import type { Clock, Random } from "../../../src/base/mod.ts";
import {
  deleteRun,
  keyNames,
  prune,
  reap,
  type RunEnd,
  type RunEvent,
  type RunHeader,
  type RunJournal,
  startRun,
  type StartMode,
  type StartRequest,
} from "../../../src/checkpoint/mod.ts";
import { carryAll } from "../../../src/checkpoint/carry-all.ts";
import { readKeyLog } from "../../../src/checkpoint/key-log.ts";
import type { CheckpointStore } from "../../../src/store/mod.ts";
import { Ghost } from "./ghost.ts";
import { ToldEnds } from "./told-ends.ts";
import { copyObjects, type Objects, objectStore, type StoreTime } from "./object-store.ts";

const PIPELINE = "model";
const COMPONENTS = 2;

/** What a process does; as the model's process kinds, a plain new run, and starts with a caller's run ID. */
export type Role = "auto" | "fresh" | "new" | "resume" | "named" | "named-new" | "delete" | "prune" | "reap";

/** One choice of a schedule: which process goes on, and how. */
export interface Move {
  readonly actor: Actor;
  /** The store does it and the answer is lost. */
  readonly loseAnswer?: boolean;
}

interface Pending {
  readonly what: string;
  readonly isAppend: boolean;
  act(): Promise<unknown>;
  resolve(value: unknown): void;
  reject(reason: unknown): void;
}

/** One process: it stands before a call of the store until it is let go on. */
export class Actor {
  readonly name: string;
  readonly role: Role;
  pending: Pending | undefined;
  /** Undefined while it lives; why it ended. */
  end: string | undefined;
  started = false;
  #wake: (() => void) | undefined;

  constructor(name: string, role: Role) {
    this.name = name;
    this.role = role;
  }

  /** Called by the process: waits until the schedule lets this call happen. */
  async turn<T>(what: string, isAppend: boolean, act: () => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.pending = { what, isAppend, act, resolve: (value) => resolve(value as T), reject };
      this.#wake?.();
    });
  }

  finish(why: string): void {
    this.end = why;
    this.#wake?.();
  }

  /** Resolves when the process stands before its next call or has ended. */
  async settled(): Promise<void> {
    if (this.pending !== undefined || this.end !== undefined) return;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    this.#wake = undefined;
  }
}

export interface WorldOptions {
  readonly roles: readonly Role[];
  /** Whether components may fail. */
  readonly fail?: boolean;
  readonly cleanup?: boolean;
  readonly runKey?: string;
  /** Whether hooks listen to the ends of runs. */
  readonly tells?: boolean;
  /** Chance of the next choice, in [0, 1). */
  readonly chance: () => number;
}

/** Several processes over one store, one call at a time, in any order. */
export class World {
  readonly objects: Objects = new Map();
  readonly time: StoreTime = { now: 0, writtenAt: new Map() };
  readonly ghost: Ghost = new Ghost(this.objects);
  readonly actors: Actor[];
  readonly trace: string[] = [];
  readonly ends: ToldEnds = new ToldEnds();
  readonly #options: WorldOptions;
  #runs = 0;
  #nonces = 0;
  #ticks = 0;

  constructor(options: WorldOptions) {
    this.#options = options;
    this.actors = options.roles.map((role, index) => new Actor(`P${index + 1}`, role));
  }

  /** Processes that can go on; those not yet begun too. */
  alive(): Actor[] {
    return this.actors.filter((actor) => actor.end === undefined);
  }

  /** Lets one process do its next call. */
  async step({ actor, loseAnswer = false }: Move): Promise<void> {
    if (!actor.started) {
      actor.started = true;
      void this.#play(actor);
      await actor.settled();
      return;
    }
    const pending = actor.pending;
    if (pending === undefined) throw new Error(`${actor.name} has nothing to do`);
    actor.pending = undefined;
    this.trace.push(
      `${actor.name}(${actor.role}) ${pending.what}${loseAnswer ? "; the answer is lost" : ""}`,
    );
    try {
      const value = await pending.act();
      if (loseAnswer) pending.reject(new Error("the answer is lost"));
      else pending.resolve(value);
    } catch (thrown) {
      pending.reject(thrown);
    }
    await actor.settled();
  }

  async #play(actor: Actor): Promise<void> {
    const store = this.#storeOf(actor);
    try {
      actor.finish(await this.#playRole(actor, store));
    } catch (thrown) {
      actor.finish(thrown instanceof Error ? thrown.message : String(thrown));
    }
  }

  async #playRole(actor: Actor, store: CheckpointStore): Promise<string> {
    switch (actor.role) {
      case "delete":
      case "prune":
        return this.#remove(actor.role, store);
      case "reap":
        return this.#reap(store);
      default:
        return this.#start(actor, store, actor.role);
    }
  }

  async #reap(store: CheckpointStore): Promise<string> {
    const { ends } = this;
    await reap(
      {
        store,
        clock: this.#clock(),
        random: this.#random(),
        holder: HOLDER,
        killGroups: async () => Promise.resolve(),
        tell: async (outbox, below) => ends.tellAll(outbox, below),
      },
      {},
    );
    return "reaped";
  }

  async #start(
    actor: Actor,
    store: CheckpointStore,
    role: Exclude<Role, "delete" | "prune" | "reap">,
  ): Promise<string> {
    const mode: StartMode =
      role === "resume" ? { kind: "resume", runId: await this.#anyRun(store) } : { kind: KINDS[role] };
    const runId = role === "named" || role === "named-new" ? "job" : undefined;
    const outcome = await startRun({ ...this.request(store, mode), runId });
    if (outcome.kind !== "started") return outcome.kind;
    const { journal } = outcome;
    this.ghost.runs(actor.name, journal.runId, journal.resumedFrom);
    if (journal.ends !== undefined) {
      this.ends.begun.add(journal.runId);
      await this.ends.tellAll(journal.ends.outbox, journal.ends.start);
    }
    return this.#run(journal);
  }

  /** The end of a run: recorded, and told where hooks listen. */
  async #end(
    journal: RunJournal,
    event: Extract<RunEvent, { readonly type: "run-completed" | "run-failed" }>,
  ): Promise<void> {
    await journal.append([this.#options.tells === true ? { ...event, end: END } : event]);
    if (journal.ends === undefined) return;
    const own = { start: journal.ends.start, runId: journal.runId, tries: 0 };
    await this.ends.tellOne(journal.ends.outbox, own);
  }

  async #run(journal: RunJournal): Promise<string> {
    for (let index = 0; index < COMPONENTS; index++) {
      if (journal.state().completions.has(index)) continue;
      if (this.#options.fail === true && this.#options.chance() < 0.2) {
        await this.#end(journal, { type: "run-failed", reason: "component" });
        await journal.close();
        return "failed";
      }
      await journal.append([completion(index)]);
    }
    await this.#end(journal, { type: "run-completed" });
    if (this.#options.cleanup !== false) await journal.cleanup();
    await journal.close();
    return "completed";
  }

  async #remove(role: "delete" | "prune", store: CheckpointStore): Promise<string> {
    const tools = { store, clock: this.#clock(), random: this.#random() };
    if (role === "delete") {
      const run = { names: keyNames(PIPELINE, this.#options.runKey), runId: await this.#anyRun(store) };
      await deleteRun(tools, run, { ignoreLease: true });
    } else {
      const states = ["completed", "superseded", "deleted", "failed"] as const;
      await prune(tools, { pipelineName: PIPELINE, olderThanMs: 0, states, ignoreLease: true });
    }
    return "removed";
  }

  async #anyRun(store: CheckpointStore): Promise<string> {
    const lines = await readKeyLog(store, keyNames(PIPELINE, this.#options.runKey));
    const chosen = lines[Math.floor(this.#options.chance() * lines.length)];
    if (chosen === undefined) throw new Error("there is no run yet");
    return chosen.runId;
  }

  /** A request that carries all that the run before had completed. */
  request(store: CheckpointStore, mode: StartMode): StartRequest {
    return {
      store,
      pipelineName: PIPELINE,
      runKey: this.#options.runKey,
      mode,
      holder: HOLDER,
      ifHeld: "fail",
      decide: async (previous): Promise<RunHeader> => ({
        components: modelComponents,
        options: {},
        tells: this.#options.tells === true,
        ...(previous !== undefined && { carried: carryAll(previous) }),
      }),
      clock: this.#clock(),
      random: this.#random(),
      killGroups: async () => Promise.resolve(),
    };
  }

  /** Everybody else is dead: does one new start on a copy of the store reach completion? */
  async loneStart(): Promise<string | undefined> {
    const store = objectStore(copyObjects(this.objects));
    try {
      const outcome = await startRun({
        ...this.request(store, { kind: "auto" }),
        runKey: this.#options.runKey,
      });
      if (outcome.kind !== "started") {
        return this.#options.runKey === undefined ? `I5: a lone start answers ${outcome.kind}` : undefined;
      }
      for (let index = 0; index < COMPONENTS; index++) {
        if (!outcome.journal.state().completions.has(index))
          await outcome.journal.append([completion(index)]);
      }
      await outcome.journal.append([{ type: "run-completed" }]);
      return undefined;
    } catch (thrown) {
      return `I5: a lone start fails: ${String(thrown)}`;
    }
  }

  /** Everybody else is dead: what a reap then leaves untold, or told too often. */
  async loneReap(): Promise<string | undefined> {
    if (this.#options.tells !== true) return undefined;
    const store = objectStore(copyObjects(this.objects));
    const ends = this.ends.copy();
    await reap(
      {
        store,
        clock: this.#clock(),
        random: this.#random(),
        holder: HOLDER,
        killGroups: async () => Promise.resolve(),
        tell: async (outbox, below) => ends.tellAll(outbox, below),
      },
      {},
    );
    return ends.broken();
  }

  #clock(): Clock {
    return {
      now: () => Date.UTC(2026, 0, 1) + this.#ticks++,
      steady: () => 0,
      sleep: async () => Promise.resolve(),
    };
  }

  #random(): Random {
    return {
      runId: () => `run-${++this.#runs}`,
      nonce: () => String(++this.#nonces).padStart(16, "0"),
      fraction: () => 0.5,
    };
  }

  /** The store as one process sees it: each call waits for its turn, and accepted writes are watched. */
  #storeOf(actor: Actor): CheckpointStore {
    const store = objectStore(this.objects, this.time);
    const ghost = this.ghost;
    return {
      ...store,
      append: async (log, seq, text) =>
        actor.turn(`puts ${shown(log)} ${seq} ${typesIn(text)}`, true, async () => {
          const answer = await store.append(log, seq, text);
          if (!answer.taken) ghost.accepted(actor.name, log, seq, text);
          return answer;
        }),
      read: async (log, from) => actor.turn(`reads ${shown(log)}`, false, async () => store.read(log, from)),
      logs: async (prefix) => actor.turn(`lists ${prefix}`, false, async () => store.logs(prefix)),
      last: async (log) => actor.turn(`reads the end of ${shown(log)}`, false, async () => store.last(log)),
      remove: async (log, seqs) => this.#removeOneByOne(actor, store, log, seqs),
    };
  }

  async #removeOneByOne(
    actor: Actor,
    store: CheckpointStore,
    log: string,
    seqs: readonly number[],
  ): Promise<void> {
    for (const part of [seqs.slice(0, 1), seqs.slice(1)]) {
      if (part.length === 0) continue;
      await actor.turn(`removes ${shown(log)} ${part.join(",")}`, false, async () => store.remove(log, part));
    }
  }
}

const KINDS = { auto: "auto", fresh: "fresh", new: "new", named: "auto", "named-new": "new" } as const;

const HOLDER = {
  id: "model",
  host: "here",
  pid: 1,
  pidStart: "1",
  bootId: "b",
  pidNamespace: "n",
  since: "2026-01-01T00:00:00.000Z",
  groups: [],
};

const END: RunEnd = {
  status: "failed",
  startedAt: "2026-01-01T00:00:00.000Z",
  endedAt: "2026-01-01T00:00:00.000Z",
  durationMs: 0,
  rootRunId: "root",
  totalComponents: COMPONENTS,
  completed: 0,
  failed: 0,
};

const modelComponents = Array.from({ length: COMPONENTS }, (_, index) => ({
  name: `c${index}`,
  type: "t",
  fingerprint: { config: `config ${index}`, code: "" },
  after: index === 0 ? [] : [index - 1],
}));

const AT = "2026-01-01T00:00:00.000Z";

function completion(index: number): RunEvent {
  return { type: "component-completed", index, attempt: 1, startedAt: AT, completedAt: AT, durationMs: 0 };
}

function shown(log: string): string {
  return log.slice(log.indexOf("/unkeyed/") + "/unkeyed/".length);
}

function typesIn(text: string): string {
  const { events } = JSON.parse(text) as { events: readonly { type: string; runId?: string; by?: string }[] };
  return events.map((event) => `${event.type} ${event.by ?? event.runId ?? ""}`.trim()).join("+");
}
