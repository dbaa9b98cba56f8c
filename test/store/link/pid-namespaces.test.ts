import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { cairnCommand, cleanEnv, runCairn, tempDir, type TempDir } from "../../kit/mod.ts";

/** What makes a container's worth of pid namespace; only root (or a system that allows user namespaces) can. */
const NAMESPACE = ["unshare", "--pid", "--fork", "--mount-proc", "--kill-child"];
const canUnshare = Bun.spawnSync([...NAMESPACE, "true"]).exitCode === 0;

const STEP = `import { existsSync, writeFileSync } from "node:fs";
export default async ({ env, signal }) => {
  if (env.BEGUN === undefined) return;
  writeFileSync(env.BEGUN, "");
  while (!existsSync(env.GO_ON) && !signal.aborted) await Bun.sleep(20);
};
`;

function pipeline(dir: TempDir): void {
  dir.write("plugins/Step.js", STEP);
  dir.write(
    "daily.conf",
    `pipeline {
  pipeline-name = "daily"
  checkpoint { enabled = true, location = "checkpoints", auto-resume = true, lease = 8s, store { layout = "link" } }
  pipeline-components = [ { instance-type = "Step", instance-name = "A" }, { instance-type = "Step", instance-name = "B" } ]
}
`,
  );
}

function startInNamespace(dir: TempDir, env: Readonly<Record<string, string>>) {
  return Bun.spawn([...NAMESPACE, ...cairnCommand(), "run", "daily.conf"], {
    cwd: dir.path,
    env: cleanEnv(env),
    stdin: "ignore",
    stdout: "ignore",
    stderr: "pipe",
  });
}

async function until(there: () => boolean, child: { readonly exitCode: number | null }): Promise<void> {
  while (!there()) {
    expect(child.exitCode).toBeNull();
    await Bun.sleep(20);
  }
}

describe.skipIf(!canUnshare)("two pid namespaces on one host, with leases that end by time", () => {
  test("the live run of one is not taken over from the other, where its pid means nothing", async () => {
    using dir = tempDir();
    pipeline(dir);
    const [begun, goOn] = [dir.join("begun"), dir.join("go-on")];
    const first = startInNamespace(dir, { BEGUN: begun, GO_ON: goOn });
    const said = first.stderr.text();
    await until(() => existsSync(begun), first);

    const outside = await runCairn(["run", "daily.conf"], { cwd: dir.path });
    expect(outside.code, outside.stderr).toBe(5);
    const other = startInNamespace(dir, {});
    expect(await other.exited, await other.stderr.text()).toBe(5);

    dir.write("go-on", "");
    expect(await first.exited, await said).toBe(0);
  }, 60_000);

  test("the dead run of one is taken over from the other once its lease has run out, and not before", async () => {
    using dir = tempDir();
    pipeline(dir);
    const begun = dir.join("begun");
    const first = startInNamespace(dir, { BEGUN: begun, GO_ON: dir.join("never") });
    await until(() => existsSync(begun), first);
    first.kill("SIGKILL");
    await first.exited;

    const early = await runCairn(["run", "daily.conf"], { cwd: dir.path });
    expect(early.code, early.stderr).toBe(5);
    const late = await runCairn(["run", "daily.conf", "--if-held=wait", "--wait=60s"], { cwd: dir.path });
    expect(late.code, late.stderr).toBe(0);
  }, 90_000);
});
