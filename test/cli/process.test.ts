import { describe, expect, test } from "bun:test";
import { cairnCommand, cleanEnv, runCairn, startCairn, type TempDir, tempDir } from "../kit/mod.ts";
import { pipeline, writePlugins } from "./pipelines.ts";

const two = pipeline("Two", [
  { type: "etl.Work", name: "Extract(orders)" },
  { type: "etl.Fragile", name: "Load(warehouse)" },
]);
const waiting = pipeline("Waiting", [{ type: "etl.Wait", name: "Wait(long)" }]);
const deaf = pipeline("Deaf", [{ type: "etl.Deaf", name: "Deaf(loop)" }]);

function folder(config: string, mended = true): TempDir {
  const dir = tempDir("cairn-process-");
  writePlugins(dir);
  dir.write("daily.conf", config);
  if (mended) dir.write("mended", "");
  return dir;
}

/** Starts a pipeline and waits until its component is at work. */
async function startWaiting(
  dir: TempDir,
  ...flags: readonly string[]
): Promise<ReturnType<typeof startCairn>> {
  const started = startCairn(["run", "daily.conf", "--checkpoint=cp", ...flags], { cwd: dir.path });
  while (!(await Bun.file(dir.join("waiting")).exists())) {
    if (started.exitCode !== null) throw new Error(await started.stderr.text());
    await Bun.sleep(10);
  }
  return started;
}

