import type { HoconNode, HoconObject } from "./node.ts";
import { type Reading, read } from "./reading.ts";

/** The keys of a path expression: `a."b.c".d` gives `a`, `b.c`, `d`. */
export function parsePath(text: string): Reading<readonly string[]> {
  return read(text.split("."));
}

/** The value at a path (text or keys), or undefined. A key into a list is its index. */
export function nodeAt(root: HoconObject, path: string | readonly string[]): HoconNode | undefined {
  const keys = typeof path === "string" ? path.split(".") : path;
  let node: HoconNode | undefined = root;
  for (const key of keys) {
    if (node?.kind === "object") node = node.fields.get(key)?.value;
    else if (node?.kind === "array" && /^\d+$/.test(key)) node = node.items[Number(key)];
    else return undefined;
  }
  return node;
}
