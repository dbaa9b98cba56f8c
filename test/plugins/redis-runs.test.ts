import { afterAll, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import redis from "../../plugins/redis.ts";
import { type RunJournal, startRun } from "../../src/checkpoint/mod.ts";
import type { CheckpointStore } from "../../src/store/mod.ts";
import { done, FAILED, request, run, start } from "../checkpoint/kit/runs.ts";
import { root, runCairn, startCairn, type TempDir, tempDir } from "../kit/mod.ts";
import { serverFor } from "../servers/mod.ts";
import { startRedis } from "../servers/redis/redis.ts";

const dir = tempDir("cairn-redis-runs-");
const server = await serverFor("redis", (mayInstall) => {
  mkdirSync(dir.join("data"));
  return startRedis({ folder: dir.join("data"), mayInstall });
});
afterAll(async () => {
  await server?.stop();
  dir[Symbol.dispose]();
});

const RACES = process.env["CAIRN_TEST_LONG"] === "1" ? 500 : 50;
const at = (path: string): string => `redis://127.0.0.1:${server?.port ?? 0}/0/${path}`;

const WORK = `import { appendFileSync, existsSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
export default async function work({ run, config, signal }) {
  appendFileSync(config.effects, run.componentName + "\\n");
  while (run.componentName === "second" && !existsSync(config.mended)) await setTimeout(20, undefined, { signal });
  return { from: run.componentName };
}
`;

/** A pipeline whose second component hangs until a file is there. */
function writePipeline(folder: TempDir, checkpoint: string): string {
  folder.write("plugins/e2e/Work.ts", WORK);
  const config = `{ effects = ${JSON.stringify(folder.join("effects"))}, mended = ${JSON.stringify(folder.join("mended"))} }`;
  const component = (name: string): string =>
    `{ instance-type = "e2e.Work", instance-name = ${name}, instance-config ${config} }`;
  return folder.write(
    "pipeline.conf",
    `pipeline {
  pipeline-name = "redis"
  plugins = ["plugins", ${JSON.stringify(`${root}/plugins`)}]
  checkpoint { enabled = true, ${checkpoint} }
  pipeline-components = [ ${component("first")}, ${component("second")}, ${component("third")} ]
}
`,
  );
}

function effects(folder: TempDir): string[] {
  return readFileSync(folder.join("effects"), "utf8").trim().split("\n");
}

/** Waits until a component has begun. */
async function begun(folder: TempDir, name: string): Promise<void> {
  for (let waited = 0; waited < 30_000; waited += 20) {
    if (existsSync(folder.join("effects")) && effects(folder).includes(name)) return;
    await Bun.sleep(20);
  }
  throw new Error(`${name} did not begin`);
}

describe.skipIf(server === undefined)("runs with checkpoints in Redis", () => {
  test("a killed run is resumed at once by the next one, which runs only what was not completed", async () => {
    using folder = tempDir("cairn-redis-e2e-");
    const config = writePipeline(
      folder,
      `location = ${JSON.stringify(at("e2e"))}, auto-resume = true, cleanup-on-success = false`,
    );
    const killed = startCairn(["run", config]);
    await begun(folder, "second");
    killed.kill("SIGKILL");
    await killed.exited;
    folder.write("mended", "");
    const listed = await runCairn(["checkpoints", "list", config, "--resumable", "--format=json"]);
    expect(listed.json()).toMatchObject({
      checkpoints: [{ state: "interrupted", completedComponents: [{ name: "first" }] }],
    });
    const plan = await runCairn(["plan", config]);
    expect(plan.code).toBe(0);
    expect(plan.stdout).toContain("restore");
    const resumed = await runCairn(["run", config, "--format=json"]);
    expect([resumed.code, resumed.stderr]).toEqual([0, expect.stringContaining(at("e2e"))]);
    expect(resumed.json()).toMatchObject({
      status: "completed",
      components: [{ status: "restored" }, { status: "completed" }, { status: "completed" }],
      checkpoint: { location: at("e2e"), kept: true },
    });
    expect(effects(folder)).toEqual(["first", "second", "second", "third"]);
    const after = await runCairn([
      "checkpoints",
      "list",
      `--location=${at("e2e")}`,
      `--plugins=${root}/plugins`,
      "--format=json",
    ]);
    expect(after.json()).toMatchObject({ checkpoints: [{ state: "completed" }, { state: "superseded" }] });
  }, 120_000);

  test("`resume RUN_ID` finds the run by --checkpoint, and settings of the store come from its block", async () => {
    using folder = tempDir("cairn-redis-e2e-");
    const config = writePipeline(
      folder,
      'store { durability = trusted, password = "secret://env/NO_PASSWORD" }',
    );
    const refused = await runCairn(["run", config, `--checkpoint=${at("resume")}`, "--run-id=one"]);
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining("NO_PASSWORD")]);
    const open = writePipeline(folder, "store { durability = trusted }");
    const started = startCairn(["run", open, `--checkpoint=${at("resume")}`, "--run-id=one"]);
    await begun(folder, "second");
    started.kill("SIGTERM");
    expect(await started.exited).toBe(143);
    const said = await new Response(started.stderr).text();
    const command = said.trimEnd().split("\n").at(-1) ?? "";
    expect(command).toEndWith(`cairn resume ${open} one --checkpoint=${at("resume")}`);
    folder.write("mended", "");
    const resumed = await runCairn(command.split(" ").slice(1));
    expect([resumed.code, resumed.stdout]).toEqual([0, expect.stringContaining("1 restored")]);
  }, 120_000);

  test("a password in a location is in nothing that is said", async () => {
    using folder = tempDir("cairn-redis-e2e-");
    const config = writePipeline(folder, "auto-resume = false");
    folder.write("plugins/e2e/Work.ts", 'export default async () => { throw new Error("no") };');
    for (const scheme of ["redis", "redsi"]) {
      const location = at("quiet").replace("redis://", `${scheme}://:pass-8472@`);
      const result = await runCairn(["run", config, `--checkpoint=${location}`, "-v", "--format=json"]);
      expect(result.code).toBe(scheme === "redis" ? 1 : 2);
      expect(result.stdout + result.stderr).not.toContain("pass-8472");
      expect(result.stderr).toContain(scheme === "redis" ? "--checkpoint=redis://:…@" : "redsi://");
    }
  }, 120_000);

  test("a setting that the store's schema refuses is found at its place", async () => {
    using folder = tempDir("cairn-redis-e2e-");
    const config = writePipeline(
      folder,
      `location = ${JSON.stringify(at("x"))}\n    store { durability = perhaps, pasword = x }`,
    );
    for (const args of [["run"], ["plan"], ["validate"], ["checkpoints", "list"]]) {
      const result = await runCairn([...args, config]);
      expect(result.code).toBe(2);
      const said = result.stdout + result.stderr;
      expect(said).toMatch(/pipeline\.conf:5:26: error: .*durability/u);
      expect(said).toMatch(/pipeline\.conf:5:35: error: .*pasword/u);
    }
  }, 120_000);

  test("a server that goes in mid-run is tried for store-timeout; then exit 6, and the last line resumes", async () => {
    using folder = tempDir("cairn-redis-e2e-");
    folder.write("data/.keep", "");
    const own = await startRedis({ folder: folder.join("data"), mayInstall: false });
    const location = `redis://127.0.0.1:${own.port}`;
    const config = writePipeline(
      folder,
      `location = ${JSON.stringify(location)}, store-timeout = 1 s, lease = 30 s`,
    );
    const running = startCairn(["run", config]);
    try {
      await begun(folder, "second");
    } finally {
      await own.stop();
    }
    folder.write("mended", "");
    expect(await running.exited).toBe(6);
    const said = await new Response(running.stderr).text();
    expect(said).toMatch(/warn .*the checkpoint store failed \(append, try 1\): .*; trying again in/u);
    expect(said).not.toContain("second completed");
    const again = await startRedis({ folder: folder.join("data"), mayInstall: false, port: own.port });
    try {
      const command = said.trimEnd().split("\n").at(-1) ?? "";
      expect(command).toContain(`cairn resume ${config} `);
      const resumed = await runCairn(command.split(" ").slice(1));
      expect([resumed.code, resumed.stdout]).toEqual([0, expect.stringContaining("1 restored")]);
    } finally {
      await again.stop();
    }
  }, 120_000);

  test("with single-writer and on-store-failure = continue the run goes on, and its last line says so", async () => {
    using folder = tempDir("cairn-redis-e2e-");
    folder.write("data/.keep", "");
    folder.write("mended", "");
    const own = await startRedis({ folder: folder.join("data"), mayInstall: false });
    const keys = "store-timeout = 1 s, lease = 30 s, on-store-failure = continue";
    const location = `location = "redis://127.0.0.1:${own.port}"`;
    try {
      const refused = await runCairn(["run", writePipeline(folder, `${location}, ${keys}`)]);
      expect([refused.code, refused.stderr]).toEqual([
        2,
        expect.stringMatching(/pipeline\.conf:4:\d+: error: .*on-store-failure/u),
      ]);
    } finally {
      await own.stop();
    }
    const config = writePipeline(folder, `${location}, ${keys}, single-writer = true`);
    const result = await runCairn(["run", config, "--format=json"]);
    expect(result.code).toBe(0);
    expect(result.json()).toMatchObject({
      status: "completed",
      checkpoint: { kept: false, storeFailed: true },
      warnings: [expect.stringContaining("goes on without records")],
    });
    expect(result.stderr.trimEnd().split("\n").at(-1)).toBe(
      "warning: the checkpoint store failed: not all that completed is recorded",
    );
  }, 120_000);

  for (const situation of ["resumers", "fresh starters"] as const) {
    test(
      `two ${situation}, ${RACES} times: exactly one starts, the other is told who holds it`,
      async () => {
        const config = { durability: "checked" } as const;
        for (let race = 0; race < RACES; race++) {
          const location = at(`race-${situation.replace(" ", "-")}-${race}`);
          const stores: CheckpointStore[] = [];
          for (let i = 0; i < 3; i++) stores.push(await redis.open({ location, config }));
          const [before, ...racers] = stores;
          if (situation === "resumers" && before !== undefined)
            await run(await start(before, "auto"), [0], FAILED);
          const outcomes = await Promise.allSettled(racers.map((store) => startRun(request(store, "auto"))));
          const won: RunJournal[] = [];
          const codes: unknown[] = [];
          for (const outcome of outcomes) {
            if (outcome.status === "rejected") codes.push((outcome.reason as { code: string }).code);
            else if (outcome.value.kind === "started") won.push(outcome.value.journal);
          }
          expect(codes).toEqual(["CHECKPOINT_HELD"]);
          expect(won.map((journal) => done(journal))).toEqual([situation === "resumers" ? [0] : []]);
          for (const journal of won) await journal.close();
          for (const store of stores) await store.close();
        }
      },
      RACES * 2_000,
    );
  }
});
