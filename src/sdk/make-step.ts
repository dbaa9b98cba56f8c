import { CairnError, type JsonValue } from "../base/mod.ts";
import type { ComponentContext } from "./component.ts";
import { jsonResult } from "./json-result.ts";

/** What steps rest on. */
export interface StepKeeper {
  /** Results that are durable already, by name. */
  readonly known: Readonly<Record<string, JsonValue>>;
  /** Resolves when the result is durable. */
  keep(name: string, result: JsonValue): Promise<void>;
}

function refuse(name: unknown, state: string, hint: string, code: string): CairnError {
  return new CairnError(`Cannot run step ${JSON.stringify(name)}: ${state}`, { code, kind: "config", hint });
}

/**
 * Makes the `step` of one attempt. A step that returns nothing gives null, the first time as after a resume,
 * because that is what its record says. Throws STEP_NAME_INVALID, STEP_NAME_TAKEN, and as `jsonResult` does.
 */
export function makeStep(keeper: StepKeeper): ComponentContext["step"] {
  const used = new Set<string>();
  return async <T extends JsonValue | void>(name: string, fn: () => T | Promise<T>): Promise<T> => {
    if (typeof name !== "string" || name === "") {
      throw refuse(name, "its name is no text", "Name it by what it does.", "STEP_NAME_INVALID");
    }
    if (used.has(name)) {
      const hint = "Put what differs into the name, e.g. `copy ${file}`.";
      throw refuse(name, "this component has used the name already", hint, "STEP_NAME_TAKEN");
    }
    used.add(name);
    if (Object.hasOwn(keeper.known, name)) return keeper.known[name] as T;
    const result = jsonResult(`the result of step ${JSON.stringify(name)}`, await fn()) ?? null;
    await keeper.keep(name, result);
    return result as T;
  };
}
