import { expect, test } from "bun:test";
import { noIncludes, readHocon } from "../../src/hocon/mod.ts";
import { configInput } from "../../src/plugin/mod.ts";
import { decodeConfig, v } from "../../src/sdk/mod.ts";

test("a configuration crosses a process without losing how its numbers were written", () => {
  const text = 'version = 1.50, list = [007, 7], "a-b" { zip = 01234 }, big = 12345678901234567890, n = null';
  const { root } = readHocon({ text, file: "x.conf", includes: noIncludes, env: {} });
  if (root === undefined) throw new Error("it did not read");
  const input = JSON.parse(JSON.stringify(configInput(root))) as ReturnType<typeof configInput>;
  const schema = v.looseObject({
    version: v.string(),
    list: v.array(v.string()),
    aB: v.object({ zip: v.string() }),
    big: v.bigint(),
  });
  const decoded = decodeConfig(schema, input);
  expect(decoded.ok && decoded.config).toEqual({
    version: "1.50",
    list: ["007", "7"],
    aB: { zip: "01234" },
    big: 12345678901234567890n,
    n: null,
  });
});

test("a key named like a part of a prototype is a key", () => {
  const { root } = readHocon({
    text: '"__proto__" { x = 1 }',
    file: "x.conf",
    includes: noIncludes,
    env: {},
  });
  if (root === undefined) throw new Error("it did not read");
  const { value } = configInput(root);
  expect(Object.keys(value)).toEqual(["__proto__"]);
  expect(JSON.stringify(value)).toBe('{"__proto__":{"x":1}}');
});
