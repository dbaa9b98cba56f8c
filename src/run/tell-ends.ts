import { CairnError, messageOf } from "../base/mod.ts";
import { Outbox, type UntoldEnd } from "../checkpoint/mod.ts";
import type { AbandonedRun, HookRun, PipelineHooks } from "../sdk/mod.ts";
import { partsOf } from "./compose-hooks.ts";
import { HookCaller } from "./hook-caller.ts";
import { onAbort } from "./on-abort.ts";
import type { RunLog } from "./run-log.ts";

/** What telling the ends of earlier runs needs. */
export interface TellTools {
  readonly hooks: readonly PipelineHooks[];
  readonly log: RunLog;
  /** Ends the wait for a hook; what it was told is then told again by a later start. */
  readonly signal?: AbortSignal | undefined;
}

/** Whether any of these hooks listens to the end of a run. */
export function listensToEnds(hooks: readonly PipelineHooks[]): boolean {
  const parts = hooks.flatMap((one) => partsOf(one));
  return parts.some((one) => one.afterPipeline !== undefined || one.onAbandoned !== undefined);
}

/**
 * Tells hooks of every end that they were not told of, of runs whose start stands below a number of the key log, in
 * the order of starts; each is claimed before and settled afterwards. Gives those that were told. A store that fails
 * ends it with a word in the log: a later start tells the rest.
 */
export async function tellEnds(
  outbox: Outbox,
  below: number,
  tools: TellTools,
): Promise<readonly UntoldEnd[]> {
  const { log } = tools;
  const told: UntoldEnd[] = [];
  try {
    for (const one of await outbox.untold(below)) {
      if (one.tries >= Outbox.maxTries) {
        log.say("warn", `hooks are not told again of the end of run "${one.runId}": ${GIVEN_UP}`);
        if (await outbox.settle(one)) continue;
        break;
      }
      if (!(await outbox.claim(one))) break;
      if (!(await tellOne(one, tools))) break;
      if (!(await outbox.settle(one))) break;
      told.push(one);
      log.say("info", sentence(one));
    }
  } catch (thrown) {
    if (!(thrown instanceof CairnError) || thrown.kind !== "world") throw thrown;
    log.say("warn", `not all ends of earlier runs could be told to hooks: ${messageOf(thrown)}`);
  }
  return told;
}

const GIVEN_UP = `${Outbox.maxTries} processes died while they told it`;

function sentence({ runId, end }: UntoldEnd): string {
  return end.status === "abandoned"
    ? `run "${runId}" was abandoned: it was last seen at ${end.endedAt}; hooks were told`
    : `hooks were told of the end of run "${runId}" (${end.status}, ${end.endedAt}), which its own process could not do`;
}

/** False where the run was interrupted before all hooks had answered. */
async function tellOne(one: UntoldEnd, { hooks, log, signal }: TellTools): Promise<boolean> {
  const caller = new HookCaller(
    hooks,
    (name, point, error) => log.say("error", `hook ${point} of "${name}" failed: ${error.message}`),
    // It is another run that ended; the present one does not fail for it.
    () => undefined,
  );
  const call = callFor(caller, one).then(() => true);
  let release = (): void => undefined;
  const interrupted = new Promise<boolean>((resolve) => {
    release = onAbort(signal, () => resolve(false));
  });
  try {
    return await Promise.race([call, interrupted]);
  } finally {
    release();
  }
}

function callFor(caller: HookCaller, { runId, runKey, pipelineName, end, tries }: UntoldEnd): Promise<void> {
  const { status, startedAt, endedAt, durationMs, completed, failed, error, totalComponents } = end;
  const { rootRunId, resumedFrom, closedBy = "reap" } = end;
  const again = tries > 0;
  const run: HookRun = { runId, rootRunId, runKey, pipelineName, resumedFrom, totalComponents };
  if (status === "abandoned") {
    const facts = { startedAt, lastSeenAt: endedAt, durationMs, completed, failed, closedBy, again };
    const abandoned: AbandonedRun = { ...run, ...facts };
    return caller.call("onAbandoned", abandoned);
  }
  const hookError = error && {
    name: error.name,
    message: error.message,
    code: error.code,
    hint: error.hint,
    stack: undefined,
  };
  const late = { endedAt, again };
  return caller.call("afterPipeline", {
    ...run,
    status,
    durationMs,
    completed,
    failed,
    error: hookError,
    late,
  });
}
