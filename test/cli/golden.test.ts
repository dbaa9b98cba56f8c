import { describe, expect, test } from "bun:test";
import { mkdirSync } from "node:fs";
import { type CairnResult, runCairn, startCairn, type TempDir, tempDir } from "../kit/mod.ts";
import { expectGolden } from "./expect-golden.ts";
import { breakRecord, journalOf, makeNewer } from "./journal-damage.ts";
import { pipeline, writePlugins } from "./pipelines.ts";

interface Scene extends Disposable {
  readonly dir: TempDir;
  cairn(...args: readonly string[]): Promise<CairnResult>;
}

/** A folder with plugins in which cairn is run. */
function scene(): Scene {
  const dir = tempDir("cairn-golden-");
  writePlugins(dir);
  return {
    dir,
    cairn: (...args) => runCairn(args, { cwd: dir.path }),
    [Symbol.dispose]: () => dir[Symbol.dispose](),
  };
}

/** The last line of standard error. */
function lastLine(result: CairnResult): string {
  return result.stderr.trimEnd().split("\n").at(-1) ?? "";
}

/** Three components: `Extract` and `Clean` succeed, `Load` fails as long as the file `mended` isn't there. */
const threeComponents = pipeline("Daily ETL", [
  { type: "etl.Work", name: "Extract(orders)", config: 'source = "orders.csv"' },
  { type: "etl.Work", name: "Transform(clean)" },
  { type: "etl.Fragile", name: "Load(warehouse)" },
]);

describe("messages about configurations", () => {
  test("no config file", async () => {
    using here = scene();
    here.dir.write("daily.conf", threeComponents);
    const result = await here.cairn("run", "dayly.conf");
    expect(result.code).toBe(2);
    await expectGolden("no-config-file", here.dir, result);
  });

  test("a folder as config", async () => {
    using here = scene();
    const result = await here.cairn("run", "plugins");
    expect(result.code).toBe(2);
    await expectGolden("folder-as-config", here.dir, result);
  });

  test("a missing plugin: where it looked, and the nearest name", async () => {
    using here = scene();
    here.dir.write("daily.conf", pipeline("Daily ETL", [{ type: "etl.Wrok", name: "Extract(orders)" }]));
    const result = await here.cairn("run", "daily.conf");
    expect(result.code).toBe(2);
    expect(result.stderr).toContain("etl.Work");
    await expectGolden("missing-plugin", here.dir, result);
  });

  test("a schema error in the third component", async () => {
    using here = scene();
    here.dir.write(
      "daily.conf",
      pipeline("Daily ETL", [
        { type: "etl.Work", name: "Extract(orders)" },
        { type: "etl.Work", name: "Transform(clean)" },
        { type: "etl.Work", name: "Load(warehouse)", config: 'batch-size = "many"' },
      ]),
    );
    const result = await here.cairn("run", "daily.conf");
    expect(result.code).toBe(2);
    expect(result.stderr).toMatch(/daily\.conf:\d+:\d+: error/);
    await expectGolden("schema-error", here.dir, result);
  });

  test("an unknown key in a policy", async () => {
    using here = scene();
    here.dir.write(
      "daily.conf",
      threeComponents.replace("pipeline {", "pipeline {\n  retry-policy { max-retires = 3 }"),
    );
    const result = await here.cairn("run", "daily.conf");
    expect(result.code).toBe(2);
    expect(result.stderr).toContain("max-retries");
    await expectGolden("unknown-key", here.dir, result);
  });

  test("an empty pipeline succeeds with a warning", async () => {
    using here = scene();
    here.dir.write("daily.conf", pipeline("Daily ETL", []));
    const result = await here.cairn("run", "daily.conf");
    expect(result.code).toBe(0);
    expect(result.stderr).toContain("warn");
    await expectGolden("empty-pipeline", here.dir, result);
  });
});

describe("messages about locations", () => {
  test("an unknown scheme makes no folder", async () => {
    using here = scene();
    here.dir.write("daily.conf", threeComponents);
    const result = await here.cairn("run", "daily.conf", "--checkpoint=gs://lake/checkpoints");
    expect(result.code).toBe(2);
    expect(
      await Array.fromAsync(new Bun.Glob("**/gs*").scan({ cwd: here.dir.path, onlyFiles: false })),
    ).toEqual([]);
    await expectGolden("unknown-scheme", here.dir, result);
  });

  test("a location that can't be written", async () => {
    using here = scene();
    here.dir.write("daily.conf", threeComponents);
    // Not even root may make folders in /sys.
    const result = await here.cairn("run", "daily.conf", "--checkpoint=/sys/cairn-checkpoints");
    expect(result.code).toBe(6);
    await expectGolden("read-only-location", here.dir, result);
  });
});

