import { describe, expect, test } from "bun:test";
import { CairnError, type CheckpointStore, Interrupt } from "../../src/api/mod.ts";
import { openMemoryObjects, openMemoryStore, openObjectStore } from "../../src/store/mod.ts";
import { withFaults } from "../../src/store/testing.ts";
import { eventTypes, statuses, testPipeline, until } from "./pipeline-kit.ts";

const components = ["a", "b", "c"].map((name) => ({ type: "t.Tally", name }));

/** A memory whose appends fail from the n-th on, until somebody says otherwise. */
function failing(
  at: number,
  kind: "before" | "hang" = "before",
): { store: CheckpointStore; sound: CheckpointStore } {
  const sound = openMemoryStore();
  return { sound, store: withFaults(sound, [{ kind, method: "append", at, times: 1_000_000 }]).target };
}

const checkpoint = (more: string): string => `checkpoint { enabled = true, auto-resume = true, ${more} }`;

describe("a store that fails for longer than store-timeout", () => {
  test("is retried with a word on each try, then ends the run with 6; what was recorded is resumed", async () => {
    using pipeline = testPipeline();
    const text = pipeline.text(components, checkpoint("store-timeout = 300 ms, lease = 10 s"));
    // Key log, header, start of a, completion of a: the fifth append is b's completion.
    const { store, sound } = failing(5);
    const { result, lines } = await pipeline.run(text, { store });
    expect(result).toMatchObject({
      status: "failed",
      reason: "store",
      exitCode: 6,
      checkpoint: { kept: true },
    });
    const words = lines.filter(
      ({ level, message }) => level === "warn" && message.includes("trying again in"),
    );
    expect(words.length).toBeGreaterThan(1);
    expect(words[0]?.message).toContain("the checkpoint store failed (append, try 1)");
    const again = await pipeline.run(text, { store: sound });
    expect(statuses(again.result)).toEqual(["restored", "completed", "completed"]);
    expect(again.result.resumedFrom).toBe(result.runId);
  });

  test("with on-store-failure = continue the run goes on without records, and says so", async () => {
    using pipeline = testPipeline();
    const text = pipeline.text(
      components,
      checkpoint(
        "store-timeout = 200 ms, lease = 10 s, on-store-failure = continue, cleanup-on-success = false",
      ),
    );
    const { store, sound } = failing(5);
    const { result, lines } = await pipeline.run(text, { store });
    expect(statuses(result)).toEqual(["completed", "completed", "completed"]);
    expect(result).toMatchObject({
      status: "completed",
      exitCode: 0,
      checkpoint: { kept: true, storeFailed: true },
      warnings: [expect.stringContaining("The checkpoint store failed, and the run goes on without records")],
    });
    expect(lines.filter(({ message }) => message.includes("goes on without records")).length).toBe(1);
    expect(await eventTypes(sound, result.runId)).not.toContain("run-completed");
    // Nothing of what was recorded is lost, and nothing else is taken as done.
    const again = await pipeline.run(text, { store: sound });
    expect(statuses(again.result)).toEqual(["restored", "completed", "completed"]);
    expect(["a", "b", "c"].map((name) => pipeline.tally(name))).toEqual([1, 2, 2]);
  });

  test("a component's failure is still a failure where records are not kept", async () => {
    using pipeline = testPipeline();
    pipeline.dir.write("b.fail", "");
    const text = pipeline.text(components, checkpoint("store-timeout = 100 ms, on-store-failure = continue"));
    const { result } = await pipeline.run(text, { store: failing(4).store });
    expect(result).toMatchObject({ status: "failed", exitCode: 1, checkpoint: { storeFailed: true } });
  });

  test("a start that the store fails goes on only where there is nothing to go on with", async () => {
    using pipeline = testPipeline();
    const text = pipeline.text(components, checkpoint("store-timeout = 100 ms, on-store-failure = continue"));
    const start = (autoResume: boolean): ReturnType<typeof pipeline.run> =>
      pipeline.run(text, { store: failing(1).store, autoResume });
    const { result } = await start(false);
    expect(result).toMatchObject({
      exitCode: 0,
      checkpoint: { location: "memory", kept: false, storeFailed: true },
    });
    const thrown = await start(true).catch((error: unknown) => error);
    expect(thrown).toMatchObject({ code: "CHECKPOINT_STORE_FAILED" });
    expect(["a", "b", "c"].map((name) => pipeline.tally(name))).toEqual([1, 1, 1]);
  });

  test("a run that another one took over ends, whatever on-store-failure says", async () => {
    using pipeline = testPipeline();
    const text = pipeline.text(
      [{ type: "t.Tally", name: "a", config: "sleep-ms = 400" }, ...components.slice(1)],
      checkpoint("on-store-failure = continue"),
    );
    const memory = openMemoryStore();
    const first = pipeline.run(text, { store: memory });
    await until("a runs", () => pipeline.tally("a") === 1);
    for (const name of memory.memory.leases.keys()) memory.breakLease(name);
    const { result } = await pipeline.run(text, { store: memory });
    expect(result.exitCode).toBe(0);
    expect((await first).result).toMatchObject({ reason: "fenced", exitCode: 5 });
  });

  test("an interrupted run waits for a mute store no longer than for its components", async () => {
    using pipeline = testPipeline();
    const text = pipeline.text(
      [{ type: "t.Tally", name: "a", config: "sleep-ms = 60000" }],
      checkpoint("store-timeout = 2 minutes"),
    );
    const interrupt = new AbortController();
    const { store } = failing(4, "hang");
    const running = pipeline.run(text, { store, signal: interrupt.signal, graceMs: 200 });
    await until("a runs", () => pipeline.tally("a") === 1);
    interrupt.abort(new Interrupt("SIGTERM"));
    // Two minutes, and the test's own limit, are far away.
    expect((await running).result).toMatchObject({ status: "failed", reason: "store", exitCode: 6 });
  }, 20_000);
});

describe("on-store-failure = continue", () => {
  const shared = openObjectStore({ objects: openMemoryObjects() });

  test.each([
    ["on-store-failure = continue", 'location = "s3a://lake/x"'],
    ["on-store-failure = continue", undefined],
  ])("is refused at its place where another runner may take over (%s, %s)", async (keys, location) => {
    using pipeline = testPipeline();
    const text = pipeline.text(components, checkpoint(`${location ?? ""}\n    ${keys}`));
    const run = pipeline.run(text, location === undefined ? { store: shared } : {});
    const thrown = await run.catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(CairnError);
    const [finding] = (thrown as CairnError).findings;
    expect(finding).toMatchObject({ severity: "error", code: "CONFIG_STORE_FAILURE", place: { line: 4 } });
    expect(finding?.hint).toContain("single-writer");
  });

  test("is allowed on any store by single-writer", async () => {
    using pipeline = testPipeline();
    const text = pipeline.text(components, checkpoint("on-store-failure = continue, single-writer = true"));
    const { result } = await pipeline.run(text, { store: openObjectStore({ objects: openMemoryObjects() }) });
    expect(result.exitCode).toBe(0);
  });
});
