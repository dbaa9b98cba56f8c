import { describe, expect, test } from "bun:test";
import * as fc from "fast-check";
import {
  type HoconNode,
  parsePath,
  readHocon,
  renderHocon,
  renderJson,
  noIncludes,
} from "../../src/hocon/mod.ts";
import { randomDocument } from "../../scripts/hocon/generate.ts";
import { recordedCases } from "./case-files.ts";
import { readFileSync } from "node:fs";
import { readText, treeOf } from "./read.ts";

const key = fc.oneof(
  fc.constantFrom("a", "b", "a.b", "", "__proto__", "include", "true", "1", "x y", '"', "#"),
  fc.string(),
);
const scalar = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom("true", "null", "1", "10s", "${a}", "//", "\u2028", '"""', "\\"),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.boolean(),
  fc.constant(null),
);

/** Any JSON value that a root can hold. */
const { object } = fc.letrec((tie) => ({
  value: fc.oneof({ depthSize: "small" }, scalar, fc.array(tie("value"), { maxLength: 4 }), tie("object")),
  object: fc.dictionary(key, tie("value"), { maxKeys: 4, noNullPrototype: false }),
}));

/** A seed for randomDocument; the law tells it when it fails. */
const documentSeed = fc.nat();

function* nodes(node: HoconNode): Generator<HoconNode> {
  yield node;
  if (node.kind === "object") for (const { value } of node.fields.values()) yield* nodes(value);
  if (node.kind === "array") for (const item of node.items) yield* nodes(item);
}

describe("what is rendered reads back to the same tree", () => {
  test("JSON is HOCON, and rendering changes nothing", () => {
    fc.assert(
      fc.property(object, (value) => {
        const root = treeOf(JSON.stringify(value));
        const expected = renderJson(root);
        expect(renderJson(treeOf(renderHocon(root)))).toBe(expected);
        expect(renderJson(treeOf(expected, { file: "x.json" }))).toBe(expected);
        expect(renderJson(treeOf(renderJson(root, 2)))).toBe(expected);
      }),
    );
  });

  test("numbers keep the text in which they were written", () => {
    const text = "a = 1.50\nb = 007\nc = 9223372036854775807\nd = 1e999\ne = -0\nf = 1.\n";
    expect(renderHocon(treeOf(text))).toBe(text);
    expect(renderJson(treeOf(text))).toBe('{"a":1.50,"b":7,"c":9223372036854775807,"d":1e999,"e":-0,"f":1}');
  });

  test("resolved random documents", () => {
    fc.assert(
      fc.property(documentSeed, (seed) => {
        const { root } = readText(randomDocument(seed).main);
        if (root) expect(renderJson(treeOf(renderHocon(root)))).toBe(renderJson(root));
      }),
      { numRuns: 500 },
    );
  });
});

describe("every value has an origin", () => {
  test("on a line of its file, for every random document", () => {
    fc.assert(
      fc.property(documentSeed, (seed) => {
        const { main } = randomDocument(seed);
        const { root } = readText(main, { env: { HOCON_T_STR: "s", HOCON_T_NUM: "1" } });
        const lines = main.split("\n");
        for (const { origin } of root ? nodes(root) : []) {
          const { file, line, column, length } = origin.place;
          expect(file).toBe("main.conf");
          expect(line).toBeWithin(1, lines.length + 1);
          expect(column + length).toBeLessThanOrEqual((lines[line - 1]?.length ?? 0) + 2);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe("no input crashes, and every error has a place", () => {
  const check = (text: string | Uint8Array, file = "main.conf"): void => {
    const { root, findings } = readHocon({ text, file, includes: noIncludes, env: {} });
    const errors = findings.filter(({ severity }) => severity === "error");
    expect(root === undefined).toBe(errors.length > 0);
    for (const { place, message } of errors) {
      expect(place?.line).toBeGreaterThan(0);
      expect(message).not.toBe("");
    }
  };

  test("random bytes and texts, as HOCON, JSON and properties", () => {
    const file = fc.constantFrom("a.conf", "a.json", "a.properties");
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), file, check));
    fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 200 }), file, check));
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'{}[]:=,+#"\\$?ab.1 \n\t/'.split("")), maxLength: 60 }),
        file,
        check,
      ),
      { numRuns: 2000 },
    );
  });

  test("recorded cases with a stretch cut out, doubled or moved", () => {
    const texts = recordedCases().map(({ file }) => readFileSync(file, "utf8"));
    const place = fc.nat({ max: 10_000 });
    fc.assert(
      fc.property(
        fc.constantFrom(...texts),
        place,
        place,
        fc.constantFrom("", "}", '"', "${", "\n"),
        (text, a, b, between) => {
          const [from = 0, to = 0] = [a % (text.length + 1), b % (text.length + 1)].toSorted((x, y) => x - y);
          check(text.slice(0, from) + between + text.slice(to));
          check(text.slice(0, to) + between + text.slice(from));
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe("merging is associative", () => {
  test("three definitions merge the same in whichever order they are grouped", () => {
    fc.assert(
      fc.property(object, object, object, (a, b, c) => {
        const [x, y, z] = [a, b, c].map((value) => JSON.stringify(value));
        const plain = renderJson(treeOf(`o = ${x}\no = ${y}\no = ${z}`));
        const left = renderJson(treeOf(`o = ${x} ${y}\no = ${z}`));
        const right = renderJson(treeOf(`o = ${x}\no = ${y} ${z}`));
        expect(left).toBe(plain);
        expect(right).toBe(plain);
      }),
    );
  });
});

describe("paths", () => {
  test("keys in quotes, without quotes and with white space inside", () => {
    const keys = (text: string): unknown => {
      const path = parsePath(text);
      return path.ok ? path.value : path.finding.message;
    };
    expect(keys('a."b.c".d')).toEqual(["a", "b.c", "d"]);
    expect(keys(' a b . "" ')).toEqual(["a b ", " "]);
    expect(keys('1.5."__proto__"')).toEqual(["1", "5", "__proto__"]);
    expect(keys("")).toBe("expected a path, found nothing");
    expect(keys("a[0]")).toBe('"[" cannot be part of a path');
  });
});
