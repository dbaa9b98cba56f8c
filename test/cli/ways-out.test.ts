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
