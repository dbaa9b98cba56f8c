import type { Finding } from "../base/mod.ts";
import { Lexer } from "./lexer.ts";
import type { HoconNode, HoconObject, OriginStep } from "./node.ts";
import { readPathBetween } from "./path-expression.ts";
import { type Reading, read } from "./reading.ts";
import { makeSpan, placeOf, SourceText } from "./source-text.ts";

/** The keys of a path expression: `a."b.c".d` gives `a`, `b.c`, `d`. The finding of a bad one has the path as its source line. */
export function parsePath(text: string): Reading<readonly string[]> {
  const source = new SourceText("<path>", text);
  const keys = readPathBetween(new Lexer(source, true), 0, text.length);
  if (Array.isArray(keys)) return read(keys);
  const span = makeSpan(source, keys.start, keys.end);
  const finding: Finding = {
    severity: "error",
    code: "HOCON_BAD_PATH",
    message: keys.message,
    place: placeOf(span),
    sourceLine: text,
    hint: keys.hint,
  };
  return { ok: false, finding };
}

/** The value at a path (text or keys), or undefined. A key into a list is its index, from 0. */
export function nodeAt(root: HoconObject, path: string | readonly string[]): HoconNode | undefined {
  return along(root, path)?.at(-1);
}

/**
 * How the value at a path came to stand there, nearest first: its own steps, then the substitutions,
 * variables and `--set`s that brought the objects around it. Undefined where there is no value.
 */
export function stepsTo(
  root: HoconObject,
  path: string | readonly string[],
): readonly OriginStep[] | undefined {
  const nodes = along(root, path);
  const own = nodes?.at(-1);
  if (!nodes || !own) return undefined;
  const around = nodes
    .slice(0, -1)
    .toReversed()
    .flatMap((node) => node.origin.steps.filter(({ kind }) => kind !== "include" && kind !== "override"));
  return [...own.origin.steps, ...around];
}

/** The nodes from the root to the value at a path; undefined where it leads nowhere. */
function along(root: HoconObject, path: string | readonly string[]): readonly HoconNode[] | undefined {
  const parsed = typeof path === "string" ? parsePath(path) : read(path);
  if (!parsed.ok) return undefined;
  const nodes: HoconNode[] = [root];
  let node: HoconNode | undefined = root;
  for (const key of parsed.value) {
    if (node?.kind === "object") node = node.fields.get(key)?.value;
    else if (node?.kind === "array") node = /^\d+$/.test(key) ? node.items[Number(key)] : undefined;
    else return undefined;
    if (!node) return undefined;
    nodes.push(node);
  }
  return nodes;
}
