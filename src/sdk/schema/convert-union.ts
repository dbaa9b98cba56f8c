import * as v from "valibot";
import {
  type Attempt,
  type ConfigPath,
  type Conversion,
  type Converted,
  isPlainObject,
  newTrail,
  remember,
  setOwn,
} from "./conversion.ts";
import type { Convert } from "./convert.ts";
import { readIssues } from "./read-issues.ts";
import { optionsOf, type SchemaParts, schemaOf, wrappedOf } from "./schema-parts.ts";
import { sameKey } from "./spelling.ts";

/** Converts with one option and judges the result; what has been tried before is not tried again. */
function attempt(
  option: SchemaParts,
  input: unknown,
  path: ConfigPath,
  run: Conversion,
  convert: Convert,
): Attempt {
  return remember(option, path, run, (inner) => {
    const converted = convert(option, input, path, inner);
    const parsed = v.safeParse(schemaOf(option), converted.value);
    const found = parsed.success ? [] : readIssues(parsed.issues, converted.trail, path, run);
    return { converted, issues: [...inner.issues, ...found] };
  });
}

/** True where option and value are of one build: object for object, list for list. */
function sameBuild(option: SchemaParts, input: unknown): boolean {
  const inner = wrappedOf(option) ?? option;
  if (isPlainObject(input)) {
    return inner.entries !== undefined || ["record", "map", "variant", "intersect"].includes(inner.type);
  }
  return (
    Array.isArray(input) && (inner.item !== undefined || inner.items !== undefined || inner.type === "set")
  );
}

function choose(
  options: readonly SchemaParts[],
  input: unknown,
  path: ConfigPath,
  run: Conversion,
  convert: Convert,
): Converted {
  // First as the value is, then with scalars read as another type: 12 is a number before it is a text.
  for (const coerce of run.coerce ? [false, true] : [false]) {
    for (const option of options) {
      const tried = attempt(option, input, path, { ...run, coerce }, convert);
      if (tried.issues.length === 0) return tried.converted;
    }
  }
  const alike = options
    .filter((option) => sameBuild(option, input))
    .map((option) => attempt(option, input, path, run, convert))
    .toSorted((a, b) => a.issues.length - b.issues.length);
  const [best] = alike;
  // Nothing is even of the same build: the union's own message names what it takes.
  if (best === undefined) return { value: input, trail: newTrail() };
  best.converted.trail.meant = best.issues;
  if (parses(options, best.converted.value)) run.issues.push(...best.issues);
  return best.converted;
}

/** True where dropping what was wrong would make the value pass, so that the issue has to be kept by us. */
function parses(options: readonly SchemaParts[], value: unknown): boolean {
  return options.some((option) => v.safeParse(schemaOf(option), value).success);
}

/** Unions: the first option that takes the value; where none does, the one of its build with the fewest issues is meant. */
export function convertUnion(
  schema: SchemaParts,
  input: unknown,
  path: ConfigPath,
  run: Conversion,
  convert: Convert,
): Converted {
  return choose(optionsOf(schema), input, path, run, convert);
}

/** Variants: the discriminator, in either spelling, says which options can be meant. */
export function convertVariant(
  schema: SchemaParts,
  input: unknown,
  path: ConfigPath,
  run: Conversion,
  convert: Convert,
): Converted {
  const name = typeof schema.key === "string" ? schema.key : "";
  if (!isPlainObject(input)) return { value: input, trail: newTrail() };
  const written = Object.hasOwn(input, name) ? name : Object.keys(input).find((key) => sameKey(key, name));
  const said = written === undefined ? undefined : input[written];
  const candidates = flatten(schema).filter((option) =>
    takes(option.entries?.[name], said, [...path, written ?? name], run, convert),
  );
  const [only] = candidates;
  if (only !== undefined && candidates.length === 1) return convert(only, input, path, run);
  if (only !== undefined) return choose(candidates, input, path, run, convert);
  const value: object = Object.create(null) as object;
  const trail = newTrail();
  if (written !== undefined) {
    setOwn(value, name, said);
    trail.parts.set(name, { written, trail: newTrail() });
  }
  return { value, trail };
}

function takes(
  entry: SchemaParts | undefined,
  said: unknown,
  path: ConfigPath,
  run: Conversion,
  convert: Convert,
): boolean {
  if (entry === undefined) return false;
  return attempt(entry, said, path, run, convert).issues.length === 0;
}

function flatten(schema: SchemaParts): readonly SchemaParts[] {
  return optionsOf(schema).flatMap((option) => (option.type === "variant" ? flatten(option) : [option]));
}
