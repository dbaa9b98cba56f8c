import { describe, expect, test } from "bun:test";
import { placeText } from "../../src/base/mod.ts";
import { findingAt, type HoconNode, nodeAt, stepsTo } from "../../src/hocon/mod.ts";
import { readCase, recordedCases, shortPlace } from "./case-files.ts";
import { includesOf, treeOf } from "./read.ts";

/** Each scalar of a tree under its path, spelled as the recorded origins spell it. */
function* scalars(node: HoconNode, path: string): Generator<readonly [string, HoconNode]> {
  if (node.kind === "object") {
    for (const [key, { value }] of node.fields) {
      yield* scalars(value, path === "" ? JSON.stringify(key) : `${path}.${JSON.stringify(key)}`);
    }
  } else if (node.kind === "array") {
    for (const [index, item] of node.items.entries()) yield* scalars(item, `${path}[${index}]`);
  } else yield [path, node];
}

/** Strings of several lines: the reference tells their last line, we the first. */
const LONG_STRINGS = new Set(["multiline/m03.conf", "realistic/sql.conf"]);

describe("a value stands on the line that the reference tells", () => {
  for (const recorded of recordedCases()) {
    const { origins } = recorded.verdict;
    const { root } = readCase(recorded);
    if (!origins || !root || LONG_STRINGS.has(recorded.name)) continue;
    test(recorded.name, () => {
      for (const [path, { origin }] of scalars(root, "")) {
        const told = origins[path] ?? "";
        // Properties and the environment have no line there; a text joined out of
        // several stands where it is joined, not on the first line that went into it.
        if (!/^[^: ]+:\d+$/.test(told) || origin.steps.some(({ kind }) => kind === "substitution")) continue;
        expect(`${path} ${shortPlace(origin.place.file, origin.place.line)}`).toBe(`${path} ${told}`);
      }
    });
  }
});

/** The steps of the value at a path, as `kind place detail`. */
function steps(...[text, path, more]: readonly [string, string, Parameters<typeof treeOf>[1]?]): string[] {
  return (stepsTo(treeOf(text, more), path) ?? []).map(({ kind, place, detail }) =>
    `${kind} ${placeText(place)} ${detail ?? ""}`.trim(),
  );
}

describe("a value's way is told, nearest first", () => {
  test("an override tells the definition that it hides, and that one the one before", () => {
    expect(steps("a = 1\na = 2\na = 3", "a")).toEqual(["override main.conf:2:5", "override main.conf:1:5"]);
  });

  test("a substituted value stands where it is written, and tells where it was substituted", () => {
    const text = "base { port = 80 }\nserver = ${base}\nshown = ${server.port}";
    const node = nodeAt(treeOf(text), "shown");
    expect(node && placeText(node.origin.place)).toBe("main.conf:1:15");
    expect(steps(text, "shown")).toEqual(["substitution main.conf:3:9 server.port"]);
    expect(steps(text, "server.port")).toEqual(["substitution main.conf:2:10 base"]);
  });

  test("a value of the environment stands at its substitution and never shows in a source line", () => {
    const root = treeOf("a = 1\nb = ${TOKEN}", { env: { TOKEN: "s3cret" } });
    const node = nodeAt(root, "b");
    if (!node) throw new Error("no value");
    const finding = findingAt(node, { code: "X", message: "m" });
    expect(finding.place).toEqual({ file: "main.conf", line: 2, column: 5, length: 8 });
    expect(finding.sourceLine).toBe("b = ${TOKEN}");
    expect(finding.chain).toEqual([
      "substituted for ${TOKEN} at main.conf:2:5",
      "from the environment variable TOKEN",
    ]);
  });

  test("an appended item tells its operator", () => {
    expect(steps("l = [1]\nl += 2", "l.1")).toEqual(["append main.conf:2:3"]);
  });

  test("an included value tells the includes on the way to it", () => {
    const includes = includesOf({ "b.conf": 'include "c"', "c.conf": "x = 1" });
    expect(steps('\ninclude "b.conf"', "x", { includes })).toEqual([
      "include b.conf:1:1 c",
      "include main.conf:2:1 b.conf",
    ]);
  });

  test("--set tells its assignment", () => {
    const overrides = [{ path: "a.b", value: "7" }];
    expect(steps("a { b = 1 }", "a.b", { overrides })).toEqual([
      "set <--set>:1:1 a.b",
      "override main.conf:1:9",
    ]);
  });

  test("a field's key has a place of its own, of the definition that won", () => {
    const field = treeOf("a = 1\n  a = 2").fields.get("a");
    expect(field && findingAt(field, { code: "X", message: "m" })).toMatchObject({
      place: { line: 2, column: 3, length: 1 },
      sourceLine: "  a = 2",
    });
  });
});
