import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { runCairn, type CairnResult, type TempDir, tempDir } from "../kit/mod.ts";

/** A pipeline whose second component kills its runner, with a hook that writes ends to a file. */
function scene(): TempDir {
  const dir = tempDir("cairn-reap-");
  dir.write("plugins/t/Work.ts", "export default () => undefined;\n");
  dir.write("plugins/t/Cut.ts", 'export default () => process.kill(process.ppid, "SIGKILL");\n');
  dir.write(
    "plugins/t/Ends.ts",
    `import { appendFileSync } from "node:fs";
import { defineHooks } from "cairn";
export default defineHooks({
  onAbandoned: (run) => appendFileSync("ends.log", run.closedBy + " " + run.completed + "\\n"),
});
`,
  );
  dir.write(
    "daily.conf",
    `pipeline {
  pipeline-name = "Daily"
  checkpoint { enabled = true, location = "checkpoints", auto-resume = true }
  hooks = [{ type = "t.Ends" }]
  pipeline-components = [
    { instance-type = "t.Work", instance-name = "A", instance-config {} }
    { instance-type = "t.Cut", instance-name = "B", instance-config {} }
  ]
}
`,
  );
  return dir;
}

function cairn(dir: TempDir, ...args: readonly string[]): Promise<CairnResult> {
  return runCairn(args, { cwd: dir.path });
}

test("checkpoints reap shows what it would do, does it once, and tells the hooks of the configuration", async () => {
  using dir = scene();
  expect((await cairn(dir, "run", "daily.conf", "--run-key=monday")).code).toBe(137);
  const dry = await cairn(dir, "checkpoints", "reap", "daily.conf", "-n");
  expect([dry.code, dry.stdout]).toEqual([0, expect.stringContaining("1 would be closed")]);
  expect(existsSync(dir.join("ends.log"))).toBe(false);
  const reaped = await cairn(dir, "checkpoints", "reap", "daily.conf", "--format=json");
  expect(reaped.code).toBe(0);
  const run = { runId: expect.any(String), pipelineName: "Daily", runKey: "monday" };
  const at = expect.stringMatching(/^\d{4}-\d\d-\d\dT/);
  expect(reaped.json()).toEqual({
    version: 1,
    dryRun: false,
    closed: [{ ...run, startedAt: at, lastSeenAt: at, completedComponents: 1, totalComponents: 2 }],
    told: [{ ...run, status: "abandoned", endedAt: at, again: false }],
    held: [],
  });
  expect(dir.read("ends.log")).toBe("reap 1\n");
  const again = await cairn(dir, "checkpoints", "reap", "daily.conf", "-q");
  expect([again.code, again.stdout, again.stderr]).toEqual([0, "", ""]);
  expect(dir.read("ends.log")).toBe("reap 1\n");
  const list = await cairn(dir, "checkpoints", "list", "daily.conf");
  expect(list.stdout).toContain("interrupted at 2/2 B");
});

test("checkpoints reap of a location alone closes, and leaves the telling", async () => {
  using dir = scene();
  await cairn(dir, "run", "daily.conf");
  const other = await cairn(dir, "checkpoints", "reap", "--location=checkpoints", "--pipeline=Other");
  expect(other.stdout).toContain("0 closed, 0 told to hooks");
  const closed = await cairn(dir, "checkpoints", "reap", "--location=checkpoints");
  expect(closed.stdout).toContain("1 closed, 0 told to hooks");
  expect(existsSync(dir.join("ends.log"))).toBe(false);
  const told = await cairn(dir, "checkpoints", "reap", "--config=daily.conf");
  expect(told.stdout).toContain("0 closed, 1 told to hooks");
  expect(dir.read("ends.log")).toBe("reap 1\n");
});

test("checkpoints reap takes one place, and a location that can't be written is the store's failure", async () => {
  using dir = scene();
  const both = await cairn(dir, "checkpoints", "reap", "daily.conf", "--location=checkpoints");
  expect(both.code).toBe(2);
  const nowhere = await cairn(dir, "checkpoints", "reap", "--location=daily.conf");
  expect(nowhere.code).toBe(2);
  expect((await cairn(dir, "checkpoints", "reap", "--location=none")).stdout).toContain("0 closed");
});
