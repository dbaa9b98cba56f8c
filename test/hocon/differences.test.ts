import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { includesOf, readText, valueOf } from "./read.ts";

/** The codes of a text's errors. */
function codes(text: string, more: Parameters<typeof readText>[1] = {}): string[] {
  return readText(text, more).findings.map(({ code }) => code);
}

const unreadable = {
  read(): undefined {
    throw new Error("permission denied");
  },
};
const losing = includesOf({ "b.conf": 'x = 1\ninclude required("nope")' });
const itself = includesOf({ "main.conf": 'include "main.conf"' });

/** One for each entry of the page, in its order. */
const CASES: readonly (() => void)[] = [
  () => expect(codes('include classpath("nope.conf")')).toEqual(["HOCON_INCLUDE_REFUSED"]),
  () => expect(codes('include url("file:///nonexistent/zz.conf")')).toEqual(["HOCON_INCLUDE_REFUSED"]),
  () =>
    expect(codes('include "secret.conf"', { includes: unreadable })).toEqual(["HOCON_INCLUDE_UNREADABLE"]),
  () => expect(codes('include "b"', { includes: losing })).toEqual(["HOCON_INCLUDE_NOT_FOUND"]),
  () => expect(codes('include "main.conf"', { includes: itself })).toEqual(["HOCON_INCLUDE_CYCLE"]),
  () => expect(codes(`a = ${"[".repeat(1_001)}${"]".repeat(1_001)}`)).toEqual(["HOCON_TOO_DEEP"]),
  () =>
    expect(valueOf("d { a = 1 }\nl = [ ${d} { b = dev, b = ${?NOPE} } ]")).toEqual({
      d: { a: 1 },
      l: [{ a: 1, b: "dev" }],
    }),
  () => {
    expect(codes("a = [1] x")).toEqual(["HOCON_SWALLOWED_TEXT"]);
    expect(valueOf("a = [1] x")).toEqual({ a: [1] });
  },
  () => {
    const d = { c: { b: { c: {} } } };
    expect(valueOf("d.c.b:${?d}\nd=${d.c.b}\nb.b:${d.c}{d.d+={}${?b}}")).toEqual({
      b: { b: { b: { c: {} }, d: { d: [{}] } } },
      d,
    });
  },
];

describe("each deliberate difference has its case", () => {
  const page = readFileSync(join(import.meta.dir, "../../docs/hocon-differences.md"), "utf8");
  const entries = [...page.matchAll(/^\d+\. \*\*(.+?)\*\*/gmu)].map(([, title = ""]) => title);

  test("the page has as many entries as there are cases, and at most ten", () => {
    expect(entries).toHaveLength(CASES.length);
    expect(entries.length).toBeLessThanOrEqual(10);
  });

  for (const [index, run] of CASES.entries()) test(entries[index] ?? `case ${index + 1}`, run);
});
