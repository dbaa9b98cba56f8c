import { expect, test } from "bun:test";
import { type CairnResult, runCairn, tempDir } from "../kit/mod.ts";
import { pipeline, writePlugins } from "./pipelines.ts";

/** The words after the program of the commands that a message offers. */
function offered({ stderr }: CairnResult): readonly (readonly string[])[] {
  return stderr
    .split("\n")
    .filter((line) => /^ *\S*cairn (?:run|resume) /.test(line))
    .map((line) =>
      line
        .trim()
        .replace(/ +#.*$/, "")
        .split(" ")
        .slice(1),
    );
}

test("the run that uses up max-resumes prints a command that is not refused", async () => {
  using dir = tempDir("cairn-ways-");
  writePlugins(dir);
  const fragile = [{ type: "etl.Fragile", name: "Load(warehouse)" }];
  dir.write("daily.conf", pipeline("Daily ETL", fragile, "checkpoint { max-resumes = 2 }"));
  const cairn = (...args: readonly string[]): Promise<CairnResult> => runCairn(args, { cwd: dir.path });
  const first = await cairn("run", "daily.conf", "--checkpoint=cp", "--format=json");
  expect(first.json()).toMatchObject({ checkpoint: { kept: true } });
  expect(first.stderr).toContain("Resume it with:\n");
  const [again = []] = offered(first);
  expect(again).not.toContain("--retry-poisoned");
  const second = await cairn(...again, "--format=json");
  expect(second.code).toBe(1);
  expect(second.json()).toMatchObject({ checkpoint: { kept: true, poisoned: true } });
  expect(second.stderr).toContain("The run is poisoned");
  const [onceMore = []] = offered(second);
  expect(onceMore).toContain("--retry-poisoned");
  const third = await cairn(...onceMore, "--log-format=json");
  expect(third.code).toBe(1);
  expect(third.stderr).toMatch(/"resume_command":"[^"]* --retry-poisoned /);
  dir.write("mended", "");
  expect((await cairn(...(offered(third)[0] ?? []))).code).toBe(0);
});

test("where configuration and code have changed, each command that is offered works, whatever was chosen before", async () => {
  using dir = tempDir("cairn-ways-");
  writePlugins(dir);
  const text = (source: string): string =>
    pipeline(
      "Daily ETL",
      [
        { type: "etl.Work", name: "Extract(orders)", config: `source = "${source}"` },
        { type: "etl.Work", name: "Clean(orders)" },
        { type: "etl.Fragile", name: "Load(warehouse)" },
      ],
      "checkpoint { location = cp, enabled = true, on-code-change = refuse, max-resumes = 1 }",
    );
  dir.write("daily.conf", text("orders.csv"));
  const cairn = (...args: readonly string[]): Promise<CairnResult> => runCairn(args, { cwd: dir.path });
  await cairn("run", "daily.conf", "--run-id=nightly");
  dir.write("daily.conf", text("orders-v2.csv"));
  const plugin = await Bun.file(dir.join("plugins/etl/Work.ts")).text();
  dir.write("plugins/etl/Work.ts", plugin.replace("rows: 3", "rows: 4"));
  for (const before of [[], ["--on-config-change=accept"], ["--on-code-change=warn"]]) {
    const refused = await cairn("resume", "daily.conf", "nightly", ...before);
    expect(refused.code).toBe(4);
    const ways = offered(refused);
    expect(ways).toHaveLength(3);
    for (const way of ways) {
      const [command = "", ...rest] = way;
      const planned = await cairn(
        "plan",
        ...rest.map((word) => (word === "nightly" ? "--resume=nightly" : word)),
      );
      expect([command, way, planned.code]).toEqual([command, way, 0]);
    }
  }
  const plan = await cairn("plan", "daily.conf", "--resume=nightly");
  expect(plan.stdout).toContain(
    "--on-config-change=rerun --on-code-change=rerun, --on-config-change=accept --on-code-change=warn, --fresh",
  );
  dir.write("mended", "");
  const [both = []] = offered(await cairn("resume", "daily.conf", "nightly"));
  expect((await cairn(...both)).code).toBe(0);
});
