import { durationText, type JsonObject, type JsonValue, nearest, type Redactor } from "../base/mod.ts";
import { type HoconNode, type HoconObject, nodeAt, parsePath, stepsTo, toJson } from "../hocon/mod.ts";
import type { AnyField } from "./field.ts";
import { duration } from "./kinds.ts";
import { sections } from "./schema.ts";
import { type ConfigOrigin, pathText, safeOrigin } from "./show.ts";

/** Where a value comes from, and what is below it. */
export interface Explanation extends ConfigOrigin {
  /** The keys below, where it is an object. */
  readonly keys: readonly string[];
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

function keysBelow(node: HoconNode | undefined): readonly string[] {
  return node?.kind === "object" ? [...node.fields.keys()] : [];
}

/** What holds where a key that the schema knows is not set; undefined where it doesn't know it. */
function unsetText(root: HoconObject, keys: readonly string[], depth: number): string | undefined {
  const isItem = (key: string, at: number): boolean =>
    nodeAt(root, keys.slice(0, at))?.kind === "array" && /^\d+$/u.test(key);
  if (keys.slice(depth).some((key) => /^\d+$/u.test(key))) return undefined;
  const path = keys
    .slice(0, -1)
    .map((key, at) => (isItem(key, at) ? "[]" : `.${key}`))
    .join("")
    .slice(1);
  const section = sections.find((one) => one.path === path);
  const field = section?.entries.find(([, one]) => one.key === keys.at(-1))?.[1];
  if (field === undefined) return undefined;
  if (field.required === true) return `It is required: ${field.doc}.`;
  const fallback = defaultText(field);
  const holds = fallback === undefined ? "and has no default" : `so its default holds, ${fallback}`;
  return `It is not set, ${holds}: ${field.doc}.`;
}

function defaultText(field: AnyField): string | undefined {
  if (field.defaultText !== undefined) return field.defaultText;
  if (field.default === undefined) return undefined;
  return field.kind === duration ? durationText(Number(field.default)) : JSON.stringify(field.default);
}

function missing(root: HoconObject, keys: readonly string[], path: string): Explained {
  let depth = keys.length;
  while (depth > 0 && nodeAt(root, keys.slice(0, depth)) === undefined) depth--;
  const holder = nodeAt(root, keys.slice(0, depth));
  const meant = nearest(keys[depth] ?? "", keysBelow(holder));
  const items = holder?.kind === "array" ? holder.items.length : undefined;
  const hint =
    unsetText(root, keys, depth) ??
    (meant !== undefined
      ? `Did you mean ${pathText([...keys.slice(0, depth), meant, ...keys.slice(depth + 1)])}?`
      : items === undefined
        ? undefined
        : `${pathText(keys.slice(0, depth))} is a list of ${items}, numbered from 0.`);
  return { ok: false, message: `the configuration has no value at ${path}`, hint };
}

/** Explains the value at a path (`pipeline.checkpoint.location`; a number counts into a list, from 0). */
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
    explanation: {
      path,
      value: redactAt(keys.value, node, redactor),
      ...safeOrigin({ place, steps: stepsTo(root, keys.value) ?? steps }, redactor),
      keys: keysBelow(node),
    },
  };
}
