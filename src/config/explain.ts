import {
  type JsonObject,
  type JsonValue,
  nearest,
  type Place,
  placeText,
  type Redactor,
} from "../base/mod.ts";
import {
  type HoconNode,
  type HoconObject,
  nodeAt,
  type OriginStep,
  parsePath,
  toJson,
} from "../hocon/mod.ts";

/** Where a value comes from. */
export interface Explanation {
  readonly path: string;
  /** Redacted. */
  readonly value: JsonValue;
  readonly place: Place;
  /** How it got where it stands, nearest first. */
  readonly steps: readonly OriginStep[];
}

/** What there is at a path: its explanation, or why there is none. */
export type Explained =
  | { readonly ok: true; readonly explanation: Explanation }
  | { readonly ok: false; readonly message: string; readonly hint: string | undefined };

/** The value under its keys, masked as it would be in the whole configuration. */
function redactAt(keys: readonly string[], node: HoconNode, redactor: Redactor): JsonValue {
  let wrapped: JsonValue = toJson(node);
  for (const key of keys.toReversed()) wrapped = { [key]: wrapped };
  let masked = redactor.json(wrapped);
  for (const _ of keys) masked = Object.values(masked as JsonObject)[0] ?? null;
  return masked;
}

function missing(root: HoconObject, keys: readonly string[], path: string): Explained {
  let depth = keys.length;
  while (depth > 0 && nodeAt(root, keys.slice(0, depth)) === undefined) depth--;
  const holder = depth === 0 ? root : nodeAt(root, keys.slice(0, depth));
  const known = holder?.kind === "object" ? [...holder.fields.keys()] : [];
  const meant = nearest(keys[depth] ?? "", known);
  const corrected = meant === undefined ? undefined : [...keys.slice(0, depth), meant].join(".");
  return {
    ok: false,
    message: `the configuration has no value at ${path}`,
    hint: corrected === undefined ? undefined : `Did you mean ${corrected}?`,
  };
}

/** Explains the value at a path (`pipeline.checkpoint.location`; a number counts into a list). */
export function explainValue(root: HoconObject, path: string, redactor: Redactor): Explained {
  const keys = parsePath(path);
  if (!keys.ok) {
    return { ok: false, message: `${path} is no path: ${keys.finding.message}`, hint: keys.finding.hint };
  }
  const node = nodeAt(root, keys.value);
  if (node === undefined) return missing(root, keys.value, path);
  const { place, steps } = node.origin;
  return {
    ok: true,
    explanation: { path, value: redactAt(keys.value, node, redactor), place, steps },
  };
}

function stepText({ kind, place, detail }: OriginStep): string {
  const at = placeText(place);
  const named = detail ?? "";
  const sayings: Readonly<Record<OriginStep["kind"], string>> = {
    include: `included ${named === "" ? "" : `as ${named} `}from ${at}`,
    override: `overrides the value at ${at}`,
    append: `appended at ${at}`,
    substitution: `through \${${named}} at ${at}`,
    environment: `from the environment variable ${named} at ${at}`,
    set: `set by --set ${named}`.trimEnd(),
  };
  return sayings[kind];
}

/** An explanation for people: the value, its place, and one line for each step. */
export function explanationText({ path, value, place, steps }: Explanation): string {
  const lines = [`${path} = ${JSON.stringify(value, null, 2)}`, `  at ${placeText(place)}`];
  for (const step of steps) lines.push(`  ${stepText(step)}`);
  return `${lines.join("\n")}\n`;
}

/** An explanation as JSON. */
export function explanationJson({ path, value, place, steps }: Explanation): JsonObject {
  return {
    path,
    value,
    place: { ...place },
    steps: steps.map((step) => ({ kind: step.kind, place: { ...step.place }, detail: step.detail ?? null })),
  };
}
