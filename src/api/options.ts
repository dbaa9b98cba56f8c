import type { Clock, Random } from "../base/mod.ts";
import type { Isolation } from "../config/mod.ts";
import type { Override } from "../hocon/mod.ts";
import type { RunObserver } from "../run/mod.ts";
import type { PipelineHooks } from "../sdk/mod.ts";
import type { CheckpointStore } from "../store/mod.ts";

/** Variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** How a configuration is read. */
export interface LoadOptions {
  /** Absolute working directory that relative paths of the call count from. Default: the process's. */
  readonly cwd?: string | undefined;
  /** Default: the process's environment. Also what components are given. */
  readonly env?: Environment | undefined;
  /** The configuration itself, where `path` is `-`. */
  readonly text?: string | Uint8Array | undefined;
  /** A file of more variables for substitutions; those of `env` win. */
  readonly envFile?: string | undefined;
  /** `--set PATH=VALUE`; later ones win. Remembered in the checkpoint and restored by a resume. */
  readonly set?: readonly Override[] | undefined;
  /** Default false. */
  readonly allowUrlIncludes?: boolean | undefined;
  /** Leaves values with unset variables out instead of reporting them. Default false. */
  readonly allowUnsetEnv?: boolean | undefined;
}

/** Where plugins are looked for, and how their processes are started. */
export interface PluginOptions {
  /** Folders before those of the configuration. Relative ones count from `cwd`. */
  readonly plugins?: readonly string[] | undefined;
  /** How a worker process is started. Default: this executable with `__worker`. */
  readonly workerCommand?: readonly string[] | undefined;
}

/** Which run a start goes on from, and what then is restored. */
export interface ResumeOptions {
  /** On or off over the configuration; a text is on, at that location. */
  readonly checkpoint?: boolean | string | undefined;
  /** An open store, over any location; the caller closes it. Implies checkpointing. */
  readonly store?: CheckpointStore | undefined;
  /** Over the configuration. */
  readonly autoResume?: boolean | undefined;
  /** The run to resume: its ID, a unique prefix of it, or `latest`. Implies checkpointing. */
  readonly resume?: string | undefined;
  /** Start anew and retire the run that could be resumed. */
  readonly fresh?: boolean | undefined;
  readonly runKey?: string | undefined;
  /** The caller's own ID for this run. Default: a UUID of version 7. */
  readonly runId?: string | undefined;
  /** Run components again that were started too often without completing. Default false. */
  readonly retryPoisoned?: boolean | undefined;
  /**
   * Outcomes of external actions that Cairn can't look up, as a person found them out: `COMPONENT/KEY=absent` (start it),
   * `COMPONENT/KEY=done`, `COMPONENT/KEY=done:JSON` (take this result).
   */
  readonly declare?: readonly string[] | undefined;
  /** Over the configuration. */
  readonly onConfigChange?: "refuse" | "rerun" | "accept" | undefined;
  /** Over the configuration. */
  readonly onCodeChange?: "warn" | "refuse" | "rerun" | undefined;
  /** Over the configuration; remembered and restored by a resume. */
  readonly failFast?: boolean | undefined;
  /** Run only these and what comes after them, by instance name; remembered and restored by a resume, as the next three. */
  readonly from?: readonly string[] | undefined;
  /** Run only these and what they come after. */
  readonly to?: readonly string[] | undefined;
  /** Run only these. */
  readonly only?: readonly string[] | undefined;
  /** Leave these out. */
  readonly skip?: readonly string[] | undefined;
  /** Over the configuration. */
  readonly maxParallel?: number | undefined;
}

/** How a pipeline is run. */
export interface RunOptions extends ResumeOptions, PluginOptions {
  /** Called after those of the configuration. */
  readonly hooks?: PipelineHooks | undefined;
  /**
   * Hooks of the caller's own view of this run, called last. Of ends they are told this run's alone, always by this
   * process; those of `hooks` are told each run's end once, whichever process does it.
   */
  readonly watch?: PipelineHooks | undefined;
  /** A live holder met: throw (the default) or wait. */
  readonly ifHeld?: "fail" | "wait" | undefined;
  /** Longest wait for a holder in ms; absent: no bound. */
  readonly waitMs?: number | undefined;
  /** Over the configuration. */
  readonly cleanupOnSuccess?: boolean | undefined;
  /** Of the whole run in ms, over the configuration; past it the run fails with exit code 9. */
  readonly timeoutMs?: number | undefined;
  /** Between the abort of a component and the kill of its process group, in ms. Default 10,000. */
  readonly graceMs?: number | undefined;
  /** For all components, over the configuration. */
  readonly isolation?: Isolation | undefined;
  /** Log lines and progress as they come. */
  readonly observer?: RunObserver | undefined;
  /** Abort it, best with an {@link Interrupt} as reason, to interrupt the run: no new component starts, running ones are aborted and after `graceMs` killed. */
  readonly signal?: AbortSignal | undefined;
  /** Abort it after `signal` to kill what still runs at once. */
  readonly kill?: AbortSignal | undefined;
  /** Called at named instants, for crash tests. */
  readonly point?: ((name: string) => void | Promise<void>) | undefined;
  readonly clock?: Clock | undefined;
  readonly random?: Random | undefined;
  /** Environment of substitutions and components. Default: the process's. */
  readonly env?: Environment | undefined;
  /** Absolute. Default: the process's working directory. */
  readonly cwd?: string | undefined;
}

/** A run from a configuration file. */
export interface FileRunOptions extends LoadOptions, RunOptions {
  readonly env?: Environment | undefined;
  readonly cwd?: string | undefined;
}
