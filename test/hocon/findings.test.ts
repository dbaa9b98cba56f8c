import { describe, expect, test } from "bun:test";
import { messagesOf, readText } from "./read.ts";

describe("an error says where, what was found and what was expected", () => {
  const cases: readonly (readonly [text: string, message: string, hint: RegExp])[] = [
    ["master = spark://host:7077", '1:15 expected a comma or a new line, found ":"', /double quotes/],
    ["p = C:\\data", '1:6 expected a comma or a new line, found ":"', /triple quotes/],
    [
      'a = "abc\nb = 2',
      "1:5 the string is not closed: expected a closing quote, found the end of the line",
      /missing/,
    ],
    ['a = "x\ty"', "1:7 a tab is not allowed inside a string", /\\t/],
    ["a = \u201chello: world\u201d", '1:11 expected a comma or a new line, found ":"', /typographic/],
    ['r = "\\d+"', '1:6 backslash followed by "d" is not an escape', /triple quotes/],
    ["mail = me@host", '1:10 "@" is not allowed outside quotes', /double quotes/],
    ["a = $HOME", '1:5 expected "{" after "$", found "H"', /\$\{path\}/],
    ["a =", "1:3 expected a value, found the end of the file (line 1)", /null/],
    ["a = # why\nb = 2", "1:3 expected a value, found a new line and another key", /begins a comment/],
    [
      "some text\nmore = 1",
      '1:1 expected "=", ":" or "{" after the key "some text", found a new line',
      /quotes/,
    ],
    ["a..b = 1", "1:1 the path has an empty key: a point at its start or end, or two in a row", /points/],
    ["a = [1] {}", "1:5 cannot concatenate a list and an object", /comma/],
    ["l = [ { a += 1 } ]", "1:11 += cannot be used inside a list", /outside/],
    [
      "a = ${pot}\nport = 1",
      "1:5 ${pot} has no value: no such key, and no such environment variable",
      /Did you mean \$\{port\}\?/,
    ],
    ["a = ${a}", "1:5 ${a} refers to itself", /earlier definition/],
    ["[1]", "1:1 expected an object at the root of the file, found a list", /^$/],
    ["a = 1\n}", '2:1 found "}" without a "{" before it', /too many/],
    ["include foo.conf", '1:9 expected a quoted name after include, found "foo.conf"', /required/],
    [
      'include classpath("x")',
      "1:1 classpath includes are not supported: there is no Java class path here",
      /include "name"/,
    ],
    ['include url("https://h/x.conf")', "1:1 including from a URL is not allowed", /--allow-url-includes/],
  ];
  for (const [text, message, hint] of cases) {
    test(JSON.stringify(text), () => {
      const { findings, root } = readText(text);
      expect(root).toBeUndefined();
      expect(messagesOf(text)).toEqual([message]);
      expect(findings[0]?.hint ?? "").toMatch(hint);
      expect(findings[0]?.sourceLine).toBe(text.split("\n")[(findings[0]?.place?.line ?? 1) - 1]);
    });
  }

  test("a bracket that is never closed is told with the line where the indentation goes wrong", () => {
    const { findings } = readText("a {\n  b {\n    c = 1\n}\nd = 2\n");
    expect(findings.map(({ message }) => message)).toEqual([
      'this "{" is never closed: expected "}", found the end of the file (line 6)',
    ]);
    expect(findings[0]?.hint).toContain("line 4 does not close the bracket of line 2");
  });

  test("a circle is told with all substitutions in it", () => {
    const { findings } = readText("a = ${b}\nb = ${c}\nc = ${a}");
    expect(findings).toHaveLength(1);
    expect(findings[0]?.message).toBe("${a} refers to itself through 2 other substitutions");
    expect(findings[0]?.chain).toHaveLength(3);
  });

  test("text that a list swallows is a warning, and the value is the reference's", () => {
    const { root, findings } = readText("a = [1] x");
    expect(root).toBeDefined();
    expect(findings).toMatchObject([
      { severity: "warning", code: "HOCON_SWALLOWED_TEXT", place: { column: 9 } },
    ]);
  });
});

describe("several errors are reported together", () => {
  test("reading goes on at the next line or comma of the same object or list", () => {
    const text = 'a = @x\nb = 1\nc = }\nd = "\\q"\ne { f = &, g = 2, h = x:y }\ni = [1, x:y, 3]\nj = ${no}\n';
    expect(readText(text).findings.map(({ place }) => place?.line)).toEqual([1, 3, 4, 5, 5, 6, 7]);
  });

  test("a value that was bad is no second error where it is used", () => {
    expect(messagesOf("a = x:y\nb = ${a}\nc = ${b} z")).toHaveLength(1);
    expect(messagesOf("a = ${nope}\nb = ${a}\nc = [${b}] ${a}")).toHaveLength(1);
  });

  test("a missing bracket is no second error at each level, and hides no value", () => {
    expect(messagesOf("a { b { c [1, 2\nd = ${a.x}")).toHaveLength(1);
  });

  test("at most twenty are reported", () => {
    expect(messagesOf("a = @\n".repeat(100))).toHaveLength(20);
  });

  test("errors of an included file are told with the include", () => {
    const includes = { read: () => ({ file: "b.conf", text: "x = @" }) };
    expect(readText('include "b.conf"', { includes }).findings).toMatchObject([
      { place: { file: "b.conf", line: 1, column: 5 }, chain: ["included from main.conf:1:1"] },
    ]);
  });
});
