import { describe, expect, test } from "bun:test";
import * as fc from "fast-check";
import type { JsonValue } from "../../src/base/mod.ts";
import { v } from "../../src/sdk/mod.ts";
import { camelOf, kebabOf } from "../../src/sdk/schema/spelling.ts";
import { seeded } from "../kit/mod.ts";
import { read } from "./read.ts";

describe("spelling", () => {
  const { seed } = seeded("decode-config spelling");
  const word = fc.stringMatching(/^[a-z][a-z0-9]{0,5}$/);
  const camelKey = fc.array(word, { minLength: 1, maxLength: 4 }).map((words) => camelOf(words.join("-")));
  const settings = { seed, numRuns: 200 };

  test.each([
    ["sourcePath", "source-path"],
    ["sourceURL", "source-url"],
    ["URLOfSource", "url-of-source"],
    ["s3Bucket", "s3-bucket"],
    ["x", "x"],
    ["maxX", "max-x"],
    ["snake_case", "snake_case"],
  ])("%s is written %s", (camel, kebab) => {
    expect(kebabOf(camel)).toBe(kebab);
    expect(read(v.object({ [camel]: v.number() }), { [kebab]: 1 })).toEqual({ [camel]: 1 });
  });

  test("any entry is found in both spellings", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(camelKey, { minLength: 1, maxLength: 6, selector: (key) => kebabOf(key) }),
        (keys) => {
          const schema = v.object(Object.fromEntries(keys.map((key) => [key, v.number()])));
          const expected = Object.fromEntries(keys.map((key, i) => [key, i]));
          const kebab = Object.fromEntries(keys.map((key, i) => [kebabOf(key), i]));
          expect(read(schema, kebab)).toEqual(expected);
          expect(read(schema, expected)).toEqual(expected);
        },
      ),
      settings,
    );
  });

  test("an object read in kebab-case, written out and read again is the same, whatever is nested in it", () => {
    const { tree } = fc.letrec<{ tree: JsonValue; leaf: JsonValue; node: JsonValue }>((tie) => ({
      leaf: fc.oneof(fc.string(), fc.integer(), fc.boolean()),
      node: fc.oneof(
        fc.array(tie("tree"), { maxLength: 3 }).map((items) => items as JsonValue),
        fc
          .uniqueArray(fc.tuple(camelKey, tie("tree")), { maxLength: 4, selector: ([key]) => kebabOf(key) })
          .map((entries) => Object.fromEntries(entries) as JsonValue),
      ),
      tree: fc.oneof({ maxDepth: 4 }, tie("leaf"), tie("node")),
    }));
    fc.assert(
      fc.property(tree, (value) => {
        const schema = v.object({ rootValue: schemaOf(value) });
        const first = read(schema, { "root-value": kebabTree(value) });
        expect(first).toEqual({ rootValue: value } as never);
        expect(read(schema, first as JsonValue)).toEqual(first as never);
      }),
      settings,
    );
  });

  test("records give back exactly the keys that were written", () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.string().filter((key) => !["__proto__", "constructor", "prototype"].includes(key)),
          fc.integer(),
        ),
        (value) => {
          expect(read(v.record(v.string(), v.number()), value)).toEqual(value);
        },
      ),
      settings,
    );
  });
});

/** The schema that takes exactly values built like this one. */
function schemaOf(value: JsonValue): v.GenericSchema {
  if (Array.isArray(value))
    return v.tuple(value.map((item) => schemaOf(item as JsonValue)) as [v.GenericSchema]);
  if (typeof value === "object" && value !== null) {
    return v.object(Object.fromEntries(Object.entries(value).map(([key, item]) => [key, schemaOf(item)])));
  }
  if (typeof value === "string") return v.string();
  return typeof value === "number" ? v.number() : v.boolean();
}

function kebabTree(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map((item) => kebabTree(item as JsonValue));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [kebabOf(key), kebabTree(item)]));
}
