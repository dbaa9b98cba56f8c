import type { JsonValue } from "../../base/mod.ts";
import { checkInputs, checkProduced, type ComponentDefinition } from "../../sdk/mod.ts";
import type { AttemptOrder, DeclaredContracts } from "./protocol.ts";

/** What a component declares with a configuration. Throws what its own functions throw, and PLUGIN_DEFINITION_INVALID. */
export function declaredContracts(definition: ComponentDefinition, config: unknown): DeclaredContracts {
  const input = definition.input?.of(config);
  const output = definition.output?.of(config);
  return { ...(input === undefined ? {} : { input }), ...(output === undefined ? {} : { output }) };
}

/** The checks of one attempt. Both throw CONTRACT_VIOLATED, which no retry can mend. */
export interface AttemptContracts {
  /** Before the component starts, with the outputs of those that have completed. */
  before(completed: ReadonlyMap<string, JsonValue | undefined>): void;
  /** Once it has ended well. */
  after(outputs: JsonValue | undefined): void;
}

/** What is checked of an attempt; undefined where nothing is. */
export function attemptContracts(
  { name, contracts: order }: Pick<AttemptOrder, "name" | "contracts">,
  declared: () => DeclaredContracts,
  warn: (message: string) => void,
): AttemptContracts | undefined {
  if (order === undefined) return undefined;
  const { input, output } = declared();
  return {
    before: (completed) => checkInputs(name, input, order, completed),
    after: (outputs) => checkProduced(name, output, outputs, order, warn),
  };
}
