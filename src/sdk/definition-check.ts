import { CairnError, nearest } from "../base/mod.ts";
import { asyncPartOf, isSchema } from "./schema/schema-parts.ts";

/** What a `define…` function expects of its argument. */
export interface DefinitionRules {
  /** Undefined: others are no business of ours. */
  readonly known: readonly string[] | undefined;
  /** Keys that must be functions. */
  readonly functions: readonly string[];
  /** Keys that must be texts where they are given. */
  readonly texts: readonly string[];
}

function refuse(caller: string, state: string, hint: string): never {
  throw new CairnError(`Cannot define a plugin: ${caller} ${state}`, {
    code: "PLUGIN_DEFINITION_INVALID",
    kind: "config",
    hint,
  });
}

/** Authors write JavaScript too, so what the types say is checked once more. Throws PLUGIN_DEFINITION_INVALID. */
export function checkDefinition(caller: string, options: unknown, rules: DefinitionRules): void {
  if (typeof options !== "object" || options === null) {
    refuse(caller, `was given ${options === null ? "null" : typeof options}`, "Give it one object.");
  }
  const given = options as Readonly<Record<string, unknown>>;
  const { known } = rules;
  for (const key of known === undefined ? [] : Object.keys(given)) {
    if (known === undefined || known.includes(key)) continue;
    const near = nearest(key, known);
    refuse(
      caller,
      `does not know the key "${key}"`,
      near === undefined ? `Its keys are ${known.join(", ")}.` : `Did you mean "${near}"?`,
    );
  }
  for (const key of rules.functions) {
    if (typeof given[key] !== "function") {
      refuse(caller, `needs "${key}", a function`, `Add ${key}(…) { … } to the definition.`);
    }
  }
  for (const key of rules.texts) {
    if (given[key] !== undefined && typeof given[key] !== "string") {
      refuse(caller, `needs "${key}" to be a text`, `Write ${key}: "…".`);
    }
  }
  checkSchema(caller, given["config"]);
}

function checkSchema(caller: string, schema: unknown): void {
  if (schema === undefined) return;
  if (!isSchema(schema)) {
    refuse(
      caller,
      `needs "config" to be a valibot schema`,
      'Build it with v of "cairn": config: v.object({ … }).',
    );
  }
  const place = asyncPartOf(schema);
  if (place === undefined) return;
  refuse(
    caller,
    `was given an asynchronous schema as "config" (${place})`,
    "Check what needs waiting for in the component itself; a schema only looks at values.",
  );
}
