import type { Clock } from "../../src/base/mod.ts";
import type { HookComponent, HookError, HookRun, PipelineHooks, RunStatus } from "../../src/sdk/mod.ts";

/** 2026-11-23T19:11:54.705Z */
const NOW = 1_795_461_114_705;

/** A clock that stands still but sleeps for real. */
export const fixedClock: Clock = {
  now: () => NOW,
  steady: () => performance.now(),
  sleep: (ms) => Bun.sleep(ms),
};

export const CANARY = "c4n4ry-value-0815";

export function sampleRun(facts: Partial<HookRun> = {}): HookRun {
  return {
    runId: "run-1",
    rootRunId: "run-1",
    runKey: undefined,
    pipelineName: "hooks demo",
    resumedFrom: undefined,
    totalComponents: 3,
    ...facts,
  };
}

export function sampleComponent(index: number, run: HookRun = sampleRun()): HookComponent {
  return {
    ...run,
    name: `c${index + 1}`,
    type: "s.T",
    index,
    config: { id: `c${index + 1}`, password: CANARY, url: `https://bob:${CANARY}@host/` },
  };
}

export const sampleError: HookError = {
  name: "TypeError",
  message: `boom at postgres://u:${CANARY}@db/x`,
  code: undefined,
  hint: undefined,
  stack: `TypeError: boom\n    at x (token=${CANARY})`,
};

/** Calls every point of the hooks as a run of three would: one completes after a retry, one is restored, one fails. */
export async function playRun(
  hooks: PipelineHooks,
  status: RunStatus = "failed",
  run: HookRun = sampleRun(),
): Promise<void> {
  const [restored, retried, failing] = [0, 1, 2].map((index) => sampleComponent(index, run)) as [
    HookComponent,
    HookComponent,
    HookComponent,
  ];
  await hooks.beforePipeline?.({ ...run, failFast: true });
  await hooks.afterComponent?.({
    ...restored,
    attempt: 1,
    durationMs: 5,
    status: "restored",
    outputs: undefined,
  });
  await hooks.beforeComponent?.({ ...retried, attempt: 1 });
  await hooks.onRetryAttempt?.({ ...retried, attempt: 2, maxAttempts: 4, delayMs: 1000, error: sampleError });
  await hooks.beforeComponent?.({ ...retried, attempt: 2 });
  await hooks.onCheckpoint?.({ ...run, seq: 3, events: ["component-completed"], bytes: 400, durationMs: 2 });
  await hooks.afterComponent?.({
    ...retried,
    attempt: 2,
    durationMs: 3,
    status: "completed",
    outputs: { rows: 1 },
  });
  await hooks.beforeComponent?.({ ...failing, attempt: 1 });
  await hooks.onCircuitBreakerStateChange?.({ ...failing, from: "closed", to: "open" });
  await hooks.onComponentFailure?.({ ...failing, attempt: 1, durationMs: 7, error: sampleError });
  await hooks.afterPipeline?.({
    ...run,
    status,
    durationMs: 42,
    completed: 2,
    failed: 1,
    error: sampleError,
  });
}

/** Tells hooks two ends that others could not tell: of a run that died, and, once more, of one that failed. */
export async function playLateEnds(hooks: PipelineHooks, run: HookRun = sampleRun()): Promise<void> {
  await hooks.onAbandoned?.({
    ...run,
    startedAt: "2026-11-23T18:00:00.000Z",
    lastSeenAt: "2026-11-23T18:00:05.000Z",
    durationMs: 5000,
    completed: 1,
    failed: 0,
    closedBy: "resume",
    again: false,
  });
  await hooks.afterPipeline?.({
    ...run,
    runId: "run-2",
    status: "failed",
    durationMs: 42,
    completed: 2,
    failed: 1,
    error: sampleError,
    late: { endedAt: "2026-11-23T18:10:00.000Z", again: true },
  });
}
