import * as v from "valibot";
import {
  type PipePart,
  type SchemaParts,
  mayBeMissing,
  optionsOf,
  partsOf,
  schemaOf,
  wrappedOf,
} from "./schema-parts.ts";
import { kebabOf } from "./spelling.ts";

/** One key of a configuration, for people. */
export interface SchemaField {
  /** As written in HOCON; keys of inner objects after a dot: `sink.out-path`. */
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
  /** What it is where it is left out; undefined where there is no default. */
  readonly default: unknown;
  readonly description: string | undefined;
}

/** Types nested deeper are written as `…`. */
const MAX_TYPE_DEPTH = 4;
/** Inner objects are listed down to this depth; a schema may hold itself. */
const MAX_FIELD_DEPTH = 8;

const SCALARS: ReadonlyMap<string, string> = new Map([
  ["string", "text"],
  ["number", "number"],
  ["bigint", "whole number"],
  ["boolean", "true or false"],
  ["date", "date"],
  ["any", "anything"],
  ["unknown", "anything"],
  ["null", "null"],
]);

/** What actions of a pipe say about the value, in few words. */
const CONSTRAINTS: ReadonlyMap<string, (requirement: string) => string> = new Map([
  ["min_value", (value: string) => `at least ${value}`],
  ["max_value", (value: string) => `at most ${value}`],
  ["gt_value", (value: string) => `more than ${value}`],
  ["lt_value", (value: string) => `less than ${value}`],
  ["multiple_of", (value: string) => `a multiple of ${value}`],
  ["min_length", (value: string) => `at least ${value} long`],
  ["max_length", (value: string) => `at most ${value} long`],
  ["length", (value: string) => `${value} long`],
  ["non_empty", () => "not empty"],
  ["regex", (value: string) => `matching ${value}`],
  ["url", () => "a URL"],
  ["email", () => "an email address"],
  ["uuid", () => "a UUID"],
  ["iso_date", () => "a date as YYYY-MM-DD"],
]);

function constraintOf(part: PipePart): string | undefined {
  const { requirement } = part;
  const shown =
    typeof requirement === "number" ||
    typeof requirement === "string" ||
    typeof requirement === "bigint" ||
    requirement instanceof RegExp
      ? String(requirement)
      : "";
  return CONSTRAINTS.get(part.type)?.(shown);
}

function literalText(value: unknown): string {
  return typeof value === "bigint" ? String(value) : (JSON.stringify(value) ?? String(value));
}

function objectText(schema: SchemaParts, depth: number): string {
  const entries = Object.entries(schema.entries ?? {});
  if (entries.length === 0) return "object";
  const parts = entries.map(
    ([name, entry]) => `${kebabOf(name)}${mayBeMissing(entry) ? "?" : ""}: ${typeText(entry, depth + 1)}`,
  );
  return `{ ${parts.join(", ")} }`;
}

function listText(schema: SchemaParts, depth: number): string {
  if (schema.items !== undefined)
    return `[${schema.items.map((item) => typeText(item, depth + 1)).join(", ")}]`;
  const item = schema.item ?? schema.value;
  return item === undefined ? "list" : `list of ${typeText(item, depth + 1)}`;
}

function baseText(schema: SchemaParts, depth: number): string {
  if (schema.type === "literal") return literalText(schema.literal);
  if (schema.type === "picklist" || schema.type === "enum")
    return (schema.options ?? []).map(literalText).join(" | ");
  if (schema.type === "lazy") return "…";
  if (schema.type === "intersect")
    return optionsOf(schema)
      .map((option) => typeText(option, depth + 1))
      .join(" & ");
  if (schema.type === "union" || schema.type === "variant") {
    return optionsOf(schema)
      .map((option) => typeText(option, depth + 1))
      .join(" | ");
  }
  if (schema.type === "record" || schema.type === "map") {
    return schema.value === undefined ? "object" : `object of ${typeText(schema.value, depth + 1)}`;
  }
  if (schema.entries !== undefined) return objectText(schema, depth);
  if (schema.item !== undefined || schema.items !== undefined || schema.type === "set")
    return listText(schema, depth);
  return SCALARS.get(schema.type) ?? schema.type.replaceAll("_", " ");
}

/** A schema's input in a few words: `whole number, at least 1`. */
function typeText(schema: SchemaParts, depth: number): string {
  if (depth > MAX_TYPE_DEPTH) return "…";
  const wrapped = wrappedOf(schema);
  if (wrapped !== undefined) {
    const inner = typeText(wrapped, depth);
    return schema.type === "nullable" || schema.type === "nullish" ? `${inner} | null` : inner;
  }
  const actions = (schema.pipe ?? []).filter((part) => part.kind !== "schema");
  const whole = actions.some((part) => part.type === "integer" || part.type === "safe_integer");
  const base = whole && schema.type === "number" ? "whole number" : baseText(schema, depth);
  const constraints = actions.map(constraintOf).filter((text) => text !== undefined);
  return [base, ...constraints].join(", ");
}

/** The description nearest to the outside: of the entry, else of what it wraps. */
function descriptionOf(schema: SchemaParts): string | undefined {
  const own = v.getDescription(schemaOf(schema)) ?? v.getTitle(schemaOf(schema));
  const wrapped = wrappedOf(schema);
  return own ?? (wrapped === undefined ? undefined : descriptionOf(wrapped));
}

/** The default of the entry; one that is computed is called, as at reading. */
function defaultOf(schema: SchemaParts): unknown {
  const value: unknown = v.getDefault(schemaOf(schema)) ?? v.getFallback(schemaOf(schema));
  const wrapped = wrappedOf(schema);
  return value ?? (wrapped === undefined ? undefined : defaultOf(wrapped));
}

/** The object inside wrappers whose keys are listed as fields of their own. */
function innerObject(schema: SchemaParts): SchemaParts | undefined {
  const wrapped = wrappedOf(schema);
  if (wrapped !== undefined) return innerObject(wrapped);
  return schema.entries === undefined ? undefined : schema;
}

function addFields(fields: SchemaField[], schema: SchemaParts, prefix: string, depth: number): void {
  if (depth > MAX_FIELD_DEPTH) return;
  if (schema.type === "intersect") {
    for (const option of optionsOf(schema)) addFields(fields, option, prefix, depth);
    return;
  }
  for (const [key, entry] of Object.entries(innerObject(schema)?.entries ?? {})) {
    const name = `${prefix}${kebabOf(key)}`;
    const inner = innerObject(entry);
    fields.push({
      name,
      type: inner === undefined ? typeText(entry, 0) : "object",
      required: !mayBeMissing(entry),
      default: defaultOf(entry),
      description: descriptionOf(entry),
    });
    if (inner !== undefined) addFields(fields, inner, `${name}.`, depth + 1);
  }
}

/** The keys of a configuration that is an object, in the schema's order; none for other schemas. */
export function describeSchema(schema: v.GenericSchema): readonly SchemaField[] {
  const fields: SchemaField[] = [];
  addFields(fields, partsOf(schema), "", 0);
  return fields;
}
