import { expect, test } from "bun:test";
import type { JsonValue } from "../../src/base/mod.ts";
import { v } from "../../src/sdk/mod.ts";
import { read } from "./read.ts";

test("unions in unions are read without trying all ways through them", () => {
  const Tree: v.GenericSchema = v.lazy(() =>
    v.union([v.number(), v.array(Tree), v.object({ subTree: Tree })]),
  );
  const deep = (leaf: JsonValue): JsonValue => {
    let value = leaf;
    for (let i = 0; i < 60; i++) value = i % 2 === 0 ? { "sub-tree": value } : [value];
    return value;
  };
  expect(JSON.stringify(read(Tree, deep("5")))).toBe(
    JSON.stringify(deep(5)).replaceAll("sub-tree", "subTree"),
  );
  expect(read(Tree, deep("x"))).toEqual([
    `${"0.sub-tree.".repeat(30).slice(0, -1)}: expected a number or a list or an object, found "x"`,
  ]);
  expect(
    read(
      v.array(Tree),
      Array.from({ length: 5000 }, () => "1"),
    ),
  ).toHaveLength(5000);
});

test("lazy schemas that make themselves anew at each call end, if not with an answer", () => {
  const tree = (): v.GenericSchema => v.lazy(() => v.union([v.number(), v.array(tree()), v.tuple([tree()])]));
  let value: JsonValue = "x";
  for (let i = 0; i < 40; i++) value = [value];
  expect(read(tree(), value)).toEqual([
    ": the schema of the plugin failed: its unions hold too many possibilities",
  ]);
});

test("null is a value where a lazy schema takes it, and none where it is taken away again", () => {
  const lazy = v.object({
    aB: v.optional(
      v.lazy(() => v.nullable(v.string())),
      "x",
    ),
    cD: v.optional(v.nonNullable(v.any())),
  });
  expect(read(lazy, { "a-b": null, "c-d": null })).toEqual({ aB: null });
});
