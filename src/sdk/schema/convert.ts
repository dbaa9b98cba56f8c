import { coerceScalar } from "./coerce.ts";
import { convertIntersection, convertObject } from "./convert-object.ts";
import { convertUnion, convertVariant } from "./convert-union.ts";
import {
  type ConfigPath,
  type Conversion,
  type Converted,
  isPlainObject,
  newTrail,
  remember,
  setOwn,
  tellDropped,
} from "./conversion.ts";
import { type SchemaParts, wrappedOf } from "./schema-parts.ts";

/** A configuration nested deeper than this is refused rather than followed. */
const MAX_DEPTH = 500;

/** Continues a conversion with a part; passed down so that the converters need not import each other. */
export type Convert = (schema: SchemaParts, input: unknown, path: ConfigPath, run: Conversion) => Converted;

/** Turns what HOCON gave into what the schema takes, as far as the schema says how; the schema then judges it. */
export const convert: Convert = (schema, input, path, run) => {
  if (path.length > MAX_DEPTH) {
    run.issues.push({ path, message: `nested deeper than ${MAX_DEPTH} levels` });
    return { value: undefined, trail: newTrail() };
  }
  const wrapped = wrappedOf(schema);
  if (wrapped !== undefined) {
    return input === null || input === undefined
      ? { value: input, trail: newTrail() }
      : convert(wrapped, input, path, run);
  }
  const converter = CONVERTERS[schema.type];
  if (converter !== undefined) return converter(schema, input, path, run, convert);
  const value = run.coerce ? coerceScalar(schema, input, run.numberText(path)) : input;
  return { value, trail: newTrail() };
};

function convertLazy(schema: SchemaParts, input: unknown, path: ConfigPath, run: Conversion): Converted {
  const { getter } = schema;
  if (getter === undefined) return { value: input, trail: newTrail() };
  const { converted, issues } = remember(schema, path, run, (inner) => ({
    converted: convert(getter(input), input, path, inner),
    issues: inner.issues,
  }));
  run.issues.push(...issues);
  return converted;
}

/** Records and maps: keys stay as they are written. */
function convertEntries(schema: SchemaParts, input: unknown, path: ConfigPath, run: Conversion): Converted {
  const trail = newTrail();
  if (!isPlainObject(input)) return { value: input, trail };
  const values: [string, unknown][] = [];
  for (const [key, item] of Object.entries(input)) {
    if (schema.type === "record" && tellDropped(key, path, run)) continue;
    const part = schema.value === undefined ? undefined : convert(schema.value, item, [...path, key], run);
    trail.parts.set(key, { written: key, trail: part?.trail ?? newTrail() });
    values.push([key, part === undefined ? item : part.value]);
  }
  if (schema.type === "map") return { value: new Map(values), trail };
  const record: object = Object.create(null) as object;
  for (const [key, value] of values) setOwn(record, key, value);
  return { value: record, trail };
}

/** The items of a list; an object whose keys are all whole numbers is one, in their order (as in HOCON). */
function itemsOf(input: unknown): readonly (readonly [string | number, unknown])[] | undefined {
  if (Array.isArray(input)) return input.map((item: unknown, index) => [index, item] as const);
  if (!isPlainObject(input)) return undefined;
  const entries = Object.entries(input);
  if (entries.length === 0 || entries.some(([key]) => !/^\d+$/.test(key))) return undefined;
  return entries.toSorted(([a], [b]) => Number(a) - Number(b));
}

/** Lists, tuples and sets. */
function convertList(schema: SchemaParts, input: unknown, path: ConfigPath, run: Conversion): Converted {
  const trail = newTrail();
  const items = itemsOf(input);
  if (items === undefined) return { value: input, trail };
  const values = items.map(([key, item], index) => {
    const itemSchema = schema.item ?? schema.items?.[index] ?? schema.rest ?? schema.value;
    if (itemSchema === undefined) return item;
    const part = convert(itemSchema, item, [...path, key], run);
    trail.parts.set(index, { written: key, trail: part.trail });
    return part.value;
  });
  return { value: schema.type === "set" ? new Set(values) : values, trail };
}

type Converter = (
  schema: SchemaParts,
  input: unknown,
  path: ConfigPath,
  run: Conversion,
  convert: Convert,
) => Converted;

/** By valibot's name of the schema; scalars and what is not listed are coerced or left alone. */
const CONVERTERS: Readonly<Record<string, Converter | undefined>> = {
  lazy: convertLazy,
  object: convertObject,
  loose_object: convertObject,
  strict_object: convertObject,
  object_with_rest: convertObject,
  intersect: convertIntersection,
  union: convertUnion,
  variant: convertVariant,
  record: convertEntries,
  map: convertEntries,
  array: convertList,
  set: convertList,
  tuple: convertList,
  loose_tuple: convertList,
  strict_tuple: convertList,
  tuple_with_rest: convertList,
};
