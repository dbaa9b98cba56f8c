import { expect, test } from "bun:test";
import type { JsonObject } from "../../src/base/mod.ts";
import { fingerprintId, fingerprintOf, REDACTED_VALUE } from "../../src/checkpoint/mod.ts";

const isRedacted = (key: string): boolean => key === "password" || key === "api-key";

function of(
  settings: JsonObject,
  type = "com.example.Extract",
  codeHash = "builtin:1",
): ReturnType<typeof fingerprintOf> {
  return fingerprintOf({ type, settings, codeHash, isRedacted });
}

const SETTINGS: JsonObject = {
  sourcePath: "/data/in",
  batchSize: 1000,
  tags: ["a", "b"],
  nested: { x: 1.5, y: null },
};

test("golden: the fingerprint of a configuration never changes", () => {
  expect(of(SETTINGS).config).toBe("ddfa60dcbb97f84c22cd0d1eafdc88c6c443edaf1e332f3b6e9b9121272a5f37");
  expect(of({}).config).toBe("20f6b551b59b656a3853e78761b06160c3e47c07d8a6762b67f3339972e82d24");
  expect(fingerprintId(of(SETTINGS))).toBe("1c22a84c05fa0f77481a48489de82cfa");
});

test("key order is nothing, at any depth", () => {
  const other: JsonObject = {
    nested: { y: null, x: 1.5 },
    tags: ["a", "b"],
    batchSize: 1000,
    sourcePath: "/data/in",
  };
  expect(of(other).config).toBe(of(SETTINGS).config);
});

test("numbers are what they are worth, not how they were written", () => {
  expect(of(JSON.parse('{"a":1.0,"b":1e3}') as JsonObject).config).toBe(of({ a: 1, b: 1000 }).config);
});

test("every value, key, list order and the type count", () => {
  const prints = [
    of(SETTINGS),
    of({ ...SETTINGS, batchSize: 1001 }),
    of({ ...SETTINGS, batchSize: "1000" }),
    of({ ...SETTINGS, tags: ["b", "a"] }),
    of({ ...SETTINGS, more: null }),
    of(SETTINGS, "com.example.Other"),
  ];
  expect(new Set(prints.map(({ config }) => config)).size).toBe(prints.length);
});

test("code is kept apart", () => {
  const other = of(SETTINGS, "com.example.Extract", "builtin:2");
  expect(other.config).toBe(of(SETTINGS).config);
  expect(fingerprintId(other)).not.toBe(fingerprintId(of(SETTINGS)));
});

test("values under redacted keys are a constant and never stored; secret references stay and count", () => {
  const secret = of({ db: { password: "hunter2", user: "u" }, "api-key": ["k1", "k2"] });
  expect(secret).toEqual(of({ db: { password: "correct horse", user: "u" }, "api-key": "k3" }));
  expect(JSON.stringify(secret)).not.toContain("hunter2");
  expect(secret.settings).toEqual({ db: { password: REDACTED_VALUE, user: "u" }, "api-key": REDACTED_VALUE });
  const reference = of({ password: "secret://env/DB" });
  expect(reference.settings).toEqual({ password: "secret://env/DB" });
  expect(reference.config).not.toBe(of({ password: "secret://env/OTHER" }).config);
});

test("settings too large to keep still have a fingerprint", () => {
  const large = of({ text: "x".repeat(20_000) });
  expect(large.settings).toBeUndefined();
  expect(large.config).not.toBe(of({ text: "y".repeat(20_000) }).config);
});

test("__proto__ is an ordinary key", () => {
  const settings = JSON.parse('{"__proto__":{"password":"x","a":1}}') as JsonObject;
  expect(JSON.stringify(of(settings).settings)).toBe(`{"__proto__":{"password":"${REDACTED_VALUE}","a":1}}`);
});
