import { CairnError, type JsonValue } from "../base/mod.ts";
import type { Inspection } from "../plugin/mod.ts";
import type { ProcessGroup } from "../store/mod.ts";
import { readLines, type SecretKeeper } from "./output-lines.ts";
import { killGroup, killTree, startTimeOf } from "./process-groups.ts";
import { raiseOomScore } from "./oom-score.ts";
import type { AttemptListener, WorkerEnd, WorkerHandle, WorkerLine } from "./worker-handle.ts";
import type {
  AttemptOrder,
  Described,
  DescribeItem,
  FromWorker,
  InspectOrder,
  RunFacts,
  ToWorker,
  WireError,
} from "./worker/protocol.ts";

/** Longest wait for a component's last output after its end, in ms. */
const MARKER_TIMEOUT_MS = 1000;
/** Longest wait for a worker to end by itself when told to, in ms. */
const CLOSE_TIMEOUT_MS = 500;
/** Longest wait for the output of a worker that is gone, in ms; what still holds its pipe is no part of it. */
const DRAIN_TIMEOUT_MS = 500;

export interface ProcessWorkerOptions {
  /** The executable and its arguments that make a worker, e.g. `[process.execPath, "__worker"]`. */
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** A worker that hears nothing for so long ends itself, ms. */
  readonly silenceMs: number;
  line(line: WorkerLine): void;
  /** Waited for before more of its output is read. */
  ready?(): Promise<void> | undefined;
  /** Something that belongs into the run's result as well. */
  warning(component: string | undefined, message: string): void;
  /** Is told secrets before a component has them; what cuts lines between them comes from there too. */
  readonly secrets: SecretKeeper;
  /** The error of a component that had ended already. */
  late(error: WireError, lastComponent: string | undefined): void;
}

type Spawned = Bun.Subprocess<"ignore", "pipe", "pipe">;

function spawn(options: ProcessWorkerOptions, receive: (message: FromWorker) => void): Spawned {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(options.env)) if (value !== undefined) env[name] = value;
  return Bun.spawn([...options.command, String(process.pid), String(options.silenceMs)], {
    cwd: options.cwd,
    env,
    detached: true,
    // The fourth is the worker's lifeline (LIFELINE_FD): it closes when this process ends.
    stdio: ["ignore", "pipe", "pipe", "pipe"],
    serialization: "json",
    ipc: (message: FromWorker) => receive(message),
  });
}

/** A worker in a process, and a process group, of its own. */
export class ProcessWorker implements WorkerHandle {
  readonly pid: number;
  readonly group: ProcessGroup;
  attempts = 0;
  readonly #options: ProcessWorkerOptions;
  readonly #process: Spawned;
  readonly #gone: Promise<void>;
  #component: string | undefined;
  #listener: AttemptListener | undefined;
  /** Who waits for an answer to a question about plugins; one at a time. */
  #asking: { resolve(answer: FromWorker): void; reject(error: Error): void } | undefined;
  #outbox: ToWorker[] | undefined = [];
  #clean = true;
  #exited = false;
  /** Everything that its exit ends has been ended. */
  #over = false;
  /** Markers met on both streams, and the end that waits for one. */
  readonly #markers = [0, 0];
  /** Streams that are not read until what was printed before has been taken. */
  #paused = 0;
  #held: { readonly marker: number; readonly end: WorkerEnd; readonly timer: Timer } | undefined;

  constructor(options: ProcessWorkerOptions) {
    this.#options = options;
    this.#process = spawn(options, (message) => this.#receive(message));
    this.pid = this.#process.pid;
    this.group = { pgid: this.pid, leaderStart: startTimeOf(this.pid) };
    raiseOomScore(this.pid);
    const out = this.#read(this.#process.stdout, 0, "stdout", "info");
    const err = this.#read(this.#process.stderr, 1, "stderr", "warn");
    this.#gone = this.#watch(Promise.all([out, err]));
  }

  get reusable(): boolean {
    return this.#clean && !this.#exited && this.#listener === undefined;
  }

  open(run: RunFacts): void {
    this.#send({ kind: "run", run });
  }

  async describe(items: readonly DescribeItem[], redact: readonly string[]): Promise<readonly Described[]> {
    const answer = await this.#ask({ kind: "describe", items, redact });
    return answer.kind === "described" ? answer.items : [];
  }

  async inspect(inspect: InspectOrder): Promise<Inspection> {
    const answer = await this.#ask({ kind: "inspect", inspect });
    return answer.kind === "inspected" ? answer.inspection : { plugins: [], problems: [], checked: 0 };
  }

