import { type Clock, systemClock, systemRandom } from "../base/mod.ts";
import { type PipelineConfig, redactorFor } from "../config/mod.ts";
import { reapRuns, RunLog, type RunObserver } from "../run/mod.ts";
import type { PipelineHooks } from "../sdk/mod.ts";
import type { CheckpointStore, LeaseHolder } from "../store/mod.ts";
import type { Environment, PluginOptions } from "./options.ts";
import { runnerSecrets } from "./runner-secrets.ts";
import { foldersOf, openConfiguredHooks } from "./wire.ts";

/** What to close, and whom to tell. */
export interface ReapRequest extends Pick<PluginOptions, "plugins"> {
  /** Its pipeline is the one that is meant, and its hooks are told. */
  readonly config?: PipelineConfig | undefined;
  /** Only runs of the pipeline of that name. Default: that of `config`, else all. */
  readonly pipelineName?: string | undefined;
  /** Told after those of `config`. */
  readonly hooks?: PipelineHooks | undefined;
  /** Only say what would be done. Default false. */
  readonly dryRun?: boolean | undefined;
  readonly observer?: RunObserver | undefined;
  readonly clock?: Clock | undefined;
  readonly env?: Environment | undefined;
  readonly cwd?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A run whose process had gone, and which is closed now. */
export interface ClosedRun {
  readonly runId: string;
  readonly pipelineName: string;
  readonly runKey: string | null;
  readonly startedAt: string;
  /** When it last recorded anything. */
  readonly lastSeenAt: string;
  readonly completedComponents: number;
  readonly totalComponents: number;
}

/** The end of a run that hooks were told. */
export interface ToldEnd {
  readonly runId: string;
  readonly pipelineName: string;
  readonly runKey: string | null;
  /** `abandoned`: by `onAbandoned`; any other by `afterPipeline`. */
  readonly status: "completed" | "partial" | "failed" | "interrupted" | "abandoned";
  readonly endedAt: string;
  /** True: a process died while it told this, so that hooks may have been told before. */
  readonly again: boolean;
}

/** A pipeline and run key in which something is to be done, and which a live runner holds. */
export interface HeldKey {
  readonly pipelineName: string;
  readonly runKey: string | null;
  readonly holder: LeaseHolder;
}

/** What was done; of a dry run, what would be. */
export interface ReapReport {
  readonly version: 1;
  readonly dryRun: boolean;
  readonly closed: readonly ClosedRun[];
  /** Of a dry run without the runs in `closed`, whose hooks would be told, too. */
  readonly told: readonly ToldEnd[];
  readonly held: readonly HeldKey[];
}

/**
 * Closes the runs of a store whose process has gone, and tells hooks the ends of runs that nobody told them: what every
 * start does for its own pipeline and run key. Without hooks runs are closed, and telling is left to whoever has them.
 *
 * ```ts
 * const report = await reapCheckpoints(store, { config: await loadConfig("daily.conf") });
 * ```
 *
 * @throws CairnError CHECKPOINT_STORE_FAILED; CONFIG_INVALID, HOOKS_OPEN_FAILED where there is something to tell
 */
export async function reapCheckpoints(
  store: CheckpointStore,
  request: ReapRequest = {},
): Promise<ReapReport> {
  const { config, dryRun = false, observer = {}, clock = systemClock, signal } = request;
  const redactor = redactorFor(config);
  const log = new RunLog(observer, clock, redactor);
  const hasHooks = request.hooks !== undefined || (config?.hooks.length ?? 0) > 0;
  const keys = await reapRuns({
    store,
    pipelineName: request.pipelineName ?? config?.pipelineName,
    dryRun,
    hooks: hasHooks ? () => openHooks(request, clock) : undefined,
    log,
    clock,
    random: systemRandom,
    signal,
  });
  const keyOf = ({ runKey }: { readonly runKey: string | undefined }): string | null => runKey ?? null;
  return {
    version: 1,
    dryRun,
    closed: keys.flatMap(({ closed }) => {
      if (closed === undefined) return [];
      const { startedAt, endedAt, completed, totalComponents } = closed.end;
      const { runId, pipelineName } = closed;
      const facts = { runId, pipelineName, runKey: keyOf(closed) };
      return { ...facts, startedAt, lastSeenAt: endedAt, completedComponents: completed, totalComponents };
    }),
    told: keys.flatMap(({ told }) =>
      told.map((one) => {
        const { status, endedAt } = one.end;
        const { runId, pipelineName, tries } = one;
        return { runId, pipelineName, runKey: keyOf(one), status, endedAt, again: tries > 0 };
      }),
    ),
    held: keys.flatMap((key) => {
      if (key.heldBy === undefined) return [];
      return { pipelineName: key.pipelineName, runKey: keyOf(key), holder: key.heldBy };
    }),
  };
}

async function openHooks(request: ReapRequest, clock: Clock): Promise<readonly PipelineHooks[]> {
  const { config, plugins = [], env = process.env, cwd = process.cwd() } = request;
  const given = request.hooks === undefined ? [] : [request.hooks];
  if (config === undefined) return given;
  const lookup = { plugins, env, cwd };
  const folders = await foldersOf(config, lookup, () => undefined);
  const write = (line: string): void => void process.stderr.write(`${line}\n`);
  const redactor = redactorFor(config);
  const secrets = runnerSecrets(config, lookup, redactor);
  return [
    ...(await openConfiguredHooks({ config, folders, env, secrets, clock, redactor, write })),
    ...given,
  ];
}
