import { expect, test } from "bun:test";
import { startRun } from "../../../src/checkpoint/mod.ts";
import { openFolderStore, type CheckpointStore } from "../../../src/store/mod.ts";
import { done, FAILED, holder, request, run, start } from "../../checkpoint/kit/runs.ts";
import { tempDir } from "../../kit/mod.ts";

/** Pairs of starters for each situation. */
const PAIRS = 1_000;

/** Two handles on one folder, as two runners have them. */
async function handles(folder: string): Promise<readonly [CheckpointStore, CheckpointStore]> {
  const open = (): Promise<CheckpointStore> => openFolderStore({ folder, layout: "link" });
  return [await open(), await open()];
}

for (const situation of ["resumers", "fresh starters"] as const) {
  test(`two ${situation} on a network file system's layout, ${PAIRS} times: exactly one starts, the other is told who holds it`, async () => {
    using dir = tempDir();
    const stores = await handles(dir.join("checkpoints"));
    for (let pair = 0; pair < PAIRS; pair++) {
      const pipelineName = `pair ${pair}`;
      if (situation === "resumers") {
        await run(await start(stores[0], "auto", { request: { pipelineName } }), [0], FAILED);
      }
      const outcomes = await Promise.allSettled(
        (pair % 2 === 0 ? stores : stores.toReversed()).map((store, at) =>
          startRun(request(store, "auto", { request: { pipelineName, holder: holder(`racer ${at}`) } })),
        ),
      );
      const won = outcomes.flatMap((outcome) =>
        outcome.status === "fulfilled" && outcome.value.kind === "started" ? [outcome.value.journal] : [],
      );
      const codes = outcomes.flatMap((outcome) =>
        outcome.status === "rejected" ? [(outcome.reason as { code?: string }).code] : [],
      );
      expect(codes).toEqual(["CHECKPOINT_HELD"]);
      expect(won.map((journal) => done(journal))).toEqual([situation === "resumers" ? [0] : []]);
      for (const journal of won) await journal.close();
    }
    for (const store of stores) await store.close();
  }, 300_000);
}
