import { expect, test } from "bun:test";
import type { CairnError } from "../../src/base/mod.ts";
import { jsonResult, MAX_RESULT_BYTES } from "../../src/sdk/mod.ts";

test.each([
  [undefined, undefined],
  [null, null],
  [{ a: [1, "x", true, null, { b: 0.5 }] }, { a: [1, "x", true, null, { b: 0.5 }] }],
  [{ a: undefined, b: 1 }, { b: 1 }],
  [Object.assign(Object.create(null) as object, { a: 1 }), { a: 1 }],
] as const)("%#: JSON comes back as it is", (value, expected) => {
  expect(jsonResult("the outputs", value)).toEqual(expected as never);
});

test("the result is a copy, and __proto__ in it is an ordinary key", () => {
  const value: unknown = JSON.parse('{ "__proto__": { "x": 1 } }');
  const result = jsonResult("the outputs", value) as object;
  expect(Object.keys(result)).toEqual(["__proto__"]);
  expect((result as { x?: number }).x).toBeUndefined();
});

class Frame {
  readonly rows: number = 3;
}
const cycle: { self?: unknown } = {};
cycle.self = cycle;

test.each([
  [new Date(0), "value is an instance of Date, which JSON can't say"],
  [{ rows: [1, Number.NaN] }, "value.rows[1] is NaN, which JSON can't say"],
  [{ n: 12n }, "value.n is a bigint, which JSON can't say"],
  [() => 1, "value is a function, which JSON can't say"],
  [{ f: new Frame() }, "value.f is an instance of Frame, which JSON can't say"],
  [new Map(), "value is an instance of Map, which JSON can't say"],
  [[undefined], "value[0] is a undefined, which JSON can't say"],
])("%#: what JSON can't say is refused with its place", (value, state) => {
  expect(() => jsonResult("the outputs", value)).toThrow(`Cannot keep the outputs: ${state}`);
});

test("a value that holds itself is refused", () => {
  expect(() => jsonResult("the outputs", cycle)).toThrow(/: value contains itself, as value\.self$/);
  expect(() => jsonResult("the outputs", { rows: [{ cycle }] })).toThrow(
    /: value\.rows\[0\]\.cycle contains itself, as value\.rows\[0\]\.cycle\.self$/,
  );
  let deep: unknown = 1;
  for (let level = 0; level < 300; level++) deep = { a: deep };
  expect(() => jsonResult("the outputs", deep)).toThrow(
    /: value(?:\.a){20,30}.{0,2}… is nested deeper than 200 levels$/,
  );
  const twice = { a: 1 };
  expect(jsonResult("the outputs", [twice, { twice }])).toEqual([{ a: 1 }, { twice: { a: 1 } }]);
});

test("more than 256 KiB are refused, in bytes of UTF-8", () => {
  expect(jsonResult("the outputs", "x".repeat(MAX_RESULT_BYTES - 2))).toHaveLength(MAX_RESULT_BYTES - 2);
  try {
    jsonResult('the outputs of "Load"', "é".repeat(MAX_RESULT_BYTES / 2));
    throw new Error("it was accepted");
  } catch (thrown) {
    const error = thrown as CairnError;
    expect([error.code, error.message, error.hint]).toEqual([
      "RESULT_TOO_LARGE",
      'Cannot keep the outputs of "Load": 262146 bytes of JSON are more than the 262144 allowed',
      "Write large data to a file and declare it with artifact(…); return where it lies.",
    ]);
  }
});