  start(order: AttemptOrder, listener: AttemptListener): void {
    this.attempts++;
    this.#component = order.name;
    this.#listener = listener;
    // Nobody will tell the end of an attempt that begins after its process is over, so this does.
    if (this.#over) queueMicrotask(() => this.#finish(this.#exit()));
    else this.#send({ kind: "start", order });
  }

  keptStep(step: number, problem: WireError | undefined): void {
    this.#send({ kind: "step-kept", step, problem });
  }

  answer(ask: number, answer: JsonValue | undefined, problem: WireError | undefined): void {
    this.#send({ kind: "answer", ask, answer, problem });
  }

  abort(reason: WireError): void {
    this.#send({ kind: "abort", reason });
  }

  ping(silenceMs: number): void {
    this.#send({ kind: "ping", silenceMs });
  }

  kill(): void {
    if (!this.#exited) killTree(this.pid);
  }

  async close(last = false): Promise<void> {
    this.#send({ kind: "close", ...(last ? { last } : {}) });
    const timer = setTimeout(() => this.kill(), CLOSE_TIMEOUT_MS);
    await this.#gone;
    clearTimeout(timer);
  }

  async #ask(question: ToWorker): Promise<FromWorker> {
    if (this.#exited) throw this.#goneError();
    return new Promise((resolve, reject) => {
      this.#asking = { resolve, reject };
      this.#send(question);
    });
  }

  /** Messages wait until the worker listens; a closed channel is told by the exit that follows. */
  #send(message: ToWorker): void {
    if (this.#exited) return;
    if (this.#outbox !== undefined) this.#outbox.push(message);
    else this.#process.send(message);
  }

  #receive(message: FromWorker): void {
    switch (message.kind) {
      case "ready": {
        const waiting = this.#outbox ?? [];
        this.#outbox = undefined;
        for (const one of waiting) this.#process.send(one);
        return;
      }
      case "described":
      case "inspected":
        this.#asking?.resolve(message);
        this.#asking = undefined;
        return;
      case "log":
        this.#line("log", message.level, message.message, message.fields);
        return;
      case "warning":
        this.#options.warning(this.#component, message.message);
        return;
      case "progress":
        this.#listener?.progress(message.done, message.total, message.label);
        return;
      case "secrets":
        this.#options.secrets.learn(message.values);
        this.#send({ kind: "secrets-known", ask: message.ask });
        return;
      case "step":
        this.#listener?.step(message.step, message.name, message.result);
        return;
      case "ask":
        this.#listener?.ask(message.ask, message.body);
        return;
      case "ended":
        this.#attemptEnded(message);
        return;
      case "stuck":
        this.#unclean({ how: "stuck" });
        return;
      case "uncaught":
        this.#uncaught(message.error);
        return;
    }
  }

  #line(
    source: WorkerLine["source"],
    level: WorkerLine["level"],
    message: string,
    fields: WorkerLine["fields"],
  ): void {
    this.#options.line({ component: this.#component, level, source, message, fields });
  }

  #attemptEnded(message: FromWorker & { readonly kind: "ended" }): void {
    const { end, marker, leftovers } = message;
    if (end.how === "failed") this.#clean = false;
    if (leftovers === true) {
      this.#clean = false;
      this.kill();
    }
    const seen = leftovers === true ? { ...end, leftovers } : end;
    if (marker === undefined || this.#markers.every((met) => met >= marker)) return this.#finish(seen);
    this.#hold(marker, seen);
  }

  /** Ends the attempt when its output has been read, or doesn't come. Output that is not read just now is no output that doesn't come. */
  #hold(marker: number, end: WorkerEnd): void {
    const late = (): void => (this.#paused > 0 ? this.#hold(marker, end) : this.#finish(end));
    this.#held = { marker, end, timer: setTimeout(late, MARKER_TIMEOUT_MS) };
  }

  #met(stream: number, marker: number): void {
    this.#markers[stream] = marker;
    const held = this.#held;
    if (held !== undefined && this.#markers.every((met) => met >= held.marker)) this.#finish(held.end);
  }

  #uncaught(error: WireError): void {
    if (this.#listener !== undefined && this.#held === undefined)
      return this.#unclean({ how: "uncaught", error });
    this.#clean = false;
    this.#options.late(error, this.#component);
  }

  /** The attempt is over and its process can't be trusted any more. */
  #unclean(end: WorkerEnd): void {
    this.#clean = false;
    this.kill();
    this.#finish(end);
  }

  #finish(end: WorkerEnd): void {
    clearTimeout(this.#held?.timer);
    this.#held = undefined;
    const listener = this.#listener;
    this.#listener = undefined;
    listener?.ended(end);
  }

  async #read(
    stream: ReadableStream<Uint8Array>,
    at: number,
    source: "stdout" | "stderr",
    level: "info" | "warn",
  ): Promise<void> {
    await readLines(stream, {
      line: (text) => this.#line(source, level, text, undefined),
      log: (frame) => this.#line("log", frame.level, frame.message, frame.fields),
      marker: (number) => this.#met(at, number),
      secrets: this.#options.secrets,
      ready: () => this.#pause(this.#options.ready?.()),
    });
  }

  async #pause(ready: Promise<void> | undefined): Promise<void> {
    if (ready === undefined) return;
    this.#paused++;
    await ready;
    this.#paused--;
  }

  async #watch(streams: Promise<unknown>): Promise<void> {
    await this.#process.exited;
    this.#exited = true;
    killGroup(this.pid);
    const drained = new AbortController();
    await Promise.race([streams, sleepUnless(DRAIN_TIMEOUT_MS, drained.signal)]);
    drained.abort();
    this.#asking?.reject(this.#goneError());
    this.#asking = undefined;
    this.#over = true;
    // An end that waited for its output has all of it now.
    this.#finish(this.#held?.end ?? this.#exit());
  }

  #exit(): WorkerEnd {
    const { exitCode, signalCode } = this.#process;
    return { how: "exited", code: exitCode, signal: signalCode as NodeJS.Signals | null };
  }

  #goneError(): CairnError {
    const { exitCode, signalCode } = this.#process;
    const how = signalCode === null ? `exit code ${exitCode}` : `signal ${signalCode}`;
    return new CairnError(`Cannot go on: the worker process ended with ${how} while it read the plugins`, {
      code: "WORKER_ENDED",
      kind: "world",
      hint: "A plugin that ends its process while it is loaded does this; see the log above.",
    });
  }
}

type Timer = ReturnType<typeof setTimeout>;

/** Resolves after a while, or at once when the signal aborts. */
function sleepUnless(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
