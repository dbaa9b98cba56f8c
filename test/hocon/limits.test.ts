import { describe, expect, test } from "bun:test";
import { renderHocon, renderJson } from "../../src/hocon/mod.ts";
import { includesOf, messagesOf, readText, treeOf, valueOf } from "./read.ts";

/** The only error of a text, which has to have a place. */
function onlyError(text: string, more: Parameters<typeof readText>[1] = {}): string {
  const { root, findings } = readText(text, more);
  expect(root).toBeUndefined();
  expect(findings).toHaveLength(1);
  expect(findings[0]?.place?.line).toBeGreaterThan(0);
  return `${findings[0]?.code} ${findings[0]?.place?.line}:${findings[0]?.place?.column}`;
}

/** `next(i)` for i from 0 to count - 1, a line each. */
function lines(count: number, next: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => next(index)).join("\n");
}

describe("nesting ends in one error, not in a stack overflow", () => {
  const deep = 100_000;
  test("of lists", () => {
    expect(onlyError(`a = ${"[".repeat(deep)}${"]".repeat(deep)}`)).toBe("HOCON_TOO_DEEP 1:1005");
  });
  test("of objects", () => {
    expect(onlyError("a {".repeat(deep))).toStartWith("HOCON_TOO_DEEP");
  });
  test("of keys in a path", () => {
    expect(onlyError(`${"a.".repeat(deep)}a = 1`)).toStartWith("HOCON_TOO_DEEP");
  });
  test("of JSON", () => {
    expect(onlyError(`{"a": ${"[".repeat(deep)}`, { file: "x.json" })).toStartWith("HOCON_TOO_DEEP");
  });
  test("of substitutions inside each other", () => {
    expect(messagesOf(`a = ${"${".repeat(deep)}`)).toHaveLength(1);
  });
  test("of keys in a substitution", () => {
    expect(onlyError(`a = \${${"b.".repeat(deep)}b}`)).toStartWith("HOCON_BAD_PATH");
  });
  test("of values that wait for each other", () => {
    expect(onlyError(`${lines(deep, (i) => `a${i} = \${a${i + 1}}`)}\na${deep} = 1`)).toStartWith(
      "HOCON_SUBSTITUTION_TOO_DEEP",
    );
  });
  test("of values that substitution puts into each other", () => {
    const level = "x {".repeat(900);
    const text = lines(20, (i) => `k${i} = ${level.slice(2)} v = \${?k${i - 1}} ${"}".repeat(900)}`);
    expect(onlyError(text)).toMatch(/^HOCON_(?:SUBSTITUTION_TOO_DEEP|TREE_TOO_LARGE)/);
  });
  test("900 levels are read, rendered and read again", () => {
    const text = `a = ${"[".repeat(900)}1${"]".repeat(900)}`;
    const root = treeOf(text);
    expect(renderJson(treeOf(renderHocon(root)))).toBe(renderJson(root));
  });
});

describe("substitutions that multiply end in an error before memory does", () => {
  test("strings that double", () => {
    expect(onlyError(`a0 = 0123456789\n${lines(60, (i) => `a${i + 1} = \${a${i}}\${a${i}}`)}`)).toStartWith(
      "HOCON_STRING_TOO_LONG",
    );
  });
  test("lists that double", () => {
    expect(onlyError(`a0 = [1]\n${lines(60, (i) => `a${i + 1} = \${a${i}} \${a${i}}`)}`)).toStartWith(
      "HOCON_",
    );
  });
  test("objects that double", () => {
    expect(
      onlyError(`a0 { v = 1 }\n${lines(60, (i) => `a${i + 1} { x = \${a${i}}, y = \${a${i}} }`)}`),
    ).toStartWith("HOCON_TREE_TOO_LARGE");
  });
  test("optional references without a value that double", () => {
    const text = lines(60, (i) => `a${i + 1} = \${?a${i}}\${?a${i}}`);
    expect(readText(text).findings.length).toBeLessThanOrEqual(1);
  });
  test("objects that grow by one key each", () => {
    const text = `a0 { k = 1 }\n${lines(8_000, (i) => `a${i + 1} = \${a${i}} { k${i} = 1 }`)}`;
    expect(onlyError(text)).toStartWith("HOCON_");
  });
  test("a string of 100 million characters", () => {
    expect(onlyError(`a = "${"x".repeat(100_000_000)}"`)).toStartWith("HOCON_TEXT_TOO_LONG");
  });
});

describe("what people write is far from the limits", () => {
  test("500 appends to one list", () => {
    expect(valueOf(lines(500, (i) => `l += ${i}`))).toEqual({ l: Array.from({ length: 500 }, (_, i) => i) });
  });
  test("20,000 keys of one object, each with its path", () => {
    const tree = treeOf(lines(20_000, (i) => `spark.config.k${i} = ${i}`));
    expect(renderJson(tree)).toContain('"k19999":19999');
  });
  test("20,000 overrides of one key", () => {
    expect(valueOf(lines(20_000, (i) => `a = ${i}`))).toEqual({ a: 19_999 });
  });
  test("20,000 values with a fallback each", () => {
    const tree = treeOf(lines(20_000, (i) => `v.k${i} = ${i}\nv.k${i} = \${?NOPE}`));
    expect(renderJson(tree)).toContain('"k19999":19999');
  });
});

describe("includes end", () => {
  test("in an error where a file includes itself through another", () => {
    const includes = includesOf({ "b.conf": 'include "main.conf"', "main.conf": 'include "b.conf"' });
    const { findings } = readText('include "b.conf"', { includes });
    expect(findings).toMatchObject([
      { code: "HOCON_INCLUDE_CYCLE", place: { file: "b.conf", line: 1, column: 1 } },
    ]);
    expect(findings[0]?.message).toBe("main.conf includes itself through main.conf:1:1 and b.conf:1:1");
  });
  test("in an error where each file is another", () => {
    let files = 0;
    const includes = { read: () => ({ file: `f${(files += 1)}.conf`, text: 'include "x.conf"' }) };
    expect(onlyError('include "x.conf"', { includes })).toStartWith("HOCON_INCLUDE_CYCLE");
  });
  test("in an error where they multiply", () => {
    let files = 0;
    const includes = {
      read: () => ({ file: `f${(files += 1)}.conf`, text: 'include "x.conf"\ninclude "y.conf"' }),
    };
    const { root, findings } = readText('include "x.conf"', { includes });
    expect(root).toBeUndefined();
    expect(findings.length).toBeLessThanOrEqual(20);
  });
});

describe("keys that mean something to JavaScript are ordinary", () => {
  test("they are values of the tree and change no prototype", () => {
    const text =
      'a.__proto__.polluted = yes\n"__proto__" { polluted = yes }\nconstructor.prototype.polluted = yes\nprototype = 1\ntoString = ${__proto__.polluted}';
    const root = treeOf(text);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
    expect([...root.fields.keys()]).toEqual(["a", "__proto__", "constructor", "prototype", "toString"]);
    expect(renderJson(root)).toBe(
      '{"a":{"__proto__":{"polluted":"yes"}},"__proto__":{"polluted":"yes"},"constructor":{"prototype":{"polluted":"yes"}},"prototype":1,"toString":"yes"}',
    );
  });
});
