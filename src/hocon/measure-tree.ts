import { MAX_TREE_CHARACTERS, MAX_TREE_DEPTH, MAX_TREE_VALUES } from "./limits.ts";
import type { Problems } from "./problems.ts";
import type { ObjectValue, Value } from "./value.ts";

/** How large a value is when everything shared is counted at each place. */
interface Measure {
  readonly values: number;
  readonly characters: number;
  readonly depth: number;
}

const ONE: Measure = { values: 1, characters: 0, depth: 1 };

function childrenOf(value: Value): readonly Value[] {
  if (value.tag === "list") return value.items;
  return value.tag === "object" ? [...value.entries().values()].map((entry) => entry.value) : [];
}

/** Reports a resolved tree that is larger or deeper than anybody could use, at the innermost value that is so. */
export function measureTree(root: ObjectValue, problems: Problems): void {
  const measured = new Map<Value, Measure>();
  const measureOf = (value: Value): Measure | undefined =>
    value.tag === "scalar"
      ? { ...ONE, characters: value.text.length }
      : value.tag === "list" || value.tag === "object"
        ? measured.get(value)
        : ONE;
  const stack: Value[] = [root];
  for (let value = stack.at(-1); value; value = stack.at(-1)) {
    if (measured.has(value)) {
      stack.pop();
      continue;
    }
    const children = childrenOf(value);
    const open = children.filter((child) => !measureOf(child));
    if (open.length > 0) {
      for (const child of open) stack.push(child);
      continue;
    }
    stack.pop();
    let { values, characters, depth } = ONE;
    for (const child of children) {
      const measure = measureOf(child) ?? ONE;
      values += measure.values;
      characters += measure.characters;
      depth = Math.max(depth, measure.depth + 1);
    }
    measured.set(value, { values, characters, depth });
    const excess = excessOf({ values, characters, depth });
    if (excess) {
      problems.add((value.trail ?? value).span, {
        code: "HOCON_TREE_TOO_LARGE",
        message: `with its substitutions, this value ${excess}`,
        hint: "Values that are substituted into each other multiply; keep the shared part small, or refer to it by name.",
      });
      return;
    }
  }
}

function excessOf({ values, characters, depth }: Measure): string | undefined {
  if (depth > MAX_TREE_DEPTH) return `is more than ${MAX_TREE_DEPTH} levels deep`;
  if (values > MAX_TREE_VALUES) return `has more than ${MAX_TREE_VALUES} parts`;
  if (characters > MAX_TREE_CHARACTERS) return `has more than ${MAX_TREE_CHARACTERS} characters`;
  return undefined;
}
