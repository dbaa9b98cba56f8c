import { HOOK_POINTS, type HookPoint, type PipelineHooks } from "../sdk/mod.ts";

/** What a hook point is given. */
export type HookFacts<P extends HookPoint> = Parameters<NonNullable<PipelineHooks[P]>>[0];

/** Where composed hooks keep their parts, so that a run can isolate each of them. */
const PARTS: unique symbol = Symbol("cairn.composed-hooks");

interface Composed extends PipelineHooks {
  readonly [PARTS]: readonly PipelineHooks[];
}

/** The single hooks behind composed ones, in order; the hooks themselves where they are not composed. */
export function partsOf(hooks: PipelineHooks): readonly PipelineHooks[] {
  return PARTS in hooks ? (hooks as Composed)[PARTS].flatMap(partsOf) : [hooks];
}

/** Calls a point of one hooks object, where it has it. */
export async function callPoint<P extends HookPoint>(
  hooks: PipelineHooks,
  point: P,
  facts: HookFacts<P>,
): Promise<void> {
  const call = hooks[point] as ((facts: HookFacts<P>) => void | Promise<void>) | undefined;
  await call?.call(hooks, facts);
}

/**
 * Several hooks as one: each point calls them in order and awaits each. In a run a part that throws does not
 * keep the others from being called; called by hand, the first error is thrown after all were called.
 *
 * ```ts
 * await runPipeline(config, { hooks: composeHooks(checkpointHooks(store), loggingHooks.structured()) });
 * ```
 */
export function composeHooks(...hooks: readonly PipelineHooks[]): PipelineHooks {
  const parts = hooks.flatMap(partsOf);
  const composed: Record<string, unknown> = { name: "composed", [PARTS]: parts };
  for (const point of HOOK_POINTS) {
    if (!parts.some((part) => part[point] !== undefined)) continue;
    composed[point] = async (facts: HookFacts<typeof point>): Promise<void> => {
      const errors: unknown[] = [];
      for (const part of parts) {
        await callPoint(part, point, facts).catch((thrown: unknown) => errors.push(thrown));
      }
      if (errors.length > 0) throw errors[0];
    };
  }
  return composed;
}