describe("output", () => {
  test("--format=json prints exactly one document on standard output, whatever becomes of the run", async () => {
    using dir = folder(two, false);
    const failed = await runCairn(["run", "daily.conf", "--checkpoint=cp", "--format=json"], {
      cwd: dir.path,
    });
    expect(failed.json()).toMatchObject({
      version: 1,
      pipelineName: "Two",
      status: "failed",
      exitCode: 1,
      components: [
        { index: 0, name: "Extract(orders)", status: "completed", outputs: { rows: 3 } },
        { index: 1, status: "failed", error: { name: "RangeError", message: "the warehouse is not there" } },
      ],
      checkpoint: { kept: true },
    });
    dir.write("mended", "");
    const resumed = await runCairn(
      ["resume", "daily.conf", "latest", "--checkpoint=cp", "--format", "json"],
      { cwd: dir.path },
    );
    expect(resumed.json()).toMatchObject({
      status: "completed",
      exitCode: 0,
      components: [{ status: "restored" }, { status: "completed" }],
    });
  });

  test("a refusal under --format=json is one document too, usage errors included", async () => {
    using dir = folder(two);
    const refused = await runCairn(["run", "nix.conf", "--format=json"], { cwd: dir.path });
    expect([refused.code, refused.json()]).toMatchObject([
      2,
      { version: 1, exitCode: 2, error: { kind: "config" } },
    ]);
    const usage = await runCairn(["run", "daily.conf", "--format=json", "--fsh"], { cwd: dir.path });
    expect([usage.code, usage.json()]).toMatchObject([
      2,
      { error: { code: "USAGE", hint: expect.stringContaining("--help") } },
    ]);
  });

  test("every command that takes --format=json prints one document with version 1", async () => {
    using dir = folder(two, false);
    const run = await runCairn(["run", "daily.conf", "--checkpoint=cp", "--run-id=r1", "-q"], {
      cwd: dir.path,
    });
    expect(run.code).toBe(1);
    const lines = [
      "plan daily.conf",
      "validate daily.conf",
      "config show daily.conf --origins",
      "config explain daily.conf pipeline.pipeline-name",
      "checkpoints list --location=cp",
      "checkpoints show r1 --location=cp",
      "checkpoints verify r1 --location=cp",
      "checkpoints prune --older-than=1d --location=cp -n",
      "checkpoints delete r1 --location=cp",
      "plugins list daily.conf",
      "plugins show etl.Work --config=daily.conf",
      "plugins check daily.conf",
      "version",
    ];
    for (const line of lines) {
      const said = await runCairn([...line.split(" "), "--format=json"], { cwd: dir.path });
      expect([line, said.code, said.stderr]).toEqual([line, 0, ""]);
      expect(said.json(), line).toMatchObject({ version: 1 });
    }
  });

  test("-q says nothing on success, and what failed on failure", async () => {
    using dir = folder(two);
    const silent = await runCairn(["run", "daily.conf", "-q", "--checkpoint=cp"], { cwd: dir.path });
    expect(silent).toMatchObject({ code: 0, stdout: "", stderr: "" });
    using broken = folder(two, false);
    const failed = await runCairn(["run", "daily.conf", "-q", "--checkpoint=cp"], { cwd: broken.path });
    expect(failed.stderr).toContain("Load(warehouse) failed: RangeError: the warehouse is not there");
    expect(failed.stderr.trimEnd().split("\n").at(-1)).toContain("cairn resume daily.conf");
  });

  test("--log-format=json writes the original's events as JSON lines, with component logs between them", async () => {
    using dir = folder(two);
    const said = await runCairn(["run", "daily.conf", "--log-format=json", "--log-file=log.jsonl"], {
      cwd: dir.path,
    });
    const events = said.stderr
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { event: string });
    const names = events.map(({ event }) => event);
    expect(names.filter((name) => name !== "log")).toEqual([
      "pipeline_start",
      "component_start",
      "component_end",
      "component_start",
      "component_end",
      "pipeline_end",
    ]);
    expect(events).toContainEqual(
      expect.objectContaining({
        event: "log",
        component_name: "Extract(orders)",
        message: "working",
        fields: { batchSize: 1000 },
      }),
    );
    const kept = dir
      .read("log.jsonl")
      .trimEnd()
      .split("\n")
      .map((line) => (JSON.parse(line) as { event: string }).event);
    expect(kept).toEqual(names);
  });

  test("under --log-format=json a failure and a refusal are JSON lines too; only the resume command stands by itself", async () => {
    using dir = folder(two, false);
    const failed = await runCairn(["run", "daily.conf", "--checkpoint=cp", "--log-format=json", "-q"], {
      cwd: dir.path,
    });
    const lines = failed.stderr.trimEnd().split("\n");
    expect(lines.length).toBe(2);
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({
      event: "run_failed",
      exit_code: 1,
      errors: [{ component_name: "Load(warehouse)", error_type: "RangeError" }],
      resume_command: lines[1],
    });
    const refused = await runCairn(["run", "nix.conf", "--log-format=json"], { cwd: dir.path });
    expect(JSON.parse(refused.stderr)).toMatchObject({
      event: "error",
      exit_code: 2,
      findings: [{ code: "CONFIG_NOT_FOUND", file: "nix.conf", line: null }],
    });
  });

  test("extra files that can't be written are warnings", async () => {
    using dir = folder(two);
    const files = ["--audit=/sys/a", "--metrics=/sys/m", "--log-file=/sys/l"];
    const said = await runCairn(["run", "daily.conf", ...files], { cwd: dir.path });
    expect(said.code).toBe(0);
    for (const name of ["audit", "metrics", "log-file"]) expect(said.stderr).toContain(name);
  });

  test("audit and metrics are written", async () => {
    using dir = folder(two);
    const said = await runCairn(["run", "daily.conf", "--audit=audit.jsonl", "--metrics=m.prom"], {
      cwd: dir.path,
    });
    expect(said.code).toBe(0);
    expect(dir.read("audit.jsonl").trimEnd().split("\n").length).toBeGreaterThanOrEqual(6);
    expect(dir.read("m.prom")).toContain("pipeline_runs");
    expect(dir.read("m.prom").trimEnd()).toEndWith("# EOF");
  });

  test("colours follow --color and NO_COLOR, and there are none in a pipe", async () => {
    using dir = folder(two, false);
    const esc = "\u001B[";
    const run = (flag: string, env: Record<string, string> = {}) =>
      runCairn(["run", "nix.conf", `--color=${flag}`], { cwd: dir.path, env });
    expect((await run("auto")).stderr).not.toContain(esc);
    expect((await run("always", { NO_COLOR: "1" })).stderr).toContain(esc);
    expect((await run("never")).stderr).not.toContain(esc);
  });

  test("a closed standard output does not fail a run", async () => {
    using dir = folder(two);
    const line = `${cairnCommand().join(" ")} run daily.conf --format=json --checkpoint=cp --no-cleanup-on-success | true; echo "\${PIPESTATUS[0]}"`;
    const shell = Bun.spawnSync(["bash", "-c", line], { cwd: dir.path, env: cleanEnv(), stdin: "ignore" });
    expect(shell.stdout.toString().trim()).toBe("0");
  });

  test("a closed standard error does not fail a run", async () => {
    using dir = folder(two);
    const line = `${cairnCommand().join(" ")} run daily.conf 2>&1 >/dev/null | true; echo "\${PIPESTATUS[0]}"`;
    const shell = Bun.spawnSync(["bash", "-c", line], { cwd: dir.path, env: cleanEnv(), stdin: "ignore" });
    expect(shell.stdout.toString().trim()).toBe("0");
  });
});

