import { expect, test } from "bun:test";
import { chmodSync, symlinkSync } from "node:fs";
import { CairnError } from "../../../src/base/mod.ts";
import { createCodeHasher, inspectPlugins, resolveType } from "../../../src/plugin/mod.ts";
import { type TempDir, tempDir } from "../../kit/mod.ts";

const RUNS = 0o755;
const SCRIPT = "#!/bin/sh\n";

function requestIn(dir: TempDir): {
  readonly folders: readonly string[];
  readonly builtins: readonly string[];
} {
  return { folders: [dir.join("plugins")], builtins: [] };
}

async function refusal(type: string, dir: TempDir): Promise<CairnError> {
  const thrown: unknown = await resolveType(type, requestIn(dir)).catch((error: unknown) => error);
  if (thrown instanceof CairnError) return thrown;
  throw new Error("it resolved");
}

test.each([
  ["a.b.C", "a/b/C.py", 0o644],
  ["a.b.C", "a/b/C.sh", 0o644],
  ["a.b.C", "a.b.C.py", 0o644],
  ["a.b.C", "a/b/C", RUNS],
  ["a.b.C", "a.b.C", RUNS],
  ["a.b.C", "a/b/C.awk", RUNS],
  ["a.b.C", "a/b/C.R", 0o644],
  ["C", "C.rb", 0o644],
])("%s is found in %s", async (type, file, mode) => {
  using dir = tempDir();
  const path = dir.write(`plugins/${file}`, SCRIPT, mode);
  chmodSync(path, mode);
  expect(await resolveType(type, requestIn(dir))).toMatchObject({ type, file: path, exportName: "default" });
});

test("what is no program is passed over: no run bit, or text that no system starts", async () => {
  using dir = tempDir();
  dir.write("plugins/a/C/data.txt", "");
  dir.write("plugins/a.C", SCRIPT, 0o644);
  chmodSync(dir.write("plugins/a/C.json", "{}"), 0o777);
  chmodSync(dir.write("plugins/a/C.sql", "select 1"), 0o777);
  chmodSync(dir.write("plugins/a/C.test.sh", SCRIPT), 0o777);
  chmodSync(dir.write("plugins/a/C.d.ts", SCRIPT), 0o777);
  expect((await refusal("a.C", dir)).code).toBe("PLUGIN_NOT_FOUND");
});

test("two files of one name in one folder are refused, whatever their languages", async () => {
  using dir = tempDir();
  dir.write("plugins/a/C.ts", "export default () => {};");
  dir.write("plugins/a/C.py", "");
  const error = await refusal("a.C", dir);
  expect(error.code).toBe("PLUGIN_AMBIGUOUS");
  expect(error.message).toContain("a/C.ts and a/C.py");
});

test("a program that leads out of the plugin folder is refused", async () => {
  using dir = tempDir();
  const outside = dir.write("outside/C", SCRIPT, RUNS);
  dir.write("plugins/a/.keep", "");
  symlinkSync(outside, dir.join("plugins/a/C"));
  expect((await refusal("a.C", dir)).code).toBe("PLUGIN_OUTSIDE_FOLDER");
});

test("a misspelt type has its nearest name, whatever its language", async () => {
  using dir = tempDir();
  dir.write("plugins/a/Clean.py", "");
  expect((await refusal("a.Claen", dir)).hint).toBe('Did you mean "a.Clean"?');
});

test("components in other languages are listed with their descriptions; modules and helpers are not", async () => {
  using dir = tempDir();
  dir.write("plugins/a/Clean.py", "#!/usr/bin/env python3\n# cairn-description: Cleans orders — all.\n");
  dir.write("plugins/a/Load.sh", "");
  chmodSync(dir.write("plugins/a/Native", Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 2, 0, 0, 0)), RUNS);
  for (const name of [
    "_shared.py",
    "cairn.py",
    "__init__.py",
    "test_clean.py",
    "readme.txt",
    "__pycache__/x.py",
  ]) {
    dir.write(`plugins/a/${name}`, "");
  }
  const { plugins, problems } = await inspectPlugins({ folders: [dir.join("plugins")], builtins: new Map() });
  expect(problems).toEqual([]);
  expect(plugins.map(({ type, kind, description }) => [type, kind, description])).toEqual([
    ["a.Clean", "component", "Cleans orders — all."],
    ["a.Load", "component", undefined],
    ["a.Native", "component", undefined],
  ]);
});

test("what could not be started here is a problem, where the programs of this machine are looked at", async () => {
  using dir = tempDir();
  dir.write("plugins/a/Ruby.rb", "");
  chmodSync(dir.write("plugins/a/Odd", "#!/no/such/interpreter\n"), RUNS);
  dir.write("plugins/a/Fine.sh", "");
  const request = { folders: [dir.join("plugins")], builtins: new Map() };
  expect((await inspectPlugins(request)).problems).toEqual([]);
  dir.write("bin/sh", SCRIPT, RUNS);
  const { plugins, problems } = await inspectPlugins({ ...request, path: dir.join("bin") });
  expect(plugins.map(({ type }) => type)).toEqual(["a.Fine"]);
  expect(problems.map(({ type, finding }) => [type, finding.code])).toEqual([
    ["a.Odd", "PROGRAM_INTERPRETER_MISSING"],
    ["a.Ruby", "PROGRAM_MISSING"],
  ]);
});

test("the code is the file and what it declares, and nothing beside it", async () => {
  using dir = tempDir();
  const text = "# cairn-files: _shared.py queries/*.sql\n";
  const file = dir.write("plugins/a/C.py", text);
  dir.write("plugins/a/_shared.py", "x = 1");
  dir.write("plugins/a/queries/one.sql", "select 1");
  const hash = async (): Promise<string> =>
    createCodeHasher({ revisions: new Map() }).hash(await resolveType("a.C", requestIn(dir)));
  const first = await hash();
  expect(await hash()).toBe(first);
  chmodSync(file, RUNS);
  dir.write("plugins/a/other.py", "");
  expect(await hash()).toBe(first);
  dir.write("plugins/a/_shared.py", "x = 2");
  const second = await hash();
  expect(second).not.toBe(first);
  dir.write("plugins/a/queries/two.sql", "select 2");
  expect(await hash()).not.toBe(second);
  dir.write("plugins/a/_shared.py", "x = 1");
  dir.write("plugins/a/C.py", "# cairn-files: missing.py\n");
  const thrown: unknown = await hash().catch((error: unknown) => error);
  expect(thrown).toMatchObject({ code: "PLUGIN_FILES", kind: "config" });
});
