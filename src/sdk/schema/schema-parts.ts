import type { GenericSchema } from "valibot";

/**
 * A valibot schema as data. Valibot keeps what a schema was built from as plain public properties
 * (its own `getDefaults` and `toJsonSchema` read them); which ones depends on `type`.
 */
export interface SchemaParts {
  readonly kind: "schema";
  readonly type: string;
  readonly async: boolean;
  /** Objects. */
  readonly entries?: Readonly<Record<string, SchemaParts>>;
  /** Objects and tuples: what else may be there. */
  readonly rest?: SchemaParts;
  /** `optional`, `nullable` and their like. */
  readonly wrapped?: SchemaParts;
  readonly default?: unknown;
  readonly fallback?: unknown;
  /** Schemas of unions, variants and intersections; values of picklists and enums. */
  readonly options?: readonly unknown[];
  /** Records and maps: a schema. Variants: the name of the discriminator. */
  readonly key?: SchemaParts | string;
  /** Records, maps and sets. */
  readonly value?: SchemaParts;
  readonly item?: SchemaParts;
  readonly items?: readonly SchemaParts[];
  readonly literal?: unknown;
  readonly getter?: (input: unknown) => SchemaParts;
  readonly pipe?: readonly PipePart[];
}

/** An action of a pipe, or a schema in one. */
export interface PipePart {
  readonly kind: string;
  readonly type: string;
  readonly requirement?: unknown;
}

/** The schema as data. */
export function partsOf(schema: GenericSchema): SchemaParts {
  return schema;
}

/** Back to what valibot's functions take. */
export function schemaOf(parts: SchemaParts): GenericSchema {
  return parts as unknown as GenericSchema;
}

/** True for anything that looks like a schema of valibot, whichever copy of it made it. */
export function isSchema(value: unknown): value is SchemaParts {
  if (typeof value !== "object" || value === null) return false;
  const parts = value as Partial<Record<"kind" | "type" | "~run", unknown>>;
  return parts.kind === "schema" && typeof parts.type === "string" && typeof parts["~run"] === "function";
}

const WRAPPERS: ReadonlySet<string> = new Set([
  "optional",
  "exact_optional",
  "undefinedable",
  "nullable",
  "nullish",
  "non_optional",
  "non_nullable",
  "non_nullish",
]);

/** The schema inside `optional`, `nullable` and their like, undefined for others. */
export function wrappedOf(schema: SchemaParts): SchemaParts | undefined {
  return WRAPPERS.has(schema.type) ? schema.wrapped : undefined;
}

/** The schemas of a union, variant or intersection. */
export function optionsOf(schema: SchemaParts): readonly SchemaParts[] {
  return (schema.options ?? []).filter(isSchema);
}

/** True where an object's entry may be left out. */
export function mayBeMissing(schema: SchemaParts): boolean {
  const optional =
    schema.type === "optional" || schema.type === "exact_optional" || schema.type === "nullish";
  return optional || "fallback" in schema;
}

/** True where null is a value of its own; elsewhere HOCON's null means "not set". */
export function takesNull(schema: SchemaParts): boolean {
  switch (schema.type) {
    case "null":
    case "nullable":
    case "nullish":
    case "any":
    case "unknown":
    case "custom":
      return true;
    case "non_nullable":
    case "non_nullish":
      return false;
    case "union":
      return optionsOf(schema).some(takesNull);
    case "lazy":
      return schema.getter !== undefined && takesNull(schema.getter(null));
    default: {
      const wrapped = wrappedOf(schema);
      return wrapped !== undefined && takesNull(wrapped);
    }
  }
}

/** Where a schema is asynchronous: a dotted path of keys, or its type; undefined where it is not. Lazy parts are not followed. */
export function asyncPartOf(schema: SchemaParts): string | undefined {
  if (schema.async) return schema.type;
  for (const [key, entry] of Object.entries(schema.entries ?? {})) {
    const found = asyncPartOf(entry);
    if (found !== undefined) return `${key}: ${found}`;
  }
  return undefined;
}
