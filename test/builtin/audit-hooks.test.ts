import { describe, expect, test } from "bun:test";
import {
  appendFileSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { sha256 } from "../../src/base/mod.ts";
import { auditHooks } from "../../src/builtin/mod.ts";
import { tempDir } from "../kit/mod.ts";
import { CANARY, fixedClock, playRun, sampleComponent, sampleError } from "./sample-run.ts";

type Line = Record<string, unknown>;

const options = { clock: fixedClock, env: { PATH: "/bin", PWD: "/srv/etl", AWS_SECRET_ACCESS_KEY: CANARY } };

function textLines(file: string): string[] {
  return readFileSync(file, "utf8").split("\n").slice(0, -1);
}

function readLines(file: string): Line[] {
  return textLines(file).map((line) => JSON.parse(line) as Line);
}

/** Positions (from 1) of lines whose prev_hash is not the hash of the line before. */
function brokenLinks(file: string): number[] {
  let hash = "0".repeat(64);
  const broken: number[] = [];
  for (const [index, line] of textLines(file).entries()) {
    let prev: unknown;
    try {
      prev = (JSON.parse(line) as Line)["prev_hash"];
    } catch {
      // A torn line has no link of its own; the marker after it has the hash of its bytes.
      prev = hash;
    }
    if (prev !== hash) broken.push(index + 1);
    hash = sha256(line);
  }
  return broken;
}

describe("what is recorded", () => {
  test("has the original's event types and fields", async () => {
    using dir = tempDir();
    const file = dir.join("log", "audit.jsonl");
    await playRun(auditHooks.toFile(file, options));
    const lines = readLines(file);
    expect(lines.map((line) => line["event_type"])).toEqual([
      "pipeline_start",
      "component_restored",
      "component_start",
      "component_retry",
      "component_start",
      "component_end",
      "component_start",
      "component_failure",
      "pipeline_end",
    ]);
    expect(lines[0]).toMatchObject({
      component_count: 3,
      fail_fast: true,
      run_id: "run-1",
      spark_context: null,
    });
    expect(lines[2]).toMatchObject({
      timestamp: "2026-11-23T19:11:54.705Z",
      pipeline_name: "hooks demo",
      component_name: "c2",
      component_type: "s.T",
      component_index: 2,
      total_components: 3,
      component_config: { id: "c2", password: "***REDACTED***" },
    });
    expect(lines[7]).toMatchObject({ duration_ms: 7, error_type: "TypeError" });
    expect(lines[7]?.["stack_trace"]).toContain("TypeError: boom");
    expect(lines[8]).toMatchObject({
      duration_ms: 42,
      status: "failure",
      components_completed: 2,
      components_failed: 1,
    });
    expect(new Set(lines.map((line) => line["event_id"])).size).toBe(lines.length);
  });

  test("the checks that a component's outputs tell, redacted, and nothing else of outputs", async () => {
    using dir = tempDir();
    const file = dir.join("audit.jsonl");
    const hooks = auditHooks.toFile(file, options);
    const checks = [{ name: "nulls(id)", passed: true, measured: { api_key: 3 } }];
    const told = [
      { rows: 1, checks },
      { checks: [] },
      { checks: ["c"] },
      { checks: [{ name: "n" }] },
      [checks],
    ];
    for (const outputs of told) {
      const component = { ...sampleComponent(0), attempt: 1, durationMs: 1 };
      await hooks.afterComponent?.({ ...component, status: "completed", outputs });
    }
    const [first, ...others] = readLines(file);
    expect(first).not.toHaveProperty("outputs");
    expect(first?.["quality_checks"]).toEqual([
      { name: "nulls(id)", passed: true, measured: { api_key: "***REDACTED***" } },
    ]);
    for (const line of others) expect(line).not.toHaveProperty("quality_checks");
  });

  test("of the environment only the allowed variables", async () => {
    using dir = tempDir();
    const file = dir.join("audit.jsonl");
    await playRun(auditHooks.toFile(file, options));
    expect(readLines(file)[0]?.["system_context"]).toMatchObject({
      environment: { PATH: "/bin", PWD: "/srv/etl" },
    });
  });

  test("no secret, wherever it stands", async () => {
    using dir = tempDir();
    const file = dir.join("audit.jsonl");
    await playRun(auditHooks.toFile(file, { ...options, environment: ["PATH", "AWS_SECRET_ACCESS_KEY"] }));
    expect(readFileSync(file, "utf8")).not.toContain(CANARY);
  });

  test("no stack trace where none is wanted", async () => {
    using dir = tempDir();
    const file = dir.join("audit.jsonl");
    const hooks = auditHooks.toFile(file, { ...options, includeStackTrace: false });
    await hooks.onComponentFailure?.({
      ...sampleComponent(0),
      attempt: 1,
      durationMs: 1,
      error: sampleError,
    });
    expect(readLines(file)[0]).not.toHaveProperty("stack_trace");
  });
});

describe("the chain", () => {
  test("goes on over restarts, and is whole", async () => {
    using dir = tempDir();
    const file = dir.join("audit.jsonl");
    await playRun(auditHooks.toFile(file, options));
    await playRun(auditHooks.toFile(file, options));
    expect(textLines(file)).toHaveLength(18);
    expect(brokenLinks(file)).toEqual([]);
  });

  test("shows a changed, a removed and an inserted line", async () => {
    using dir = tempDir();
    const file = dir.join("audit.jsonl");
    await playRun(auditHooks.toFile(file, options));
    const lines = textLines(file);
    const save = (changed: string[]): void => writeFileSync(file, `${changed.join("\n")}\n`);
    save(lines.map((line, index) => (index === 2 ? line.replace('"c2"', '"c9"') : line)));
    expect(brokenLinks(file)).toEqual([4]);
    save(lines.filter((_, index) => index !== 2));
    expect(brokenLinks(file)).toEqual([3]);
    save([...lines.slice(0, 2), lines[0] ?? "", ...lines.slice(2)]);
    expect(brokenLinks(file)).toEqual([3, 4]);
  });

  test("a torn last line is kept, marked, and chained over", async () => {
    using dir = tempDir();
    const file = dir.join("audit.jsonl");
    const hooks = auditHooks.toFile(file, options);
    await hooks.beforeComponent?.({ ...sampleComponent(0), attempt: 1 });
    const whole = readFileSync(file);
    const torn = '{"event_id":"x","event_ty';
    appendFileSync(file, torn);
    await hooks.beforeComponent?.({ ...sampleComponent(1), attempt: 1 });
    expect(readFileSync(file).subarray(0, whole.length)).toEqual(whole);
    const lines = textLines(file);
    expect(lines[1]).toBe(torn);
    expect(JSON.parse(lines[2] ?? "")).toMatchObject({
      event_type: "audit_torn_line",
      torn_bytes: torn.length,
      prev_hash: sha256(torn),
    });
    expect(JSON.parse(lines[3] ?? "")).toMatchObject({ component_name: "c2" });
    expect(brokenLinks(file)).toEqual([]);
  });

  test("reaches back over lines longer than a read", async () => {
    using dir = tempDir();
    const file = dir.join("audit.jsonl");
    const long = { ...sampleComponent(0), config: { text: "x".repeat(300_000) }, attempt: 1 };
    await auditHooks.toFile(file, options).beforeComponent?.(long);
    await auditHooks.toFile(file, options).beforeComponent?.(long);
    await auditHooks.toFile(file, options).beforeComponent?.({ ...sampleComponent(1), attempt: 1 });
    expect(textLines(file)).toHaveLength(3);
    expect(brokenLinks(file)).toEqual([]);
  });
});

describe("the file", () => {
  test("is for its owner alone, may be a link, and may be rotated by renaming", async () => {
    using dir = tempDir();
    symlinkSync(dir.join("real.jsonl"), dir.join("audit.jsonl"));
    const hooks = auditHooks.toFile(dir.join("audit.jsonl"), options);
    await hooks.beforeComponent?.({ ...sampleComponent(0), attempt: 1 });
    expect(statSync(dir.join("real.jsonl")).mode & 0o777).toBe(0o600);
    renameSync(dir.join("real.jsonl"), dir.join("real.jsonl.1"));
    await hooks.beforeComponent?.({ ...sampleComponent(1), attempt: 1 });
    expect(readLines(dir.join("real.jsonl"))).toHaveLength(1);
    expect(brokenLinks(dir.join("real.jsonl"))).toEqual([]);
  });

  test("is shared by processes that write at the same time, without a broken link", async () => {
    using dir = tempDir();
    const file = dir.join("audit.jsonl");
    const script = dir.write(
      "writer.ts",
      `import { auditHooks } from ${JSON.stringify(`${import.meta.dir}/../../src/builtin/mod.ts`)};
       import { sampleComponent } from ${JSON.stringify(`${import.meta.dir}/sample-run.ts`)};
       const hooks = auditHooks.toFile(${JSON.stringify(file)}, { env: {} });
       for (let i = 0; i < 25; i++) await hooks.beforeComponent({ ...sampleComponent(i), attempt: 1 });`,
    );
    const writers = [0, 1, 2].map(() => Bun.spawn([process.execPath, script], { stderr: "inherit" }));
    const codes = await Promise.all(writers.map((writer) => writer.exited));
    expect(codes).toEqual([0, 0, 0]);
    expect(textLines(file)).toHaveLength(75);
    expect(brokenLinks(file)).toEqual([]);
  });

  test("calls that aren't awaited are written in their order", async () => {
    using dir = tempDir();
    const file = dir.join("audit.jsonl");
    const hooks = auditHooks.toFile(file, options);
    await Promise.all(
      [0, 1, 2, 3].map(async (index) => hooks.beforeComponent?.({ ...sampleComponent(index), attempt: 1 })),
    );
    expect(readLines(file).map((line) => line["component_index"])).toEqual([1, 2, 3, 4]);
    expect(brokenLinks(file)).toEqual([]);
  });

  test("that can't be written makes the hook throw, and the next call is tried again", async () => {
    using dir = tempDir();
    const file = dir.join("audit.jsonl");
    dir.write("audit.jsonl/in-the-way", "");
    const hooks = auditHooks.toFile(file, options);
    const call = async (): Promise<void> => hooks.beforeComponent?.({ ...sampleComponent(0), attempt: 1 });
    expect(String(await call().catch((thrown: unknown) => thrown))).toContain("EISDIR");
    rmSync(file, { recursive: true });
    await call();
    expect(readLines(file)).toHaveLength(1);
  });
});
