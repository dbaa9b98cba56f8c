import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { createRedactor, type JsonValue } from "../../src/base/mod.ts";
import { builtinHooks } from "../../src/builtin/mod.ts";
import { decodeConfig, type PipelineHooks } from "../../src/sdk/mod.ts";
import { tempDir } from "../kit/mod.ts";
import { fixedClock, playRun } from "./sample-run.ts";

/** Opens hooks as a configuration's entry does: settings through the definition's schema. */
async function open(
  type: string,
  settings: JsonValue,
  folder: string,
  lines: string[] = [],
): Promise<PipelineHooks | readonly string[]> {
  const definition = builtinHooks({
    folder,
    env: {},
    clock: fixedClock,
    redactor: createRedactor(),
    write: (line) => lines.push(line),
  }).get(type);
  if (definition?.config === undefined) throw new Error(`no hooks ${type}`);
  const decoded = decodeConfig(definition.config, { value: settings });
  if (!decoded.ok) return decoded.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  return definition.open(decoded.config);
}

async function opened(...args: Parameters<typeof open>): Promise<PipelineHooks> {
  const hooks = await open(...args);
  if (Array.isArray(hooks)) throw new Error(hooks.join("; "));
  return hooks as PipelineHooks;
}

describe("hooks named in a configuration", () => {
  test("audit writes beside the configuration file", async () => {
    using dir = tempDir();
    const hooks = await opened(
      "audit",
      { path: "log/audit.jsonl", "include-stack-trace": false, critical: true },
      dir.path,
    );
    expect(hooks.critical).toBe(true);
    await playRun(hooks);
    expect(readFileSync(dir.join("log/audit.jsonl"), "utf8")).not.toContain("stack_trace");
  });

  test("metrics writes its file at the end, with prefix and tags", async () => {
    using dir = tempDir();
    const hooks = await opened(
      "metrics",
      { file: "m.prom", prefix: "etl", tags: { team: "lake" } },
      dir.path,
    );
    expect(existsSync(dir.join("m.prom"))).toBe(false);
    await playRun(hooks);
    expect(readFileSync(dir.join("m.prom"), "utf8")).toContain(
      'etl_runs_total{pipeline_name="hooks demo",status="failure",team="lake"} 1',
    );
  });

  test("logging writes where it is told: to the caller's lines, or to a file", async () => {
    using dir = tempDir();
    const lines: string[] = [];
    await playRun(await opened("logging", {}, dir.path, lines));
    await playRun(await opened("logging", { format: "human-readable", file: "run.log" }, dir.path, lines));
    expect(lines).toHaveLength(10);
    expect(readFileSync(dir.join("run.log"), "utf8").split("\n")).toHaveLength(11);
  });

  test.each([
    ["audit", {}, 'path: the required key "path" is missing'],
    ["audit", { path: "" }, "path: must not be empty"],
    ["audit", { path: "x", pth: "y" }, 'pth: unknown key "pth"'],
    ["logging", { format: "xml" }, "format: "],
    ["metrics", { file: "x", prefix: "a-b" }, "prefix: is no name of a metric"],
    ["metrics", { file: "x", tags: { "a-b": "c" } }, "tags.a-b: is no name of a label"],
  ] as const)("settings of %s are checked: %j", async (type, settings, message) => {
    const issues = await open(type, settings, "/");
    expect(Array.isArray(issues) ? issues.join("\n") : "no issue").toContain(message);
  });
});
