import type { JsonValue } from "../../base/mod.ts";
import { PermanentError } from "../errors.ts";
import { checkOutputs, type ContractProblem } from "./compare.ts";
import { inputFrom, type InputContract, type SchemaContract } from "./contract.ts";

/** Problems that one message names. */
const MAX_PROBLEMS = 10;

/** What a component is checked against beside its own contracts. */
export interface ContractOrder {
  /** Warnings fail too. */
  readonly failOnWarning: boolean;
  /** The components it comes after, with the `output` contracts that they declare. */
  readonly producers: readonly {
    readonly name: string;
    readonly output?: SchemaContract | undefined;
  }[];
}

function violation(what: string, problems: readonly ContractProblem[]): PermanentError {
  const shown = problems.slice(0, MAX_PROBLEMS).map(({ text }) => text);
  const more = problems.length - shown.length;
  const hint = problems.find((problem) => problem.hint !== undefined)?.hint;
  return new PermanentError(`${what}: ${shown.join("; ")}${more > 0 ? `; and ${more} more` : ""}`, {
    code: "CONTRACT_VIOLATED",
    hint: hint ?? "Mend the component or its contract, so that they agree.",
  });
}

/**
 * Checks what the components before have produced, before `consumer` starts: beside their own `output` contracts,
 * which a restored completion may have been made without, and beside its `input`. Throws CONTRACT_VIOLATED.
 */
export function checkInputs(
  consumer: string,
  input: InputContract | undefined,
  order: ContractOrder,
  completed: ReadonlyMap<string, JsonValue | undefined>,
): void {
  for (const { name, output } of order.producers) {
    const outputs = completed.get(name);
    // Who returned nothing, skipped itself, was left out or has failed gives nothing that could be checked.
    if (outputs === undefined) continue;
    const what = `Cannot start ${JSON.stringify(consumer)}: what ${JSON.stringify(name)} produced breaks`;
    const check = (contract: SchemaContract | undefined, whose: string): void => {
      const problems = contract === undefined ? [] : checkOutputs(contract, outputs, false);
      if (problems.length > 0) throw violation(`${what} ${whose}`, problems);
    };
    check(output, "its own output contract");
    check(inputFrom(input, name), `the input contract of ${JSON.stringify(consumer)}`);
  }
}

/** Checks what a component has produced beside its own `output`. Throws CONTRACT_VIOLATED; warnings that stay warnings go to `warn`. */
export function checkProduced(
  producer: string,
  output: SchemaContract | undefined,
  outputs: JsonValue | undefined,
  order: Pick<ContractOrder, "failOnWarning">,
  warn: (message: string) => void,
): void {
  if (output === undefined) return;
  const problems = checkOutputs(output, outputs, true);
  const failing = order.failOnWarning ? problems : problems.filter(({ severity }) => severity === "error");
  const what = `what ${JSON.stringify(producer)} produced`;
  if (failing.length > 0) {
    throw violation(
      `Cannot complete ${JSON.stringify(producer)}: ${what} breaks its output contract`,
      failing,
    );
  }
  for (const { text } of problems) warn(`${what} is more than its output contract says: ${text}`);
}
