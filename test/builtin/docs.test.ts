import { expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Registry } from "prom-client";
import { auditHooks, loggingHooks, metricsHooks } from "../../src/builtin/mod.ts";
import { root, tempDir } from "../kit/mod.ts";
import { playLateEnds, playRun } from "./sample-run.ts";

const page = readFileSync(join(root, "docs/hooks.md"), "utf8");

/** The first column of the tables of a section, as far as it is code. */
function firstColumn(section: string): string[] {
  const text = page.split(`\n## \`${section}\`\n`)[1]?.split("\n## ")[0] ?? "";
  return [...text.matchAll(/^\| `([a-z_]+)`/gmu)].map(([, name]) => name ?? "");
}

test("the page names every metric", async () => {
  const registry = new Registry();
  await playRun(metricsHooks(registry));
  const names = registry.getMetricsAsArray().map(({ name }) => name);
  const listed = firstColumn("metrics").filter((name) => name.startsWith("pipeline_"));
  expect(listed.toSorted()).toEqual(names.toSorted());
});

test("the page names every event of the log", async () => {
  const events = new Set<string>();
  const write = (line: string): void => {
    events.add((JSON.parse(line) as { event: string }).event);
  };
  const hooks = loggingHooks.structured({ write });
  await playRun(hooks);
  await playLateEnds(hooks);
  const listed = firstColumn("logging").filter((name) => name.includes("_"));
  expect(listed.toSorted()).toEqual([...events].toSorted());
});

test("the page's check of an audit file finds what was changed, and nothing else", async () => {
  using dir = tempDir();
  await playRun(auditHooks.toFile(dir.join("audit.jsonl"), { env: {} }));
  const script = /```sh\n([\s\S]*?)```/u.exec(page)?.[1] ?? "exit 9";
  const check = (): string => {
    const { exitCode, stdout } = Bun.spawnSync(["sh", "-c", script], { cwd: dir.path });
    expect(exitCode).toBe(0);
    return stdout.toString();
  };
  expect(check()).toBe("");
  writeFileSync(dir.join("audit.jsonl"), dir.read("audit.jsonl").replace('"c2"', '"c9"'));
  expect(check()).toBe("line 4: not chained to the line before\n");
});
