import type { HookError, HookPoint, PipelineHooks } from "../sdk/mod.ts";
import { callPoint, type HookFacts, partsOf } from "./compose-hooks.ts";
import type { WireError } from "./worker/protocol.ts";
import { toWireError } from "./worker/wire-error.ts";

/** What a hook is told of an error. */
export function hookError(error: WireError): HookError {
  const { name, message, code, hint, stack } = error;
  return { name, message, code, hint, stack };
}

/**
 * Calls hooks one after the other, each awaited, whatever runs side by side. A hook that throws is reported
 * and changes nothing; of one that is critical the first error is kept for the run to end with.
 */
export class HookCaller {
  readonly #byPoint = new Map<HookPoint, PipelineHooks[]>();
  readonly #report: (hooks: string, point: HookPoint, error: WireError) => void;
  readonly #onCritical: (error: WireError) => void;
  #queue: Promise<void> = Promise.resolve();
  readonly #parts: readonly PipelineHooks[];

  constructor(
    hooks: readonly PipelineHooks[],
    report: (hooks: string, point: HookPoint, error: WireError) => void,
    onCritical: (error: WireError) => void,
  ) {
    this.#parts = hooks.flatMap((one) => partsOf(one));
    this.#report = report;
    this.#onCritical = onCritical;
  }

  /** Whether anybody listens at a point; facts need not be gathered where nobody does. */
  has(point: HookPoint): boolean {
    return this.#at(point).length > 0;
  }

  /** Calls a point, of all hooks or only of some; resolves when all have answered. Never rejects. */
  async call<P extends HookPoint>(
    point: P,
    facts: HookFacts<P>,
    only?: ReadonlySet<PipelineHooks>,
  ): Promise<void> {
    const hooks = this.#at(point).filter((one) => only === undefined || only.has(one));
    if (hooks.length === 0) return;
    this.#queue = this.#queue.then(async () => {
      for (const one of hooks) await this.#callOne(one, point, facts);
    });
    await this.#queue;
  }

  #at(point: HookPoint): readonly PipelineHooks[] {
    const known = this.#byPoint.get(point);
    if (known !== undefined) return known;
    const found = this.#parts.filter((hooks) => hooks[point] !== undefined);
    this.#byPoint.set(point, found);
    return found;
  }

  async #callOne<P extends HookPoint>(hooks: PipelineHooks, point: P, facts: HookFacts<P>): Promise<void> {
    try {
      await callPoint(hooks, point, facts);
    } catch (thrown) {
      const error = toWireError(thrown);
      this.#report(hooks.name ?? "hooks", point, error);
      if (hooks.critical === true) this.#onCritical(error);
    }
  }
}
