import { describe, expect, test } from "bun:test";
import { messagesOf, includesOf, readText, valueOf } from "./read.ts";

describe("an include without extension", () => {
  test("reads .conf, .json and .properties, the first of which wins", () => {
    const includes = includesOf({
      "b.conf": "x = 1",
      "b.json": '{"x": 2, "y": 2}',
      "b.properties": "x=3\ny=3\nz=3",
    });
    expect(valueOf('include "b"', { includes })).toEqual({ x: 1, y: 2, z: "3" });
  });

  test("reads .json as strict JSON", () => {
    const includes = includesOf({ "b.json": "{x: 1}" });
    expect(messagesOf('include "b"', { includes })).toEqual(['1:2 expected a key, found "x"']);
  });
});

describe("an include with extension", () => {
  test("is read in the syntax of the including file where it is a plain name", () => {
    const includes = includesOf({ "b.json": "x: ${y}", "b.properties": "x = [1]" });
    expect(valueOf('y = 1\ninclude "b.json"', { includes })).toEqual({ x: 1, y: 1 });
    expect(valueOf('include "b.properties"', { includes })).toEqual({ x: [1] });
  });

  test("is read by its extension inside file(…)", () => {
    const includes = includesOf({ "b.properties": "x = [1]" });
    expect(valueOf('include file("b.properties")', { includes })).toEqual({ x: "[1]" });
  });
});

describe("an include inside an object", () => {
  test("has its substitutions looked up under the object first, then at the root, then in the environment", () => {
    const includes = includesOf({ "b.conf": "here = ${x}, root = ${r}, env = ${E}\nx = 1" });
    expect(valueOf('r = 2\no { include "b.conf" }', { includes, env: { E: "e" } })).toEqual({
      o: { env: "e", here: 1, root: 2, x: 1 },
      r: 2,
    });
  });

  test("is merged with what stands before and after it", () => {
    const includes = includesOf({ "b.conf": "p = 2, q { r = 3 }" });
    expect(valueOf('o { p = 1, q.s = 4\ninclude "b.conf"\nq.r = 5 }', { includes })).toEqual({
      o: { p: 2, q: { r: 5, s: 4 } },
    });
  });
});

describe("what cannot be read", () => {
  test("is empty where it is missing, unless it is required", () => {
    expect(valueOf('a = 1\ninclude "nope"')).toEqual({ a: 1 });
    expect(messagesOf('include required("nope")')).toEqual([
      '1:1 the required include "nope" was not found beside the including file',
    ]);
  });

  test("is an error at the include where it is there", () => {
    const includes = {
      read(): undefined {
        throw new Error("permission denied");
      },
    };
    expect(messagesOf('\n include "b.conf"', { includes })).toEqual([
      '2:2 cannot read the included "b.conf": permission denied',
    ]);
  });

  test("a URL is read where that is allowed, and only by http and https", () => {
    const includes = includesOf({ "https://host/b.conf": "x = 1", "file:///b.conf": "x = 2" });
    const more = { includes, allowUrlIncludes: true };
    expect(valueOf('include url("https://host/b.conf")', more)).toEqual({ x: 1 });
    expect(valueOf('include "https://host/b.conf"', more)).toEqual({ x: 1 });
    expect(messagesOf('include url("file:///b.conf")', more)).toEqual([
      '1:1 only http and https addresses can be included, not "file:///b.conf"',
    ]);
  });

  test("substitutions of an included file cannot be used inside a list", () => {
    const includes = includesOf({ "b.conf": "x = ${y}" });
    expect(readText('y = 1\nl = [ { include "b.conf" } ]', { includes }).findings).toMatchObject([
      { code: "HOCON_INCLUDE_IN_LIST", place: { line: 2, column: 9 } },
    ]);
  });
});

describe("a .properties text", () => {
  const read = (text: string): unknown => valueOf(text, { file: "a.properties" });

  test("separates key and value by =, : or white space, and keeps everything as text", () => {
    expect(read("a = 1\nb: true\nc   three words \nd\n")).toEqual({
      a: "1",
      b: "true",
      c: "three words ",
      d: "",
    });
  });

  test("joins continued lines, drops comments and reads escapes", () => {
    expect(read("# x\n! y\n  a = one\\\n    two\\n\\u0041\\:\nb\\=c = 1\\\\\n")).toEqual({
      a: "onetwo\nA:",
      "b=c": "1\\",
    });
  });

  test("makes objects of points in keys; an object hides a text under the same key", () => {
    expect(read("a.b = 1\na = 2\na.c.d = 3\na.b = 4")).toEqual({ a: { b: "4", c: { d: "3" } } });
  });
});

describe("--set", () => {
  const set = (text: string, ...overrides: { path: string; value: string }[]): unknown =>
    valueOf(text, { overrides });

  test("wins over the file, merges objects, and the later wins over the earlier", () => {
    expect(
      set(
        "a { b = 1, c = 2 }",
        { path: "a.b", value: "3" },
        { path: "a", value: "{ d = 4 }" },
        { path: "a.b", value: "5" },
      ),
    ).toEqual({
      a: { b: 5, c: 2, d: 4 },
    });
  });

  test("is seen by substitutions of the file, and may use the file's values and its own earlier one", () => {
    expect(
      set(
        "env = dev\npath = /data/${env}\nl = [1]",
        { path: "env", value: "prod" },
        { path: "l", value: "${l} [2]" },
      ),
    ).toEqual({
      env: "prod",
      l: [1, 2],
      path: "/data/prod",
    });
  });

  test("is told with its place where it is wrong", () => {
    const overrides = [
      { path: "ok", value: "1" },
      { path: "url", value: "http://x" },
      { path: "a..b", value: "1" },
      { path: "empty", value: "" },
    ];
    const { findings } = readText("", { overrides });
    expect(
      findings.map(({ place, message }) => `${place?.file}:${place?.line}:${place?.column} ${message}`),
    ).toEqual([
      '<--set>:2:9 expected the end of the value, found ":"',
      "<--set>:3:1 the path has an empty key: a point at its start or end, or two in a row",
      "<--set>:4:7 expected a value, found the end of the file (line 4)",
    ]);
    expect(findings[0]?.sourceLine).toBe("url=http://x");
  });
});

describe("with allowUnresolved", () => {
  test("a substitution without a value stays as text, with a warning", () => {
    const { root, findings, placeholders } = readText('a = ${NOPE}\nb = "s3://"${NOPE}/x', {
      allowUnresolved: true,
    });
    expect(findings.map(({ severity, place }) => `${severity} ${place?.line}`)).toEqual([
      "warning 1",
      "warning 2",
    ]);
    expect([...placeholders]).toEqual(["${NOPE}"]);
    expect(root?.fields.get("a")?.value).toMatchObject({ value: "${NOPE}" });
  });

  test("circles are errors all the same", () => {
    expect(readText("a = ${a}", { allowUnresolved: true }).root).toBeUndefined();
  });
});
