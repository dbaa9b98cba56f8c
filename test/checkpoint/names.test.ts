import { expect, test } from "bun:test";
import { checkRunId, keyNames, pipelineFolder } from "../../src/checkpoint/mod.ts";
import { repeatedRunId, runSegment, splitRunId } from "../../src/checkpoint/names.ts";

const HOSTILE = [
  "",
  ".",
  "..",
  "../../etc/passwd",
  "/etc/passwd",
  "a/../b",
  "a\u0000b",
  "C:\\Windows",
  "con",
  "NUL",
  "nul.txt",
  "COM1",
  "aux.",
  "s3a://bucket/x",
  "Ünïcödé",
  "Unicode",
  "日本語",
  "\ud800",
  "\ud801",
  "a b",
  "a-b",
  "A-B",
  "x".repeat(10_000),
  `${"x".repeat(9_999)}y`,
  "a".repeat(80),
  "a".repeat(81),
  "name ",
  "name",
  "name.",
  "e\u0301",
  "\u00e9",
  "%2e%2e",
  "foo--0123456789abcdef0123456789abcdef",
  "-",
  "~",
  "a:b",
  "A",
  "a",
];

const SAFE = /^[a-z0-9][a-z0-9_-]*$/;

test("hostile pipeline names, keys and run IDs give safe, short segments inside the location", () => {
  for (const name of HOSTILE) {
    const names = keyNames(name, name);
    for (const log of [names.keys, names.lock, names.run(name), names.carry("0".repeat(64))]) {
      for (const segment of log.split("/")) {
        expect(segment).toMatch(SAFE);
        expect(segment.length).toBeLessThanOrEqual(120);
        expect(segment).not.toMatch(/^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])$/);
      }
    }
  }
});

test("different names never share a place, on file systems that fold case either", () => {
  const folded = (segments: readonly string[]): number =>
    new Set(segments.map((segment) => segment.toLowerCase())).size;
  expect(folded(HOSTILE.map((name) => pipelineFolder(name)))).toBe(HOSTILE.length);
  expect(folded(HOSTILE.map((key) => keyNames("p", key).prefix))).toBe(HOSTILE.length);
  expect(folded(HOSTILE.map((runId) => runSegment(runId)))).toBe(HOSTILE.length);
});

test("a made-up name can't be taken by a run ID that looks like it", () => {
  const made = runSegment("A");
  expect(runSegment(made)).not.toBe(made);
});

test("a readable name is readable in its folder, and ordinary run IDs are their own file names", () => {
  expect(pipelineFolder("Daily ETL Pipeline")).toMatch(/^daily-etl-pipeline-[0-9a-f]{32}$/);
  expect(pipelineFolder("Größe: Ünïcödé")).toMatch(/^gro-e-unicode-[0-9a-f]{32}$/);
  expect(runSegment("0192f0c1-2ab3-7def-8123-456789abcdef")).toBe("0192f0c1-2ab3-7def-8123-456789abcdef");
});

test("no key is a key of its own", () => {
  const unkeyed = keyNames("p", undefined).prefix;
  expect(["", "unkeyed", "undefined", "null"].map((key) => keyNames("p", key).prefix)).not.toContain(unkeyed);
  expect(unkeyed).toEndWith("/unkeyed/");
});

test('run IDs follow their grammar and are never "latest"', () => {
  for (const good of ["a", "manual__2026-11-23T00:00:00+00:00", "0", "A.b_c:d+e@f=g-h", "x".repeat(200)]) {
    expect(() => checkRunId(good)).not.toThrow();
  }
  for (const bad of ["", "latest", "-a", ".a", "a b", "a/b", "a~2", "x".repeat(201), "é", "a\n", "a\u0000"]) {
    expect(() => checkRunId(bad)).toThrow("as a run ID");
  }
});

test("runs of one caller's ID are numbered", () => {
  expect(splitRunId("job")).toEqual({ base: "job", repeat: 1 });
  expect(splitRunId("job~12")).toEqual({ base: "job", repeat: 12 });
  expect([repeatedRunId("job", 1), repeatedRunId("job", 2)]).toEqual(["job", "job~2"]);
});
