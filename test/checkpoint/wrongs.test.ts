import { afterAll, describe, expect, test } from "bun:test";
import { decide, keyNames, listCheckpoints, type RunJournal, startRun } from "../../src/checkpoint/mod.ts";
import { type CheckpointStore, openLocalStore, openMemoryStore } from "../../src/store/mod.ts";
import { withFaults } from "../../src/store/testing.ts";
import { tempDir } from "../kit/mod.ts";
import {
  codeOf,
  completed,
  done,
  FAILED,
  failed,
  PIPELINE,
  processes,
  request,
  run,
  sequence,
  start,
  saidBy,
} from "./kit/runs.ts";

/**
 * What the original gets wrong, as far as the checkpoints themselves decide it (the list is in docs/checkpoints.md);
 * each is shown on a local disk and in memory.
 */
const NAMES = keyNames(PIPELINE, undefined);
const folders = Array.from({ length: 1 }, () => tempDir());
let places = 0;

afterAll(() => {
  for (const folder of folders) folder[Symbol.dispose]();
});

/** Makes the next process's view of one new place. */
type Place = () => Promise<() => Promise<CheckpointStore>>;

const PLACES: Readonly<Record<string, Place>> = {
  "in memory": async () => {
    const { next } = processes();
    return async () => Promise.resolve(next());
  },
  "on a local disk": async () => {
    const folder = folders[0]?.join(`place-${++places}`) ?? "";
    return async () => openLocalStore({ folder });
  },
};

/** Runs one process: starts, does `work`, and closes. */
async function process(
  open: () => Promise<CheckpointStore>,
  work: (journal: RunJournal, store: CheckpointStore) => Promise<unknown>,
): Promise<string> {
  const store = await open();
  const journal = await start(store, "auto");
  await work(journal, store);
  await journal.close();
  await store.close();
  return journal.runId;
}

