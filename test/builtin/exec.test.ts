import { expect, test } from "bun:test";
import { chmodSync, existsSync, readFileSync } from "node:fs";
import {
  CairnError,
  Interrupt,
  type LogLine,
  memoryCheckpointStore,
  readConfig,
  runPipeline,
} from "../../src/api/mod.ts";
import { startCairn } from "../kit/mod.ts";
import { isAlive, type Ran, testPipeline, type TestPipeline, until } from "../run/pipeline-kit.ts";

/** Runs `exec` with a configuration in HOCON, in a folder that is gone afterwards. */
async function exec(
  config: string,
  more: { readonly pipeline?: string; readonly prepare?: (pipeline: TestPipeline) => void } = {},
): Promise<Ran> {
  using pipeline = testPipeline();
  more.prepare?.(pipeline);
  return await pipeline.run(pipeline.text([{ type: "exec", name: "E", config }], more.pipeline));
}

/** A command of `sh` as HOCON. */
function sh(script: string): string {
  return `command = ["sh", "-c", ${JSON.stringify(script)}]`;
}

function only({ result }: Ran): NonNullable<Ran["result"]["components"][0]> {
  const [component] = result.components;
  if (component === undefined) throw new Error("there is no component");
  return component;
}

/** What was found wrong with a configuration that was refused. */
function findingsOf(thrown: unknown): string {
  return thrown instanceof CairnError ? thrown.findings.map(({ message }) => message).join("\n") : "";
}

/** Messages of the component's lines, with their level. */
function linesOf({ lines }: Ran): readonly string[] {
  return lines
    .filter(({ component }) => component === "E")
    .map(({ level, message }) => `${level} ${message}`);
}

test("a program's output becomes log lines, those that say a level with it", async () => {
  const ran = await exec(
    sh(`echo one; echo '{"level":"WARNING","message":"late","rows":3}'; echo '{"level":1}'; printf last`),
  );
  const lines = linesOf(ran);
  for (const line of ["info one", "warn late", 'info {"level":1}', "info last"])
    expect(lines).toContain(line);
  expect(ran.lines.find(({ message }) => message === "late")?.fields).toEqual({ rows: 3 });
  expect(only(ran)).toMatchObject({ status: "completed", outputs: { exitCode: 0 } });
});

test("a command is a list whose arguments no shell sees; a text needs shell = true", async () => {
  const plain = await exec('command = ["echo", "$HOME", "*", "a  b"]');
  expect(linesOf(plain)).toContain("info $HOME * a  b");
  const shell = await exec('command = "echo one | tr a-z A-Z", shell = true');
  expect(linesOf(shell)).toContain("info ONE");
  using pipeline = testPipeline();
  const text = pipeline.text([{ type: "exec", name: "E", config: 'command = "echo one"' }]);
  const refused: unknown = await pipeline.run(text).catch((thrown: unknown) => thrown);
  expect(findingsOf(refused)).toContain("only with shell = true");
});

test("the program gets a few variables, those that are let through and those that are given", async () => {
  using pipeline = testPipeline();
  const config = `command = ["env"], pass-env = ["PASSED", "MORE_*"], env { OWN = 1.50, "odd name" = x }`;
  const text = pipeline.text([{ type: "exec", name: "E", config }]);
  const env = {
    ...process.env,
    PASSED: "yes",
    MORE_A: "a",
    HIDDEN: "no",
    TRACEPARENT: "00-1-2-01",
    CAIRN_X: "x",
  };
  const ran = await pipeline.run(text, { env, runKey: "monday", store: memoryCheckpointStore() });
  const lines = linesOf(ran);
  for (const name of ["PASSED=yes", "MORE_A=a", "OWN=1.50", "odd name=x", "TRACEPARENT=00-1-2-01"]) {
    expect(lines).toContain(`info ${name}`);
  }
  for (const name of [
    "COMPONENT=E",
    "ATTEMPT=1",
    "PIPELINE=test",
    `RUN_ID=${ran.result.runId}`,
    "RUN_KEY=monday",
  ]) {
    expect(lines).toContain(`info CAIRN_CONTEXT_${name}`);
  }
  expect(lines.some((line) => /HIDDEN|CAIRN_X/u.test(line))).toBe(false);
});

test("paths count from the folder of the configuration", async () => {
  const ran = await exec(
    'command = ["bin/tool"], cwd = work, stdin-file = in.txt, outputs-file = work/out.json, artifacts = [work/out.json]',
    {
      prepare({ dir }) {
        dir.write("bin/tool", "#!/bin/sh\npwd\ncat > out.json\n", 0o755);
        dir.write("in.txt", '{"rows": 3}');
        dir.write("work/out.json", '"of an earlier attempt"');
      },
    },
  );
  expect(only(ran)).toMatchObject({ status: "completed", outputs: { rows: 3 } });
  expect(linesOf(ran).some((line) => line.endsWith("/work"))).toBe(true);
});

