import { expect, test } from "bun:test";
import { canonicalJson, type JsonObject } from "../../src/base/mod.ts";
import { decodePluginConfig, settingsJson } from "../../src/plugin/mod.ts";
import { defineComponent, v } from "../../src/sdk/mod.ts";

class Money {
  readonly cents: number = 5;
}
function named(): void {}
const cycle: { self?: unknown } = {};
cycle.self = cycle;

test.each([
  [
    { a: 1, b: undefined, c: [undefined] },
    { a: 1, c: [null] },
  ],
  [new Date(0), "1970-01-01T00:00:00.000Z"],
  [new Date(Number.NaN), "[invalid date]"],
  [12345678901234567890n, "12345678901234567890"],
  [Number.NaN, "NaN"],
  [-Infinity, "-Infinity"],
  [new Map([["a-b", 1n]]), { "a-b": "1" }],
  [new Map([[1, "x"]]), [[1, "x"]]],
  [new Set([1, new Date(0)]), [1, "1970-01-01T00:00:00.000Z"]],
  [/a+/g, "/a+/g"],
  [new URL("https://example.com/x"), "https://example.com/x"],
  [named, "[function named]"],
  [Symbol("s"), "Symbol(s)"],
  [new Money(), { cents: 5 }],
  [new TypeError("x"), "[TypeError: x]"],
  [
    new Uint8Array([1]),
    "[1 bytes, SHA-256 4bf5122f344554c53bde2ebb8cd2b7e3d1600ad631c385a5d7cce23c7785459a]",
  ],
])("%#: what JSON can't say is spelled as text", (value, expected) => {
  expect(settingsJson(value)).toEqual(expected as never);
});

test("a value that holds itself ends", () => {
  expect(canonicalJson(settingsJson(cycle))).toContain("[deeper]");
});

test("settings hold the defaults and the schema's names, whatever spelling and order the user chose", () => {
  const component = defineComponent({
    config: v.object({
      sourcePath: v.string(),
      since: v.optional(v.date(), new Date(0)),
      batchSize: v.optional(v.number(), 1000),
    }),
    run() {},
  });
  const one = decodePluginConfig("T", component, { value: { "batch-size": "1000", "source-path": "a" } });
  const two = decodePluginConfig("T", component, { value: { sourcePath: "a" } });
  expect(one.issues).toEqual([]);
  expect(one.settings).toEqual({ sourcePath: "a", since: "1970-01-01T00:00:00.000Z", batchSize: 1000 });
  expect(canonicalJson(one.settings as JsonObject)).toBe(canonicalJson(two.settings as JsonObject));
  expect(one.config).toEqual({ sourcePath: "a", since: new Date(0), batchSize: 1000 });
});

test("without a schema the configuration is given as it is", () => {
  const value = { "a-b": { cD: [1, null] } };
  const checked = decodePluginConfig("T", defineComponent({ run() {} }), { value });
  expect([checked.config, checked.settings, checked.issues]).toEqual([value, value, []]);
});

test("a schema may make something else than an object of the configuration", () => {
  const component = defineComponent({
    config: v.pipe(
      v.object({ n: v.number() }),
      v.transform(({ n }) => n),
    ),
    run() {},
  });
  const checked = decodePluginConfig("T", component, { value: { n: 4 } });
  expect([checked.config, checked.settings]).toEqual([4, { config: 4 }]);
});

test("a wrong configuration has issues and neither settings nor value", () => {
  const component = defineComponent({ config: v.object({ n: v.number() }), run() {} });
  expect(decodePluginConfig("T", component, { value: { m: 1 } })).toEqual({
    type: "T",
    settings: undefined,
    config: undefined,
    issues: [
      { path: ["m"], message: 'unknown key "m"', hint: "Valid keys: n." },
      { path: ["n"], message: 'the required key "n" is missing' },
    ],
  });
});