describe("messages about runs", () => {
  test("a failed run says what failed and, as its last line, how to resume it", async () => {
    using here = scene();
    here.dir.write("daily.conf", threeComponents);
    const result = await here.cairn("run", "daily.conf", "--checkpoint=cp");
    expect(result.code).toBe(1);
    expect(lastLine(result)).toMatch(/cairn resume daily\.conf \S+ --checkpoint=cp$/);
    await expectGolden("failed-run", here.dir, result);
  });

  test("the printed command resumes it", async () => {
    using here = scene();
    here.dir.write("daily.conf", threeComponents);
    const failed = await here.cairn("run", "daily.conf", "--checkpoint=cp");
    here.dir.write("mended", "");
    const [, ...command] = lastLine(failed).split(" ");
    const result = await here.cairn(...command);
    expect(result.code).toBe(0);
    await expectGolden("resumed-run", here.dir, result);
  });

  test("an existing run ID", async () => {
    using here = scene();
    here.dir.write("daily.conf", threeComponents);
    await here.cairn("run", "daily.conf", "--checkpoint=cp", "--run-id=nightly");
    const result = await here.cairn("run", "daily.conf", "--checkpoint=cp", "--run-id=nightly");
    expect(result.code).toBe(2);
    await expectGolden("existing-run-id", here.dir, result);
  });

  test("an unknown run ID", async () => {
    using here = scene();
    here.dir.write("daily.conf", threeComponents);
    await here.cairn("run", "daily.conf", "--checkpoint=cp", "--run-id=nightly");
    const result = await here.cairn("resume", "daily.conf", "nihgtly", "--checkpoint=cp");
    expect(result.code).toBe(4);
    await expectGolden("unknown-run-id", here.dir, result);
  });

  test("an unknown run ID of a command that only looks", async () => {
    using here = scene();
    here.dir.write("daily.conf", threeComponents);
    await here.cairn("run", "daily.conf", "--checkpoint=cp", "--run-id=nightly");
    const result = await here.cairn("checkpoints", "show", "nihgtly", "--location=cp");
    expect(result.code).toBe(4);
    await expectGolden("unknown-run-id-show", here.dir, result);
  });

  test("a checkpoint of a newer version", async () => {
    using here = scene();
    here.dir.write("daily.conf", threeComponents);
    await here.cairn("run", "daily.conf", "--checkpoint=cp", "--run-id=nightly");
    makeNewer(journalOf(here.dir, "nightly"));
    const result = await here.cairn("resume", "daily.conf", "nightly", "--checkpoint=cp");
    expect(result.code).toBe(4);
    await expectGolden("newer-version", here.dir, result);
  });

  test("a corrupt checkpoint: resume, auto-resume, show and verify", async () => {
    using here = scene();
    here.dir.write("daily.conf", threeComponents);
    await here.cairn("run", "daily.conf", "--checkpoint=cp", "--run-id=nightly");
    breakRecord(journalOf(here.dir, "nightly"), 2);
    const resumed = await here.cairn("resume", "daily.conf", "nightly", "--checkpoint=cp");
    expect(resumed.code).toBe(4);
    await expectGolden("corrupt", here.dir, resumed);
    const auto = await here.cairn("run", "daily.conf", "--auto-resume", "--checkpoint=cp");
    expect(auto.code).toBe(4);
    await expectGolden("corrupt-auto-resume", here.dir, auto);
    const verified = await here.cairn("checkpoints", "verify", "nightly", "--location=cp");
    expect(verified.code).toBe(1);
    await expectGolden("corrupt-verify", here.dir, verified);
    const shown = await here.cairn("checkpoints", "show", "nightly", "--location=cp");
    expect(shown.code).toBe(0);
    await expectGolden("corrupt-show", here.dir, shown);
  });

  test("two runs at once: the holder is named", async () => {
    using here = scene();
    here.dir.write("daily.conf", pipeline("Daily ETL", [{ type: "etl.Wait", name: "Wait(long)" }]));
    const first = startCairn(["run", "daily.conf", "--checkpoint=cp"], { cwd: here.dir.path });
    while (!(await Bun.file(here.dir.join("waiting")).exists())) await Bun.sleep(20);
    const result = await here.cairn("run", "daily.conf", "--checkpoint=cp");
    const skipped = await here.cairn("run", "daily.conf", "--checkpoint=cp", "--skip-exit-code=99");
    const listed = await here.cairn("checkpoints", "list", "--location=cp");
    const planned = await here.cairn("plan", "daily.conf", "--checkpoint=cp", "--format=json");
    first.kill("SIGTERM");
    const interrupted = {
      code: await first.exited,
      stdout: await first.stdout.text(),
      stderr: await first.stderr.text(),
    };
    expect(result.code).toBe(5);
    expect(result.stderr).toContain(String(first.pid));
    await expectGolden("held", here.dir, result);
    expect(skipped.code).toBe(99);
    await expectGolden("held-skip", here.dir, skipped);
    expect(listed.stdout).toContain("running");
    expect(planned.code).toBe(0);
    expect(JSON.parse(planned.stdout)).toMatchObject({
      holder: { pid: first.pid },
      warnings: [expect.stringContaining(`Process ${first.pid} on host`)],
    });
    expect(interrupted.code).toBe(143);
    await expectGolden("interrupted", here.dir, interrupted);
  });

  test("a completed component whose configuration changed: the difference and three ready commands", async () => {
    using here = scene();
    here.dir.write("daily.conf", threeComponents);
    await here.cairn("run", "daily.conf", "--checkpoint=cp", "--run-id=nightly");
    here.dir.write("daily.conf", threeComponents.replace("orders.csv", "orders-v2.csv"));
    const result = await here.cairn("resume", "daily.conf", "nightly", "--checkpoint=cp");
    expect(result.code).toBe(4);
    await expectGolden("config-changed", here.dir, result);
    const plan = await here.cairn("plan", "daily.conf", "--resume=nightly", "--checkpoint=cp");
    expect(plan.code).toBe(4);
    await expectGolden("config-changed-plan", here.dir, plan);
    here.dir.write("mended", "");
    const ways = result.stderr.split("\n").filter((line) => /^ +\S*cairn (?:run|resume) /.test(line));
    expect(ways.length).toBe(3);
    const [, ...command] = (ways[0] ?? "")
      .trim()
      .replace(/ +#.*$/, "")
      .split(" ");
    expect((await here.cairn(...command)).code).toBe(0);
  });
});

test("a completed component that was removed: what has to be put back, and how to start anew", async () => {
  using here = scene();
  here.dir.write("daily.conf", threeComponents);
  await here.cairn("run", "daily.conf", "--checkpoint=cp", "--run-id=nightly");
  const removed = threeComponents.replace(/^.*Extract\(orders\).*$/m, "");
  here.dir.write("daily.conf", removed);
  const resume = ["daily.conf", "nightly", "--checkpoint=cp", "--on-config-change=accept"];
  const result = await here.cairn("resume", ...resume);
  expect(result.code).toBe(4);
  await expectGolden("completed-removed", here.dir, result);
  const plan = await here.cairn("plan", "daily.conf", "--resume=nightly", "--checkpoint=cp");
  expect(plan.code).toBe(4);
  expect(plan.stdout).toContain("Extract(orders): has completed, and was removed");
  expect(plan.stdout).toContain("put back what was removed");
});

test("a plan after a failure says what would be restored and what would run", async () => {
  using here = scene();
  here.dir.write("daily.conf", threeComponents);
  mkdirSync(here.dir.join("cp"));
  await expectGolden("plan-first", here.dir, await here.cairn("plan", "daily.conf", "--checkpoint=cp"));
  await here.cairn("run", "daily.conf", "--checkpoint=cp");
  await expectGolden(
    "plan-resume",
    here.dir,
    await here.cairn("plan", "daily.conf", "--checkpoint=cp", "--auto-resume"),
  );
  await expectGolden("list", here.dir, await here.cairn("checkpoints", "list", "--location=cp"));
  await expectGolden("show", here.dir, await here.cairn("checkpoints", "show", "latest", "--location=cp"));
});
