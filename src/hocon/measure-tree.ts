import { MAX_TREE_CHARACTERS, MAX_TREE_DEPTH, MAX_TREE_VALUES } from "./limits.ts";
import type { Problems } from "./problems.ts";
import type { ObjectValue, Value } from "./value.ts";

/** How large a value is when everything shared is counted at each place. */
interface Measure {
  readonly values: number;
  readonly characters: number;
  readonly depth: number;
}

function childrenOf(value: Value): readonly Value[] {
  if (value.tag === "list") return value.contents;
  return value.tag === "object" ? [...value.entries().values()].map((entry) => entry.content) : [];
}

/** Reports a resolved tree that is larger or deeper than anybody could use, at the innermost value that is so. */
export function measureTree(root: ObjectValue, problems: Problems): void {
  if (fits(root)) return;
  const [value, excess] = largest(root);
  problems.add(value.trail?.span ?? value, {
    code: "HOCON_TREE_TOO_LARGE",
    message: `with its substitutions, this value ${excess}`,
    hint: "Values that are substituted into each other multiply; keep the shared part small, or refer to it by name.",
  });
}

/** Walks through the tree as a reader would, until it is through or one of the limits is passed. */
function fits(root: ObjectValue): boolean {
  let count = 0;
  let characters = 0;
  const fitsIn = (value: Value, depth: number): boolean => {
    count += 1;
    if (value.tag === "scalar") {
      characters += value.text.length;
      return characters <= MAX_TREE_CHARACTERS && count <= MAX_TREE_VALUES;
    }
    if (depth > MAX_TREE_DEPTH) return false;
    if (value.tag === "list") {
      for (const item of value.contents) if (!fitsIn(item, depth + 1)) return false;
    } else if (value.tag === "object") {
      for (const entry of value.entries().values()) if (!fitsIn(entry.content, depth + 1)) return false;
    }
    return count <= MAX_TREE_VALUES;
  };
  return fitsIn(root, 1);
}

/** The innermost value that passes a limit, and which; shared values are looked at once. */
function largest(root: ObjectValue): [Value, string] {
  const measured = new Map<Value, Measure>();
  const stack: Value[] = [root];
  for (let value = stack.at(-1); value; value = stack.at(-1)) {
    const children = childrenOf(value);
    const unknown = measured.has(value) ? [] : children.filter((child) => !measured.has(child));
    if (unknown.length > 0) {
      for (const child of unknown) stack.push(child);
      continue;
    }
    stack.pop();
    const measure = sumOf(value, children, measured);
    measured.set(value, measure);
    const excess = excessOf(measure);
    if (excess) return [value, excess];
  }
  return [root, "is too large"];
}

function sumOf(value: Value, children: readonly Value[], measured: ReadonlyMap<Value, Measure>): Measure {
  let values = 1;
  let characters = value.tag === "scalar" ? value.text.length : 0;
  let depth = 1;
  for (const child of children) {
    const measure = measured.get(child);
    values += measure?.values ?? 1;
    characters += measure?.characters ?? 0;
    depth = Math.max(depth, (measure?.depth ?? 0) + 1);
  }
  return { values, characters, depth };
}

function excessOf({ values, characters, depth }: Measure): string | undefined {
  if (depth > MAX_TREE_DEPTH) return `is more than ${MAX_TREE_DEPTH} levels deep`;
  if (values > MAX_TREE_VALUES) return `has more than ${MAX_TREE_VALUES} parts`;
  if (characters > MAX_TREE_CHARACTERS) return `has more than ${MAX_TREE_CHARACTERS} characters`;
  return undefined;
}
