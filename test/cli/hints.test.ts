import { expect, test } from "bun:test";
import { type CairnResult, runCairn, tempDir } from "../kit/mod.ts";
import { pipeline, writePlugins } from "./pipelines.ts";

const daily = pipeline("Daily ETL", [{ type: "etl.Fragile", name: "Load(warehouse)" }]);

test("a list of a pipeline that has no checkpoints says so, and names those that have some", async () => {
  using dir = tempDir("cairn-hints-");
  writePlugins(dir);
  dir.write("daily.conf", daily);
  const list = async (...args: readonly string[]): Promise<string> =>
    (await runCairn(["checkpoints", "list", "--location=cp", ...args], { cwd: dir.path })).stderr;
  const run = (...args: readonly string[]): Promise<CairnResult> =>
    runCairn(["run", "daily.conf", "--checkpoint=cp", ...args], { cwd: dir.path });
  await run();
  const other = await list("--pipeline=nope");
  expect(other).toContain(`No checkpoints of a pipeline "nope" at ${dir.join("cp")}`);
  expect(other).toContain('there are some of "Daily ETL"\n');
  expect(await list("--pipeline=Daly ETL")).toContain('did you mean "Daily ETL"?\n');
  dir.write("mended", "");
  await run("--auto-resume", "--no-cleanup-on-success");
  const done = await list("--pipeline=Daily ETL", "--resumable");
  expect(done).toBe(`No resumable checkpoints of a pipeline "Daily ETL" at ${dir.join("cp")}\n`);
});

test("a folder that can't be entered is named by where it was given", async () => {
  using dir = tempDir("cairn-hints-");
  const by = async (args: readonly string[], env: Readonly<Record<string, string>>): Promise<string> =>
    (await runCairn([...args, "run", "daily.conf"], { cwd: dir.path, env })).stderr;
  expect(await by([], { CAIRN_DIRECTORY: "nope" })).toContain(
    'CAIRN_DIRECTORY="nope": there is no such folder',
  );
  expect(await by(["-C", "nope"], { CAIRN_DIRECTORY: "x" })).toContain('-C "nope": there is no such folder');
});

test.skipIf(process.platform !== "linux")(
  "a location in which nothing can be made is no matter of disk errors",
  async () => {
    using dir = tempDir("cairn-hints-");
    writePlugins(dir);
    dir.write("daily.conf", daily);
    const result = await runCairn(["run", "daily.conf", "--checkpoint=/proc/cairn"], { cwd: dir.path });
    expect(result.code).toBe(6);
    expect(result.stderr).toContain("or give another location with --checkpoint=LOCATION");
    expect(result.stderr).not.toContain("disk errors");
  },
);
