import type { KeyPath } from "./key-path.ts";
import { ignoresFallbacks } from "./merge.ts";
import type { PathNode } from "./resolve-source.ts";
import type { DelayedMerge, ObjectValue, Value } from "./value.ts";

/** What stands at the end of a path, and the containers on the way. */
export interface Found {
  readonly value: Value | undefined;
  readonly way: PathNode | undefined;
  readonly key: string;
}

/** The root of a way. */
export function lastOf(way: PathNode): PathNode["container"] {
  let node = way;
  while (node.above) node = node.above;
  return node.container;
}

/** True where a way leads through definitions that are still to be merged. */
export function passesMerge(way: PathNode | undefined): boolean {
  for (let node = way; node; node = node.above) if (node.container.tag === "delayed") return true;
  return false;
}

/** Follows a path through objects; `way` holds those that were passed. */
export function walk(root: ObjectValue, path: KeyPath): Found {
  let way: PathNode = { container: root, key: undefined, above: undefined };
  let object: ObjectValue | DelayedMerge = root;
  for (let step = path; ; step = step.rest) {
    const value = peek(object, step.first);
    if (!step.rest || value?.tag === "failed") return { value, way, key: step.first };
    if (value?.tag !== "object" && !(value?.tag === "delayed" && value.isObject)) {
      return { value: undefined, way, key: step.first };
    }
    way = { container: value, key: step.first, above: way };
    object = value;
  }
}

/** What stands under a key as far as that is known: in a merge, the first definition that nothing below can change. */
function peek(object: ObjectValue | DelayedMerge, key: string): Value | undefined {
  if (object.tag === "object") return object.get(key)?.content;
  for (const layer of object.stack) {
    if (layer.tag === "reference" || layer.tag === "concatenation") return undefined;
    if (layer.tag !== "object") return layer.tag === "failed" ? layer : undefined;
    const value = layer.get(key)?.content;
    if (value && ignoresFallbacks(value)) return value;
  }
  return undefined;
}