for (const [where, place] of Object.entries(PLACES)) {
  describe(where, () => {
    test("wrong 2: a killed run is not Running for ever, and is resumed", async () => {
      const open = await place();
      const killed = await process(open, async (journal) => journal.append([completed(0), completed(1)]));
      const [checkpoint] = await listCheckpoints(await open(), {
        pipelineName: PIPELINE,
        resumableOnly: true,
      });
      expect(checkpoint).toMatchObject({
        runId: killed,
        state: "interrupted",
        status: "Failed",
        lastCheckpointedIndex: 1,
      });
      await process(open, async (journal) => {
        expect(journal.resumedFrom).toBe(killed);
        expect(done(journal)).toEqual([0, 1]);
      });
    });

    test("wrong 3: a resumed run that failed again early keeps all progress", async () => {
      const open = await place();
      const root = await process(open, async (journal) => {
        await journal.append([completed(0), completed(1), failed(2)]);
        await journal.append([FAILED]);
      });
      for (let again = 0; again < 3; again++) {
        await process(open, async (journal) => {
          expect(done(journal)).toEqual([0, 1]);
          await journal.append([failed(2), FAILED]);
        });
      }
      await process(open, async (journal) => {
        expect(journal.rootRunId).toBe(root);
        expect(done(journal)).toEqual([0, 1]);
        expect(journal.state().completions.get(0)?.ranIn).toBe(root);
      });
    });

    test("wrong 4: a failed checkpoint does not survive a later success to be resumed the next day", async () => {
      const open = await place();
      const first = await process(open, async (journal) => journal.append([completed(0), failed(1), FAILED]));
      await process(open, async (journal) => {
        await journal.append([completed(1), completed(2)]);
        await journal.append([{ type: "run-completed" }]);
        await journal.cleanup();
      });
      expect(await listCheckpoints(await open())).toEqual([]);
      await process(open, async (journal) => {
        expect(journal.resumedFrom).toBeUndefined();
        expect(done(journal)).toEqual([]);
      });
      const refused = startRun(request(await open(), { kind: "resume", runId: first }));
      expect(await codeOf(refused)).toBe("CHECKPOINT_SUPERSEDED");
    });

    test("wrong 5: a later success does not hide an earlier failure", async () => {
      const open = await place();
      await process(open, async (journal) => {
        await journal.append([completed(0), failed(1), completed(2)]);
        await journal.append([{ type: "run-failed", reason: "partial", failed: [1] }]);
      });
      const [checkpoint] = await listCheckpoints(await open());
      expect(checkpoint).toMatchObject({
        state: "partial",
        lastCheckpointedIndex: 0,
        failedAt: { index: 1, name: "B" },
      });
      await process(open, async (journal) => expect(done(journal)).toEqual([0, 2]));
    });

    test("wrong 7: a configuration matches by what is in it, not by its number of components", async () => {
      const open = await place();
      await process(open, async (journal) => journal.append([completed(0), failed(1), FAILED]));
      const store = await open();
      const changed = sequence(["A", "B", "C"], { A: "another path" });
      expect(await saidBy(startRun(request(store, "auto", { components: changed })))).toContain(
        '"component":"A","kind":"changed"',
      );
      const renamed = sequence(["X", "B", "C"]);
      expect(await saidBy(startRun(request(store, "auto", { components: renamed })))).toContain(
        '"component":"A","kind":"removed"',
      );
      const fixed = sequence(["A", "B", "C"], { B: "a repaired query" });
      expect(done(await start(store, "auto", { components: fixed }))).toEqual([0]);
    });

    test("wrong 8: a failure to record is no warning: the run may not go on", async () => {
      const open = await place();
      const store = await open();
      const { target } = withFaults(store, [{ kind: "before", method: "append", at: 4, times: 1_000 }]);
      let now = 0;
      const clock = {
        now: () => Date.now(),
        steady: () => now,
        sleep: async (ms: number) => void (now += ms),
      };
      const outcome = await startRun(request(target, "auto", { request: { clock } }));
      if (outcome.kind !== "started") throw new Error(outcome.kind);
      await outcome.journal.append([completed(0)]);
      expect(await codeOf(outcome.journal.append([completed(1)]))).toBe("CHECKPOINT_STORE_FAILED");
      expect(outcome.journal.lost.aborted).toBe(true);
      await outcome.journal.close();
      await store.close();
      await process(open, async (journal) => expect(done(journal)).toEqual([0]));
    });

    test("wrong 9: two processes can't resume the same run", async () => {
      const open = await place();
      await process(open, async (journal) => journal.append([completed(0), FAILED]));
      const stores = [await open(), await open(), await open()];
      const outcomes = await Promise.allSettled(
        stores.map(async (store) => startRun(request(store, "auto"))),
      );
      expect(outcomes.filter(({ status }) => status === "fulfilled").length).toBe(1);
      for (const outcome of outcomes) {
        if (outcome.status === "rejected")
          expect((outcome.reason as { code: string }).code).toBe("CHECKPOINT_HELD");
      }
    });

    test("wrong 10: a completion costs the same, whatever came before it", async () => {
      const open = await place();
      const count = where === "in memory" ? 1_000 : 100;
      const many = sequence(Array.from({ length: count }, (_, index) => `c${index}`));
      const store = await open();
      const journal = await start(store, "auto", { components: many });
      const before = (await store.read(NAMES.run(journal.runId)))[0]?.text?.length ?? 0;
      const sizes: number[] = [];
      for (const index of many.keys()) {
        await journal.append([completed(index), { type: "attempt-started", index: index + 1, attempt: 1 }]);
        sizes.push(journal.lastAppend?.bytes ?? Infinity);
      }
      expect(Math.max(...sizes)).toBeLessThanOrEqual(600);
      expect((sizes.at(-1) ?? 0) - (sizes[0] ?? 0)).toBeLessThan(20);
      const all = await store.read(NAMES.run(journal.runId));
      expect(all.reduce((sum, { text }) => sum + (text?.length ?? 0), 0)).toBeLessThan(before + count * 600);
      await journal.close();
      await store.close();
    });
  });
}

test("wrong 3, in the decision: what is carried from a carried completion is carried again", async () => {
  const store = openMemoryStore();
  await run(await start(store, "auto"), [0], FAILED);
  const second = await start(store, "auto");
  const decision = await decide({
    previous: second.state(),
    components: second.state().components,
    policy: { onConfigChange: "refuse", onCodeChange: "refuse" },
    checkArtifact: async () => Promise.resolve("same"),
  });
  expect(decision.carried?.completions[0]?.ranIn).toBe(second.rootRunId);
});
