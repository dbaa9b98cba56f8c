import { nearest } from "../../base/mod.ts";
import {
  type ConfigPath,
  type Conversion,
  type Converted,
  isPlainObject,
  newTrail,
  setOwn,
  tellDropped,
  type Trail,
} from "./conversion.ts";
import type { Convert } from "./convert.ts";
import { optionsOf, type SchemaParts, takesNull } from "./schema-parts.ts";
import { sameKey, styleOf, writeKey } from "./spelling.ts";

type Entries = Readonly<Record<string, SchemaParts>>;

/** Valid keys are listed in a hint up to this many. */
const MAX_LISTED_KEYS = 12;

/** What an object may hold besides its entries: nothing, anything, or what a schema says. */
type Rest = SchemaParts | "anything" | undefined;

/** Which entry each written key means; a key's exact spelling goes before a converted one. */
function matchKeys(keys: readonly string[], entries: Entries): ReadonlyMap<string, string | undefined> {
  const names = Object.keys(entries);
  return new Map(
    keys.map((key) => [key, Object.hasOwn(entries, key) ? key : names.find((name) => sameKey(name, key))]),
  );
}

function unknownKey(
  key: string,
  names: readonly string[],
): { readonly message: string; readonly hint: string } {
  const near = nearest(key, names);
  const listed = names.slice(0, MAX_LISTED_KEYS).join(", ") + (names.length > MAX_LISTED_KEYS ? ", …" : "");
  const valid = names.length === 0 ? "No keys are expected here." : `Valid keys: ${listed}.`;
  return { message: `unknown key "${key}"`, hint: near === undefined ? valid : `Did you mean "${near}"?` };
}

/** Finds entries that are written twice, in both spellings; gives for each entry the key that counts. */
function chooseKeys(
  matches: ReadonlyMap<string, string | undefined>,
  path: ConfigPath,
  run: Conversion,
): ReadonlyMap<string, string> {
  const chosen = new Map<string, string>();
  for (const [key, entry] of matches) {
    if (entry === undefined) continue;
    const other = chosen.get(entry);
    if (other === undefined) {
      chosen.set(entry, key);
      continue;
    }
    run.issues.push({
      path: [...path, key],
      message: `"${other}" and "${key}" are two spellings of one key`,
      hint: "Keep one of them.",
    });
  }
  return chosen;
}

interface ObjectRequest {
  readonly entries: Entries;
  readonly rest: Rest;
  readonly input: Readonly<Record<string, unknown>>;
  readonly path: ConfigPath;
}

function convertKeys(request: ObjectRequest, run: Conversion, convert: Convert): Converted {
  const { entries, rest, input, path } = request;
  const keys = Object.keys(input);
  const matches = matchKeys(keys, entries);
  const style = styleOf(keys);
  const trail: Trail = { parts: new Map(), spell: (entry) => writeKey(entry, style) };
  const value: object = Object.create(null) as object;
  const put = (name: string, key: string, schema: SchemaParts | undefined): void => {
    const item = input[key];
    // HOCON's null means "not set", except where the schema gives null a meaning.
    if (item === null && schema !== undefined && !takesNull(schema)) return;
    const part =
      schema === undefined ? { value: item, trail: newTrail() } : convert(schema, item, [...path, key], run);
    setOwn(value, name, part.value);
    trail.parts.set(name, { written: key, trail: part.trail });
  };
  for (const [entry, key] of chooseKeys(matches, path, run)) put(entry, key, entries[entry]);
  for (const [key, entry] of matches) {
    if (entry !== undefined) continue;
    if (rest === undefined) {
      const names = Object.keys(entries).map((name) => writeKey(name, style));
      run.issues.push({ path: [...path, key], ...unknownKey(key, names) });
    } else if (!tellDropped(key, path, run)) put(key, key, rest === "anything" ? undefined : rest);
  }
  return { value, trail };
}

/**
 * Objects: each entry is found under its own name or its kebab-case one. Keys that match none are errors even
 * where valibot would drop them (`v.object`), because a misspelt optional key must not pass in silence;
 * `v.looseObject` and `v.objectWithRest` say otherwise.
 */
export function convertObject(
  schema: SchemaParts,
  input: unknown,
  path: ConfigPath,
  run: Conversion,
  convert: Convert,
): Converted {
  if (Array.isArray(input)) run.issues.push({ path, message: "expected an object, found a list" });
  if (!isPlainObject(input)) return { value: input, trail: newTrail() };
  return convertKeys({ entries: schema.entries ?? {}, rest: restOf(schema), input, path }, run, convert);
}

function restOf(schema: SchemaParts): Rest {
  return schema.type === "loose_object" ? "anything" : schema.rest;
}

/** Intersections of objects take the keys of all of them; of other things, the first one says what the value is. */
export function convertIntersection(
  schema: SchemaParts,
  input: unknown,
  path: ConfigPath,
  run: Conversion,
  convert: Convert,
): Converted {
  const options = flatten(schema);
  const [first] = options;
  if (first === undefined) return { value: input, trail: newTrail() };
  if (!isPlainObject(input) || options.some((option) => option.entries === undefined)) {
    return convert(first, input, path, run);
  }
  const entries: Record<string, SchemaParts> = {};
  for (const option of options)
    for (const [name, entry] of Object.entries(option.entries ?? {})) entries[name] = entry;
  const rest = options.map(restOf).find((option) => option !== undefined);
  return convertKeys({ entries, rest, input, path }, run, convert);
}

function flatten(schema: SchemaParts): readonly SchemaParts[] {
  return optionsOf(schema).flatMap((option) => (option.type === "intersect" ? flatten(option) : [option]));
}
