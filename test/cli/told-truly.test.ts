import { expect, test } from "bun:test";
import { cairnCommand, cleanEnv, runCairn, tempDir } from "../kit/mod.ts";
import { pipeline, writePlugins } from "./pipelines.ts";

test.each([0, 3])(
  "process.exit(%p) of a component in the runner is no answer of Cairn's: exit 1, and the run can be resumed",
  async (code) => {
    using dir = tempDir("cairn-process-");
    dir.write("plugins/etl/Exits.ts", `export default () => process.exit(${code});\n`);
    dir.write("daily.conf", pipeline("Exits", [{ type: "etl.Exits", name: "Exit" }]));
    const result = await runCairn(["run", "daily.conf", "--checkpoint=cp", "--isolation=none"], {
      cwd: dir.path,
    });
    expect(result.code).toBe(1);
    expect(result.stderr).toContain("[RUNNER_EXITED]");
    const listed = await runCairn(["checkpoints", "list", "--location=cp", "--format=json"], {
      cwd: dir.path,
    });
    expect(listed.json()).toMatchObject({ checkpoints: [{ state: "interrupted" }] });
    const asJson = await runCairn(["run", "daily.conf", "--isolation=none", "--format=json"], {
      cwd: dir.path,
    });
    expect(asJson.code).toBe(1);
    expect(asJson.json()).toMatchObject({ version: 1, error: { code: "RUNNER_EXITED" }, exitCode: 1 });
    expect(asJson.stderr).toContain("[RUNNER_EXITED]");
  },
);

test("-v shows the stack of a failed component with its causes; without it one line tells of a retry", async () => {
  using dir = tempDir("cairn-process-");
  dir.write(
    "plugins/etl/Causes.ts",
    `export default () => {
      const gathered = new AggregateError([new Error("first mirror"), new Error("second mirror")], "no mirror");
      throw new Error("cannot copy", { cause: gathered });
    };\n`,
  );
  const retry = "retry-policy { max-retries = 1, initial-delay-ms = 1 }";
  dir.write("daily.conf", pipeline("Causes", [{ type: "etl.Causes", name: "Copy" }], retry));
  const plain = await runCairn(["run", "daily.conf"], { cwd: dir.path });
  expect(plain.stderr).not.toContain("mirror");
  expect(
    plain.stderr.split("\n").filter((line) => line.includes(" warn ") && line.includes("of 2")),
  ).toHaveLength(1);
  const verbose = await runCairn(["run", "daily.conf", "-v"], { cwd: dir.path });
  expect(verbose.stderr).toMatch(/debug 1\/1 Copy: Error: cannot copy\n +at .*Causes\.ts/);
  expect(verbose.stderr).toContain("caused by: AggregateError: no mirror");
  expect(verbose.stderr).toContain("one of its errors: Error: second mirror");
});

test.skipIf(process.platform !== "linux")(
  "a result that did not fit is an error of a command that only prints, and a word after a run",
  async () => {
    using dir = tempDir("cairn-process-");
    writePlugins(dir);
    dir.write("daily.conf", pipeline("One", [{ type: "etl.Work", name: "Extract(orders)" }]));
    const toFull = async (...args: readonly string[]): Promise<{ code: number; stderr: string }> => {
      const started = Bun.spawn(["sh", "-c", 'exec "$0" "$@" >/dev/full', ...cairnCommand(), ...args], {
        cwd: dir.path,
        env: cleanEnv(),
        stdin: "ignore",
        stdout: "ignore",
        stderr: "pipe",
      });
      const stderr = await started.stderr.text();
      return { code: await started.exited, stderr };
    };
    const shown = await toFull("config", "show", "daily.conf");
    expect(shown.code).toBe(1);
    expect(shown.stderr).toContain("Cannot write the result to standard output: ENOSPC [OUTPUT_LOST]");
    const ran = await toFull("run", "daily.conf", "-q", "--format=json");
    expect(ran.code).toBe(0);
    expect(ran.stderr).toContain("[OUTPUT_LOST]");
  },
);