describe("configuration from the command line", () => {
  test("`-` is standard input, and --set and --env-file win and fill in", async () => {
    using dir = folder(two);
    dir.write("vars", "NAME=From file\n");
    const text = two.replace('"Two"', "${NAME}");
    const said = await runCairn(
      ["config", "explain", "-", "pipeline.pipeline-name", "--env-file=vars", "--format=json"],
      {
        cwd: dir.path,
        stdin: text,
      },
    );
    expect(said.json()).toMatchObject({ value: "From file" });
    const set = await runCairn(
      ["config", "show", "-", "--set", 'pipeline.pipeline-name="Set"', "--format=json"],
      {
        cwd: dir.path,
        stdin: two,
      },
    );
    expect(set.json()).toMatchObject({ config: { pipeline: { "pipeline-name": "Set" } } });
    const run = await runCairn(["run", "-", "--format=json"], { cwd: dir.path, stdin: two });
    expect([run.code, run.json()]).toMatchObject([0, { pipelineName: "Two" }]);
  });

  test("-C works from another folder", async () => {
    using dir = folder(two);
    const said = await runCairn(["-C", dir.path, "run", "daily.conf", "-q"], { cwd: "/" });
    expect(said).toMatchObject({ code: 0, stderr: "" });
    const wrong = await runCairn(["-C", "nowhere", "run", "daily.conf"], { cwd: dir.path });
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining("no such folder")]);
  });

  test("a wrong --set is a usage error", async () => {
    using dir = folder(two);
    const said = await runCairn(["run", "daily.conf", "--set", "nonsense"], { cwd: dir.path });
    expect([said.code, said.stderr]).toEqual([2, expect.stringContaining("is no PATH=VALUE")]);
  });
});

describe("a checkpoint that is held", () => {
  test("--wait gives up after its time with exit 5, and a signal ends the wait", async () => {
    using dir = folder(waiting);
    const holder = await startWaiting(dir);
    const late = await runCairn(["run", "daily.conf", "--checkpoint=cp", "--wait=200ms"], { cwd: dir.path });
    expect([late.code, late.stderr]).toEqual([5, expect.stringContaining(String(holder.pid))]);
    const patient = startCairn(["run", "daily.conf", "--checkpoint=cp", "--if-held=wait", "--format=json"], {
      cwd: dir.path,
    });
    await saysOn(patient.stderr, "waiting:");
    patient.kill("SIGTERM");
    expect(await patient.exited).toBe(143);
    expect(await patient.stdout.json()).toMatchObject({
      status: "interrupted",
      reason: "SIGTERM",
      exitCode: 143,
    });
    holder.kill("SIGTERM");
    expect(await holder.exited).toBe(143);
  });

  test("flags that contradict each other are a usage error", async () => {
    using dir = folder(waiting);
    const said = await runCairn(["run", "daily.conf", "--if-held=fail", "--wait=1s"], { cwd: dir.path });
    expect([said.code, said.stderr]).toEqual([2, expect.stringContaining("contradict each other")]);
  });
});

