import type { PipelineHooks } from "../api/mod.ts";

type Call<Fact> = (fact: Fact) => void | Promise<void>;

/**
 * Hooks of an extra output (`--audit`, `--metrics`): the first failure is told to `failed`, and from then on nothing
 * is written, so that what can't be written is one warning and not one at every point of the run.
 */
export function extraOutput(hooks: PipelineHooks, failed: (thrown: unknown) => void): PipelineHooks {
  let given = true;
  const guard = <Fact>(call: Call<Fact>): Call<Fact> => {
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
  const { beforePipeline, afterPipeline, beforeComponent, afterComponent } = hooks;
  const { onComponentFailure, onRetryAttempt, onCircuitBreakerStateChange, onCheckpoint } = hooks;
  return {
    ...(hooks.name !== undefined && { name: hooks.name }),
    ...(beforePipeline && { beforePipeline: guard(beforePipeline.bind(hooks)) }),
    ...(afterPipeline && { afterPipeline: guard(afterPipeline.bind(hooks)) }),
    ...(beforeComponent && { beforeComponent: guard(beforeComponent.bind(hooks)) }),
    ...(afterComponent && { afterComponent: guard(afterComponent.bind(hooks)) }),
    ...(onComponentFailure && { onComponentFailure: guard(onComponentFailure.bind(hooks)) }),
    ...(onRetryAttempt && { onRetryAttempt: guard(onRetryAttempt.bind(hooks)) }),
    ...(onCircuitBreakerStateChange && {
      onCircuitBreakerStateChange: guard(onCircuitBreakerStateChange.bind(hooks)),
    }),
    ...(onCheckpoint && { onCheckpoint: guard(onCheckpoint.bind(hooks)) }),
  };
}
