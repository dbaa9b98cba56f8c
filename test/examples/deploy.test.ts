import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root, runCairn, tempDir } from "../kit/mod.ts";

/** The flags of the `cairn run` in a deployment file: everything that looks like one outside comments and docstrings. */
function flagsOf(file: string): string[] {
  const text = readFileSync(join(root, "examples/deploy", file), "utf8")
    .replaceAll(/"""[\s\S]*?"""/g, "")
    .replaceAll(/^\s*#.*$/gm, "")
    .replaceAll("{{ ds }}", "2026-11-23");
  return [...text.matchAll(/(?<=[\s"])(?:--[a-z][a-z-]*(?:=[^"'\s,\]]+)?|-q)(?=[\s"',\]]|$)/g)].map(
    ([flag]) => flag,
  );
}

for (const file of ["cairn.cron", "cairn-flights.service", "airflow_dag.py", "kubernetes-job.yaml"]) {
  test(`the command in examples/deploy/${file} runs`, async () => {
    using dir = tempDir();
    dir.write("plugins/a/Noop.ts", "export default async () => ({ done: true });\n");
    dir.write(
      "pipeline.conf",
      `pipeline {
  pipeline-name = "deployed"
  checkpoint { enabled = true, location = "checkpoints" }
  pipeline-components = [ { instance-type = a.Noop, instance-name = "only" } ]
}
`,
    );
    const flags = flagsOf(file).map((flag) => flag.replace(/=\/(state|var\/log\/cairn)\//, `=${dir.path}/`));
    expect(flags).toContain("--auto-resume");
    const result = await runCairn(["run", "pipeline.conf", ...flags], { cwd: dir.path });
    expect(result.code, result.stderr).toBe(0);
    if (flags.includes("-q")) expect(result.stdout + result.stderr).toBe("");
  });
}