test("outputs are the last line, if that is asked for", async () => {
  const [good, text, silent, long] = await execAll(
    [
      `${sh(`cat; echo; echo '{"rows": 4}'; echo '{"level":"info","message":"done"}'; echo; echo done >&2`)}, stdin = given, outputs = last-line`,
      `${sh("echo not json")}, outputs = last-line`,
      'command = ["true"], outputs = last-line',
      `${sh("head -c 300000 /dev/zero | tr '\\0' x")}, outputs = last-line`,
    ],
    "",
  );
  expect(good).toMatchObject({ status: "completed", outputs: { rows: 4 } });
  expect(text?.error).toMatchObject({ code: "PROGRAM_OUTPUTS" });
  expect(silent?.error?.message).toContain("it printed nothing on stdout");
  expect(long?.error?.message).toContain("more than the 262144 bytes allowed");
});

test("a program that does not write its outputs file fails, whatever an earlier one left there", async () => {
  const ran = await exec('command = ["true"], outputs-file = out.json', {
    prepare: ({ dir }) => void dir.write("out.json", '"old"'),
  });
  expect(only(ran).error).toMatchObject({ code: "PROGRAM_OUTPUTS" });
  expect(only(ran).error?.message).toContain("it did not write");
});

/** Runs `exec` several times in one pipeline; a failure does not end it. */
async function execAll(
  configs: readonly string[],
  more: string,
  prepare?: (pipeline: TestPipeline) => void,
): Promise<Ran["result"]["components"]> {
  using pipeline = testPipeline();
  prepare?.(pipeline);
  const components = configs.map((config, at) => ({ type: "exec", name: `E${at}`, config }));
  const { result } = await pipeline.run(pipeline.text(components, `fail-fast = false, ${more}`));
  return result.components;
}

test("exit codes decide: success, skip, retry or failure, which quotes the last line of stderr", async () => {
  const codes = "success-exit-codes = [0, 3], retryable-exit-codes = [4], skip-exit-codes = [5]";
  const retry = "retry-policy { max-retries = 1, initial-delay-ms = 1, retryable-exceptions = [None] }";
  const configs = [3, 4, 5, 6].map((code) => `${sh(`echo first >&2; echo why >&2; exit ${code}`)}, ${codes}`);
  const [success, transient, skip, failure] = await execAll(configs, retry);
  expect(success).toMatchObject({ status: "completed", attempts: 1, outputs: { exitCode: 3 } });
  expect(transient).toMatchObject({ status: "failed", attempts: 2, error: { name: "TransientError" } });
  expect(skip).toMatchObject({ status: "skipped", attempts: 1 });
  expect(failure).toMatchObject({
    status: "failed",
    attempts: 1,
    error: {
      name: "ProgramError",
      code: "PROGRAM_FAILED",
      message: 'program "sh" ended with exit code 6: why',
    },
  });
});

test("retryable-exit-codes of a retry policy decide by the program's exit code", async () => {
  const policy = "retry-policy { max-retries = 2, initial-delay-ms = 1, retryable-exit-codes = [9] }";
  const [named, other, killed] = await execAll([sh("exit 9"), sh("exit 8"), sh("kill -9 $$")], policy);
  expect(named).toMatchObject({ attempts: 3, error: { code: "PROGRAM_FAILED" } });
  expect(other).toMatchObject({ attempts: 1, error: { code: "PROGRAM_FAILED" } });
  expect(killed).toMatchObject({ attempts: 1, error: { code: "PROGRAM_KILLED" } });
});

test("a program that can't be started fails for good, with its reason", async () => {
  const cases = {
    "./missing": "PROGRAM_MISSING",
    "./no-run-bit": "PROGRAM_NO_RUN_BIT",
    "./no-interpreter": "PROGRAM_NO_INTERPRETER",
  };
  const configs = Object.keys(cases).map((program) => `command = [${JSON.stringify(program)}]`);
  const components = await execAll(
    configs,
    "retry-policy { max-retries = 2, initial-delay-ms = 1 }",
    ({ dir }) => {
      dir.write("no-run-bit", "#!/bin/sh\n", 0o644);
      dir.write("no-interpreter", "echo hello\n", 0o755);
    },
  );
  for (const [at, code] of Object.values(cases).entries()) {
    expect(components[at]).toMatchObject({ attempts: 1, error: { name: "PermanentError", code } });
  }
});

