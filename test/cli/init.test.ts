import { expect, test } from "bun:test";
import { join } from "node:path";
import { cleanEnv, root, runCairn, tempDir } from "../kit/mod.ts";

test("what init writes validates, runs, and its own test passes", async () => {
  using dir = tempDir();
  const made = await runCairn(["init", "new project"], { cwd: dir.path });
  expect(made.code, made.stderr).toBe(0);
  expect(made.stdout).toContain("cd 'new project' && cairn run pipeline.conf");
  const cwd = dir.join("new project");
  expect((await runCairn(["validate", "pipeline.conf"], { cwd })).code).toBe(0);
  const run = await runCairn(["run", "pipeline.conf", "--format=json"], { cwd });
  expect(run.code, run.stderr).toBe(0);
  expect((run.json() as { components: { outputs: unknown }[] }).components[0]?.outputs).toEqual({
    greeting: "Hello, world!",
  });
  // A checkout's own tsconfig names the modules that the executable answers itself.
  const paths = {
    cairn: [join(root, "src/sdk/mod.ts")],
    "cairn/testing": [join(root, "src/sdk/testing.ts")],
  };
  dir.write("new project/tsconfig.json", JSON.stringify({ compilerOptions: { paths } }));
  const own = Bun.spawnSync([process.execPath, "test", "plugins/my"], { cwd, env: cleanEnv() });
  expect(own.stderr.toString()).toContain("1 pass");
});

test("init overwrites nothing: exit 2, and the file that is there is named", async () => {
  using dir = tempDir();
  dir.write("pipeline.conf", "mine");
  const result = await runCairn(["init"], { cwd: dir.path });
  expect(result.code).toBe(2);
  expect(result.stderr).toContain("pipeline.conf is already there");
  expect(dir.read("pipeline.conf")).toBe("mine");
  dir.write("plugins/my/Greet.ts", "mine");
  const both = await runCairn(["init"], { cwd: dir.path });
  expect(both.stderr).toContain("pipeline.conf, plugins/my/Greet.ts are already there");
});
