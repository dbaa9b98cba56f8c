import type { Clock, Random } from "../base/mod.ts";
import { reap, type ReapedKey } from "../checkpoint/mod.ts";
import type { PipelineHooks } from "../sdk/mod.ts";
import type { CheckpointStore } from "../store/mod.ts";
import { leaseHolder } from "./lease-holder.ts";
import { killGroups } from "./process-groups.ts";
import type { RunLog } from "./run-log.ts";
import { listensToEnds, tellEnds } from "./tell-ends.ts";

/** What is reaped, and with what. */
export interface ReapRunsRequest {
  readonly store: CheckpointStore;
  /** Absent: all pipelines of the location. */
  readonly pipelineName: string | undefined;
  /** True: nothing is written and nobody told. */
  readonly dryRun: boolean;
  /** Opens the hooks that are told; called once, where there is anything to tell. Undefined: what is to be told is left. */
  readonly hooks: (() => Promise<readonly PipelineHooks[]>) | undefined;
  readonly log: RunLog;
  readonly clock: Clock;
  readonly random: Random;
  readonly signal: AbortSignal | undefined;
}

/** Closes runs whose process has gone, and tells hooks the ends that nobody told them. */
export function reapRuns(request: ReapRunsRequest): Promise<readonly ReapedKey[]> {
  const { store, pipelineName, dryRun, log, clock, random, signal } = request;
  const open = request.hooks;
  let opened: Promise<readonly PipelineHooks[]> | undefined;
  const tell: Parameters<typeof reap>[0]["tell"] = async (outbox, below) => {
    const hooks = await (opened ??= open?.() ?? Promise.resolve([]));
    return listensToEnds(hooks) ? tellEnds(outbox, below, { hooks, log, signal }) : [];
  };
  const tools = { store, clock, random, holder: leaseHolder(clock), signal, killGroups };
  return reap(open === undefined ? tools : { ...tools, tell }, { pipelineName }, { dryRun });
}