test("a gigabyte of output flows through, and neither process grows with it", async () => {
  const before = process.memoryUsage.rss();
  const ran = await exec(sh("head -c 1000000000 /dev/zero; echo; echo $PPID; grep VmHWM /proc/$PPID/status"));
  expect(only(ran).status).toBe("completed");
  const lines = linesOf(ran);
  // The line itself would make a long message where this fails.
  expect(lines.some((line) => line.endsWith("\u2400… (999992832 more bytes, left out)"))).toBe(true);
  const peak = Number(/VmHWM:\s+(\d+) kB/u.exec(lines.join("\n"))?.[1]);
  // A worker that has loaded the sources takes some 100 MB; the output is ten times that.
  expect(peak).toBeGreaterThan(0);
  expect(peak).toBeLessThan(300 * 1024);
  expect(process.memoryUsage.rss() - before).toBeLessThan(200 * 1024 * 1024);
});

test("lines with a level, in any number, neither are lost nor fill the worker's memory", async () => {
  using pipeline = testPipeline();
  const script = `yes '{"level":"warn","message":"abcdefghijklmnopqrstuvwxyz","rows":3}' | head -n 300000; grep VmHWM /proc/$PPID/status`;
  const { pipeline: config } = await readConfig("-", {
    text: pipeline.text([{ type: "exec", name: "E", config: sh(script) }]),
    cwd: pipeline.dir.path,
    env: {},
  });
  if (config === undefined) throw new Error("the configuration is wrong");
  let warned = 0;
  let peak = 0;
  const log = ({ level, message }: LogLine): void => {
    if (level === "warn") warned++;
    else peak ||= Number(/VmHWM:\s+(\d+) kB/u.exec(message)?.[1] ?? 0);
  };
  const result = await runPipeline(config, { cwd: pipeline.dir.path, observer: { log } });
  expect(result.status).toBe("completed");
  expect(warned).toBe(300_000);
  expect(peak).toBeGreaterThan(0);
  expect(peak).toBeLessThan(300 * 1024);
});

test("a program without any output completes", async () => {
  const ran = await exec('command = ["true"]');
  expect(only(ran)).toMatchObject({ status: "completed" });
});

test("a daemonised grandchild is found and killed, and the log says so", async () => {
  using pipeline = testPipeline();
  const script =
    "setsid sh -c 'echo $$ >pid; exec sleep 1000' </dev/null >/dev/null 2>&1 & while [ ! -s pid ]; do sleep 0.01; done";
  const ran = await pipeline.run(pipeline.text([{ type: "exec", name: "E", config: sh(script) }]));
  expect(only(ran).status).toBe("completed");
  const pid = Number(pipeline.dir.read("pid"));
  await until("the daemon to be gone", () => !isAlive(pid));
  expect(ran.lines.some(({ level, message }) => level === "warn" && message.includes("left"))).toBe(true);
});

test("a timeout ends the program, and the message says so", async () => {
  const ran = await exec(`${sh("sleep 1000 & echo working >&2; wait")}, timeout = 500ms, grace = 100ms`);
  expect(only(ran).error?.code).toBe("PROGRAM_TIMEOUT");
  // How far it came until then is chance.
  expect(only(ran).error?.message).toStartWith(
    'program "sh" took longer than its timeout of 500 ms and was ended',
  );
});

/** Runs a script with an interrupt as soon as it has written the file `pid`. */
async function interrupted(
  script: string,
  graceMs: number,
): Promise<{ readonly pid: number; readonly told: boolean }> {
  using pipeline = testPipeline();
  const abort = new AbortController();
  const text = pipeline.text([{ type: "exec", name: "E", config: `${sh(script)}, grace = 1 hour` }]);
  const running = pipeline.run(text, { signal: abort.signal, graceMs });
  const file = pipeline.dir.join("pid");
  await until("the program to start", () => existsSync(file) && readFileSync(file, "utf8") !== "", 60_000);
  abort.abort(new Interrupt("SIGTERM"));
  expect((await running).result.status).toBe("interrupted");
  return { pid: Number(pipeline.dir.read("pid")), told: existsSync(pipeline.dir.join("told")) };
}

test("a component that is told to stop ends its program with SIGTERM", async () => {
  const { pid, told } = await interrupted(
    "trap 'echo >told; exit 0' TERM; echo $$ >pid; while :; do sleep 0.02; done",
    60_000,
  );
  expect(told).toBe(true);
  await until("the program to be gone", () => !isAlive(pid));
});

