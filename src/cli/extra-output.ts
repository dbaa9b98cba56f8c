import type { PipelineHooks } from "../api/mod.ts";

type Call<Fact> = (fact: Fact) => void | Promise<void> | undefined;

/**
 * Hooks of an extra output (`--audit`, `--metrics`): the first failure is told to `failed`, and from then on nothing
 * is written, so that what can't be written is one warning and not one at every point of the run.
 */
export function extraOutput(hooks: PipelineHooks, failed: (thrown: unknown) => void): PipelineHooks {
  let given = true;
  const guard = <Fact>(call: Call<Fact>): ((fact: Fact) => Promise<void>) => {
    return async (fact) => {
      if (!given) return;
      try {
        await call(fact);
      } catch (thrown) {
        if (given) failed(thrown);
        given = false;
      }
    };
  };
  const guarded: PipelineHooks = {
    beforePipeline: guard((fact) => hooks.beforePipeline?.(fact)),
    afterPipeline: guard((fact) => hooks.afterPipeline?.(fact)),
    onAbandoned: guard((fact) => hooks.onAbandoned?.(fact)),
    beforeComponent: guard((fact) => hooks.beforeComponent?.(fact)),
    afterComponent: guard((fact) => hooks.afterComponent?.(fact)),
    onComponentFailure: guard((fact) => hooks.onComponentFailure?.(fact)),
    onRetryAttempt: guard((fact) => hooks.onRetryAttempt?.(fact)),
    onCircuitBreakerStateChange: guard((fact) => hooks.onCircuitBreakerStateChange?.(fact)),
    onCheckpoint: guard((fact) => hooks.onCheckpoint?.(fact)),
  };
  // A point that nobody listens to costs nothing, as long as it stays absent.
  const listened = Object.entries(guarded).filter(([point]) => point in hooks);
  return { ...(hooks.name !== undefined && { name: hooks.name }), ...Object.fromEntries(listened) };
}
