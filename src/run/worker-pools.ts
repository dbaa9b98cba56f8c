import type { RunJournal } from "../checkpoint/mod.ts";
import type { SparkSettings } from "../sdk/mod.ts";
import type { OpenFiles } from "../files/mod.ts";
import type { SecretProviderFacts } from "../plugin/mod.ts";
import type { ComponentOutput } from "./component-output.ts";
import { InProcessWorker } from "./in-process-worker.ts";
import { reapOrphans } from "./reap-orphans.ts";
import { ProcessWorker } from "./process-worker.ts";
import type { RunLog } from "./run-log.ts";
import { RunnerFiles } from "./runner-files.ts";
import type { WorkerHandle } from "./worker-handle.ts";
import { WorkerPool } from "./worker-pool.ts";
import { componentEnv } from "./worker/component-env.ts";
import type { WorkerParts } from "./worker/process-main.ts";
import type { RunFacts, WireError } from "./worker/protocol.ts";

/** How long a worker's runner may be silent until the configuration says more, ms: half a lease of 5 minutes. */
const DEFAULT_SILENCE_MS = 150_000;
/** Pings within the time that a runner may be silent. */
const PINGS = 6;

export interface WorkerPoolsOptions {
  /** The executable and arguments that make a worker. */
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** What components in the runner need. */
  readonly parts: () => Promise<WorkerParts>;
  readonly log: RunLog;
}

/** The places where the components of one run can run. */
export class WorkerPools {
  readonly processes: WorkerPool;
  readonly inRunner: WorkerPool;
  readonly #options: WorkerPoolsOptions;
  #silenceMs = DEFAULT_SILENCE_MS;
  #journal: RunJournal | undefined;
  #parts: WorkerParts | undefined;
  #pings: ReturnType<typeof setInterval> | undefined;
  #describesInRunner = false;
  #output: ComponentOutput | undefined;
  #secretProviders: readonly SecretProviderFacts[] = [];
  readonly #files = new Map<SparkSettings | undefined, RunnerFiles>();
  readonly #stopReaping: (() => void) | undefined;

  constructor(options: WorkerPoolsOptions) {
    this.#options = options;
    this.processes = new WorkerPool({
      start: () => this.#startProcess(),
      noteGroups: async (groups) => this.#journal?.noteGroups(groups),
    });
    this.inRunner = new WorkerPool({
      start: () => this.#startInRunner(),
      noteGroups: () => Promise.resolve(),
    });
    process.on("exit", this.#killAll);
    this.#stopReaping = process.pid === 1 ? reapOrphans() : undefined;
  }

  /** Makes ready what `isolation = none` needs: then plugins are described in the runner too. */
  async useRunner(describe: boolean): Promise<void> {
    this.#parts ??= await this.#options.parts();
    // With it come a console and streams of Node, which other runs need not load.
    const { ComponentOutput } = await import("./component-output.ts");
    this.#output ??= new ComponentOutput();
    this.#describesInRunner = describe;
  }

  /** The worker that loads plugins to check them; it stays for the first component. */
  describing(): WorkerHandle {
    const pool = this.#describesInRunner ? this.inRunner : this.processes;
    const worker = pool.borrow();
    return worker;
  }

  /** The secret providers that components may need; before `open`. */
  useSecrets(providers: readonly SecretProviderFacts[]): void {
    this.#secretProviders = providers;
  }

  /** Data as components reach it, for what the runner does in their name; `spark` has references in the place of secrets. */
  files(spark: SparkSettings | undefined): () => Promise<OpenFiles> {
    const { env, cwd, log } = this.#options;
    const known = this.#files.get(spark);
    if (known !== undefined) return known.get;
    const settings = { env: componentEnv(env), cwd, log, spark };
    const files = new RunnerFiles(() => ({ ...settings, secretProviders: this.#secretProviders }));
    this.#files.set(spark, files);
    return files.get;
  }

  open(given: RunFacts, journal: RunJournal | undefined): void {
    const run = { ...given, secretProviders: this.#secretProviders };
    this.#journal = journal;
    this.processes.open(run);
    this.inRunner.open(run);
  }

  /** Half the lease of the run: a worker that hears nothing from its runner for so long, ms, ends itself. */
  setSilence(silenceMs: number): void {
    if (silenceMs === this.#silenceMs) return;
    this.#silenceMs = silenceMs;
    if (this.#pings === undefined) return;
    clearInterval(this.#pings);
    this.#ping();
    this.#pings = this.#startPings();
  }

  /** Kills all worker processes at once. */
  kill(): void {
    this.processes.kill();
  }

  async close(): Promise<void> {
    clearInterval(this.#pings);
    this.#pings = undefined;
    await Promise.all([this.processes.close(), this.inRunner.close()]);
    for (const files of this.#files.values()) await files.close();
    this.#output?.close();
    process.off("exit", this.#killAll);
    this.#stopReaping?.();
  }

  readonly #killAll = (): void => this.kill();

  readonly #late = (error: WireError, lastComponent: string | undefined): void => {
    const after = lastComponent === undefined ? "" : ` after ${JSON.stringify(lastComponent)} had ended`;
    this.#options.log.line({
      component: lastComponent,
      level: "warn",
      source: "runner",
      message: `an error that nobody caught came${after}; what was recorded stays, and the process is not used again: ${error.name}: ${error.message}`,
      fields: undefined,
    });
  };

  #startProcess(): WorkerHandle {
    const { command, cwd, env, log } = this.#options;
    const worker = new ProcessWorker({
      command,
      // Whatever a component starts inherits this: our own flags' variables would steer a `cairn` in there.
      env: componentEnv(env),
      cwd,
      silenceMs: this.#silenceMs,
      line: (line) => log.line(line),
      ready: () => log.ready(),
      warning: (component, message) => log.warning(component, message),
      secrets: log.secrets,
      late: this.#late,
    });
    this.#pings ??= this.#startPings();
    return worker;
  }

  #startPings(): ReturnType<typeof setInterval> {
    const timer = setInterval(() => this.#ping(), this.#silenceMs / PINGS);
    timer.unref();
    return timer;
  }

  #ping(): void {
    for (const worker of this.processes.workers) {
      if (worker instanceof ProcessWorker) worker.ping(this.#silenceMs);
    }
  }

  #startInRunner(): WorkerHandle {
    const { cwd, env, log } = this.#options;
    const parts = this.#parts;
    const output = this.#output;
    if (parts === undefined || output === undefined) {
      throw new Error("the runner was not made ready for components");
    }
    return new InProcessWorker({
      parts,
      env,
      cwd,
      output,
      line: (line) => log.line(line),
      warning: (component, message) => log.warning(component, message),
      secrets: log.secrets,
      late: this.#late,
    });
  }
}