test("a program that does not heed SIGTERM ends with its worker after the run's grace", async () => {
  const { pid } = await interrupted("trap '' TERM; echo $$ >pid; while :; do sleep 0.02; done", 200);
  await until("the program to be gone", () => !isAlive(pid));
});

test("a SIGKILL of the worker takes the program along", async () => {
  using pipeline = testPipeline();
  const script = "sleep 1000 & echo $! >child; echo $$ >pid; kill -9 $PPID; wait";
  const ran = await pipeline.run(pipeline.text([{ type: "exec", name: "E", config: sh(script) }]));
  expect(only(ran).error).toMatchObject({ code: "COMPONENT_KILLED" });
  for (const name of ["pid", "child"]) {
    const pid = Number(pipeline.dir.read(name));
    await until(`${name} to be gone`, () => !isAlive(pid));
  }
});

test("in the runner itself programs run as well", async () => {
  using pipeline = testPipeline();
  const config = `${sh('echo one; echo \'{"level":"error","message":"two"}\'; echo \'{"rows":1}\'')}, outputs = last-line`;
  const text = pipeline.text([{ type: "exec", name: "E", config, more: "isolation = none" }]);
  const ran = await pipeline.run(text);
  expect(only(ran)).toMatchObject({ status: "completed", outputs: { rows: 1 } });
  expect(linesOf(ran)).toEqual(expect.arrayContaining(["info one", "error two"]));
});

test("a secret in the arguments is refused; in the environment it reaches the program and no log", async () => {
  using pipeline = testPipeline();
  const env = { ...process.env, TOKEN: "s3cr3t-canary" };
  const refused: unknown = await pipeline
    .run(pipeline.text([{ type: "exec", name: "E", config: 'command = ["echo", "secret://env/TOKEN"]' }]), {
      env,
    })
    .catch((thrown: unknown) => thrown);
  expect(findingsOf(refused)).toContain("process list");
  const config = `${sh('echo "got $T"; [ "$T" = s3cr3t-canary ] && touch right')}, env { T = "secret://env/TOKEN" }`;
  const ran = await pipeline.run(pipeline.text([{ type: "exec", name: "E", config }]), { env });
  expect(only(ran).status).toBe("completed");
  expect(readFileSync(pipeline.dir.join("right"), "utf8")).toBe("");
  expect(JSON.stringify(ran)).not.toContain("s3cr3t-canary");
});

function mount(path: string): boolean {
  return Bun.spawnSync(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", path]).exitCode === 0;
}

test("a full disk is told as such, where this user may mount a small one", async () => {
  using pipeline = testPipeline();
  pipeline.dir.write("small/.keep", "");
  const small = pipeline.dir.join("small");
  if (!mount(small)) return;
  try {
    chmodSync(small, 0o777);
    const loud = await pipeline.run(
      pipeline.text([{ type: "exec", name: "E", config: sh("head -c 100000 /dev/zero > small/data") }]),
    );
    expect(only(loud).error).toMatchObject({ code: "PROGRAM_DISK_FULL" });
    expect(only(loud).error?.message).toContain("No space left on device");
    // A program that doesn't look whether its writes succeed.
    const script = `(printf '{"rows": "'; head -c 100000 /dev/zero | tr '\\\\0' x; printf '"}') > small/out.json 2>/dev/null; exit 0`;
    const quiet = await pipeline.run(
      pipeline.text([{ type: "exec", name: "E", config: `${sh(script)}, outputs-file = small/out.json` }]),
    );
    expect(only(quiet).error).toMatchObject({ code: "PROGRAM_DISK_FULL" });
    expect(only(quiet).error?.message).toContain("its disk is full");
  } finally {
    Bun.spawnSync(["umount", "-l", small]);
  }
});

test("a SIGKILL of the runner takes the worker and the program along", async () => {
  using pipeline = testPipeline();
  const script = "sleep 1000 & echo $! >child; echo $PPID >worker; echo $$ >pid; wait";
  const file = pipeline.dir.write("p.conf", pipeline.text([{ type: "exec", name: "E", config: sh(script) }]));
  const runner = startCairn(["run", file, "-q"], { cwd: pipeline.dir.path });
  const written = (): boolean => existsSync(pipeline.dir.join("pid")) && pipeline.dir.read("pid") !== "";
  await until("the program to start", written, 60_000);
  runner.kill("SIGKILL");
  for (const name of ["pid", "child", "worker"]) {
    const pid = Number(pipeline.dir.read(name));
    expect(pid).toBeGreaterThan(1);
    await until(`${name} to be gone`, () => !isAlive(pid));
  }
});
