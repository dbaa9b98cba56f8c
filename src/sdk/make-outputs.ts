import { CairnError, type JsonValue, nearest } from "../base/mod.ts";
import type { ComponentContext } from "./component.ts";

/** Makes the `outputs` of one attempt over the outputs of completed components. Throws OUTPUTS_NOT_COMPLETED. */
export function makeOutputs(
  completed: ReadonlyMap<string, JsonValue | undefined>,
): ComponentContext["outputs"] {
  return (name) => {
    if (completed.has(name)) return completed.get(name);
    const near = nearest(name, completed.keys());
    throw new CairnError(
      `Cannot give the outputs of ${JSON.stringify(name)}: no such component has completed`,
      {
        code: "OUTPUTS_NOT_COMPLETED",
        kind: "config",
        hint: near === undefined ? "Name a component that comes before this one." : `Did you mean "${near}"?`,
      },
    );
  };
}