describe("signals", () => {
  test.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const)("%s ends the run in order, exit %d, resumable", async (signal, code) => {
    using dir = folder(waiting);
    const started = await startWaiting(dir, "--format=json");
    started.kill(signal);
    expect(await started.exited).toBe(code);
    expect(await started.stdout.json()).toMatchObject({
      status: "interrupted",
      exitCode: code,
      checkpoint: { kept: true },
    });
    expect((await started.stderr.text()).trimEnd().split("\n").at(-1)).toContain("cairn resume daily.conf");
    const list = await runCairn(["checkpoints", "list", "--location=cp", "--resumable", "--format=json"], {
      cwd: dir.path,
    });
    expect(list.json()).toMatchObject({ checkpoints: [{ state: "interrupted" }] });
  });

  test("a second signal kills at once what does not listen", async () => {
    using dir = folder(deaf);
    const started = await startWaiting(dir, "--grace=10m");
    const worker = Number(dir.read("waiting"));
    started.kill("SIGTERM");
    await Bun.sleep(200);
    expect(started.exitCode).toBe(null);
    started.kill("SIGTERM");
    expect(await started.exited).toBe(143);
    expect(isAlive(worker)).toBe(false);
  });

  test("SIGHUP that was ignored at the start (nohup) stays ignored", async () => {
    using dir = folder(waiting);
    const command = cairnCommand();
    const started = Bun.spawn(["nohup", ...command, "run", "daily.conf", "--checkpoint=cp"], {
      cwd: dir.path,
      env: cleanEnv(),
      stdin: "ignore",
      stdout: "ignore",
      stderr: "ignore",
    });
    while (!(await Bun.file(dir.join("waiting")).exists())) await Bun.sleep(10);
    started.kill("SIGHUP");
    await Bun.sleep(200);
    expect(started.exitCode).toBe(null);
    started.kill("SIGTERM");
    expect(await started.exited).toBe(143);
  });

  test("works as PID 1, without terminal, HOME and PATH", async () => {
    using dir = folder(waiting);
    const probe = Bun.spawnSync(["unshare", "--pid", "--fork", "--mount-proc", "true"]);
    // Only root (or a system that allows user namespaces) can make a PID 1; elsewhere the environment alone is tested.
    const ahead = probe.exitCode === 0 ? ["unshare", "--pid", "--fork", "--mount-proc", "--kill-child"] : [];
    const started = Bun.spawn([...ahead, ...cairnCommand(), "run", "daily.conf", "--checkpoint=cp"], {
      cwd: dir.path,
      env: { CAIRN_LOG_FORMAT: "plain" },
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
    });
    while (!(await Bun.file(dir.join("waiting")).exists())) {
      if (started.exitCode !== null) throw new Error(await started.stderr.text());
      await Bun.sleep(10);
    }
    const inner = ahead.length === 0 ? started.pid : childOf(started.pid);
    process.kill(inner, "SIGTERM");
    expect(await started.exited).toBe(143);
  });
});

/** Waits until a text has come on a stream; the rest is not read. */
async function saysOn(stream: ReadableStream<Uint8Array>, text: string): Promise<void> {
  let said = "";
  for await (const chunk of stream) {
    said += new TextDecoder().decode(chunk);
    if (said.includes(text)) return;
  }
  throw new Error(`never said ${text}: ${said}`);
}

/** Whether a process is there and not just waiting to be reaped. */
function isAlive(pid: number): boolean {
  const stat = Bun.spawnSync(["ps", "-o", "stat=", "-p", String(pid)])
    .stdout.toString()
    .trim();
  return stat !== "" && !stat.startsWith("Z");
}

/** The one child of a process. */
function childOf(pid: number): number {
  const children = Bun.spawnSync(["ps", "-o", "pid=", "--ppid", String(pid)]).stdout.toString();
  return Number(children.trim().split(/\s+/)[0]);
}
