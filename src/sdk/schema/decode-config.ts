import * as v from "valibot";
import { isSecretKey, type JsonValue, messageOf } from "../../base/mod.ts";
import { convert } from "./convert.ts";
import type { ConfigIssue, ConfigPath, Conversion } from "./conversion.ts";
import { readIssues } from "./read-issues.ts";
import { partsOf } from "./schema-parts.ts";

/** A configuration as written. */
export interface ConfigInput {
  /** Keys as the user wrote them. */
  readonly value: JsonValue;
  /** Texts of numbers that JavaScript would write otherwise (`1.50`), by `pathKey`. */
  readonly numberTexts?: Readonly<Record<string, string>> | undefined;
  /** More key names whose values are kept out of messages: `pipeline.redact`. */
  readonly redact?: readonly string[] | undefined;
}

export type DecodedConfig<Output> =
  | { readonly ok: true; readonly config: Output; readonly issues: readonly [] }
  | { readonly ok: false; readonly issues: readonly ConfigIssue[] };

/** Options of unions and lazy schemas that are tried for one configuration, for each value in it. */
const MAX_ATTEMPTS_PER_VALUE = 200;

/** How many values a configuration holds, itself included. */
function countValues(root: JsonValue): number {
  const queue: JsonValue[] = [root];
  for (const value of queue) {
    if (typeof value === "object" && value !== null)
      for (const item of Object.values(value)) queue.push(item);
  }
  return queue.length;
}

/** The key of a place in `numberTexts`. */
export function pathKey(path: ConfigPath): string {
  return JSON.stringify(path);
}

/**
 * Reads a configuration with a schema: keys in either spelling as the schema declares them, scalars as the
 * reference's getters read them, unknown keys refused, then valibot's own judgement. Every issue is given,
 * each at the path that the user wrote. Values under secret keys are in no message.
 */
export function decodeConfig<Schema extends v.GenericSchema>(
  schema: Schema,
  input: ConfigInput,
): DecodedConfig<v.InferOutput<Schema>> {
  const run: Conversion = {
    coerce: true,
    numberText: (path) => input.numberTexts?.[pathKey(path)],
    isSecret: (key) => isSecretKey(key, input.redact),
    issues: [],
    attempts: { known: new WeakMap(), left: MAX_ATTEMPTS_PER_VALUE * countValues(input.value) },
  };
  try {
    const converted = convert(partsOf(schema), input.value, [], run);
    const parsed = v.safeParse(schema, converted.value);
    if (parsed.success && run.issues.length === 0) return { ok: true, config: parsed.output, issues: [] };
    const found = parsed.success ? [] : readIssues(parsed.issues, converted.trail, [], run);
    // What is said already at a place goes before what valibot says of it or of its parts.
    const isSaid = (issue: ConfigIssue): boolean =>
      run.issues.some((own) => own.path.every((key, index) => issue.path[index] === key));
    return { ok: false, issues: distinct([...run.issues, ...found.filter((issue) => !isSaid(issue))]) };
  } catch (thrown) {
    // A check or transform of the author's that throws is no reason to lose the other issues.
    const message = `the schema of the plugin failed: ${messageOf(thrown)}`;
    return { ok: false, issues: distinct([...run.issues, { path: [], message }]) };
  }
}

function distinct(issues: readonly ConfigIssue[]): readonly ConfigIssue[] {
  return [...new Map(issues.map((issue) => [`${pathKey(issue.path)} ${issue.message}`, issue])).values()];
}
