import { cpSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "bun:test";
import { storeConformance } from "../../src/api/testing.ts";
import { example as autoResume } from "../../examples/library/auto-resume.ts";
import { example as checkpointHooks } from "../../examples/library/checkpoint-hooks.ts";
import { example as combinedHooks } from "../../examples/library/combined-hooks.ts";
import { example as customStore, sqliteCheckpointStore } from "../../examples/library/custom-store.ts";
import { example as listResumable } from "../../examples/library/list-resumable.ts";
import { example as resume } from "../../examples/library/resume.ts";
import { example as runWithCheckpointing } from "../../examples/library/run-with-checkpointing.ts";
import { root, type TempDir, tempDir } from "../kit/mod.ts";

interface Place extends Disposable {
  readonly dir: TempDir;
  readonly config: string;
  readonly location: string;
  /** Lets the transformation succeed. */
  mend(): void;
}

/** The examples' pipeline in a folder of its own. */
function place(): Place {
  const dir = tempDir();
  cpSync(`${root}/examples/library/plugins`, dir.join("plugins"), { recursive: true });
  const location = dir.join("checkpoints");
  const flag = dir.join("flag");
  const variables = `location = ${JSON.stringify(location)}\nflag = ${JSON.stringify(flag)}\n`;
  cpSync(`${root}/examples/library/pipeline.conf`, dir.join("shared.conf"));
  const config = dir.write("pipeline.conf", `${variables}include "shared.conf"\n`);
  return {
    dir,
    config,
    location,
    mend: () => writeFileSync(flag, ""),
    [Symbol.dispose]: () => dir[Symbol.dispose](),
  };
}

test("runWithCheckpointing, listResumableCheckpoints and resume", async () => {
  using at = place();
  const failed = await runWithCheckpointing(at.config);
  expect(failed).toMatchObject({ status: "failed", exitCode: 1, checkpoint: { kept: true } });
  const [listed] = await listResumable(at.location);
  expect(listed).toMatchObject({ runId: failed.runId, status: "Failed", lastCheckpointedIndex: 0 });
  at.mend();
  const done = await resume(at.config, failed.runId);
  expect(done).toMatchObject({ status: "completed", resumedFrom: failed.runId });
  expect(done.components.map(({ status }) => status)).toEqual(["restored", "completed"]);
  expect(done.components[1]?.outputs).toEqual({ sum: 6 });
  expect(await listResumable(at.location)).toEqual([]);
});

test("auto-resume", async () => {
  using at = place();
  const failed = await autoResume(at.config);
  at.mend();
  expect(await autoResume(at.config)).toMatchObject({ status: "completed", resumedFrom: failed.runId });
  expect(await autoResume(at.config)).toMatchObject({ status: "completed", resumedFrom: null });
});

test("checkpointHooks composed with other hooks keeps the one journal", async () => {
  using at = place();
  const location = at.dir.join("elsewhere");
  const failed = await checkpointHooks(at.config, location);
  expect(failed.checkpoint).toEqual({ location, kept: true });
  at.mend();
  const store = sqliteCheckpointStore(at.dir.join("unused.sqlite"));
  await store.close();
  const [listed] = await listResumable(location);
  expect(listed?.runId).toBe(failed.runId);
});

test("checkpoint, audit and metrics hooks together", async () => {
  using at = place();
  at.mend();
  const audit = at.dir.join("audit.jsonl");
  const { result, metrics } = await combinedHooks(at.config, at.location, audit);
  expect(result.status).toBe("completed");
  expect(metrics).toContain("pipeline_component_runs");
  expect(at.dir.read("audit.jsonl").trim().split("\n").length).toBeGreaterThan(3);
});

test("a store of one's own resumes as the others do", async () => {
  using at = place();
  const file = at.dir.join("checkpoints.sqlite");
  const failed = await customStore(at.config, file);
  expect(failed.checkpoint?.location).toBe(`sqlite:${file}`);
  at.mend();
  expect(await customStore(at.config, file)).toMatchObject({
    status: "completed",
    resumedFrom: failed.runId,
  });
});

const TORN = "SQLite's transactions leave nothing torn";

storeConformance({
  name: "sqlite (the example)",
  runner: { describe, test },
  skip: {
    "a torn last record is void: what stands before it is whole, and the next append goes on behind it": TORN,
    "a torn first record leaves a log that can be written": TORN,
    "an append that was cut off in the middle is void, and the record that follows it stands": TORN,
    "the lease of a dead process is taken over, and its taker told whose it was":
      "its leases end by time, a minute after their holder's death",
  },
  open() {
    const dir = tempDir();
    const file = dir.join("store.sqlite");
    const store = sqliteCheckpointStore(file);
    return Promise.resolve({
      store,
      another: () => Promise.resolve(sqliteCheckpointStore(file)),
      async [Symbol.asyncDispose]() {
        await store.close();
        dir[Symbol.dispose]();
      },
    });
  },
});
