import { expect, test } from "bun:test";
import { startRun } from "../../../src/checkpoint/mod.ts";
import type { HdfsServer } from "../../servers/hdfs/hdfs-server.ts";
import { done, FAILED, request, run, start } from "../../checkpoint/kit/runs.ts";
import { newPath, openHdfs } from "./hdfs-bench.ts";

/** Pairs of each kind. */
const PAIRS = process.env["CAIRN_TEST_LONG"] === "1" ? 500 : 50;
/** Pairs under way at a time. */
const WIDTH = 4;
const TIMEOUT_MS = 120_000 * (PAIRS / 50);

/** Two runners that start at once on one location: one starts, the other is told who holds the lease. */
async function race(server: HdfsServer, resumers: boolean): Promise<void> {
  const path = newPath();
  const stores = await Promise.all([1, 2, 3].map(() => openHdfs(server, path)));
  const [first, ...two] = stores;
  if (resumers && first !== undefined) await run(await start(first, "auto"), [0], FAILED);
  const outcomes = await Promise.allSettled(two.map((store) => startRun(request(store, "auto"))));
  const won = outcomes.flatMap((outcome) =>
    outcome.status === "fulfilled" && outcome.value.kind === "started" ? [outcome.value.journal] : [],
  );
  const codes = outcomes.flatMap((outcome) =>
    outcome.status === "rejected" ? [(outcome.reason as { readonly code?: string }).code] : [],
  );
  expect(codes).toEqual(["CHECKPOINT_HELD"]);
  expect(won.map((journal) => done(journal))).toEqual([resumers ? [0] : []]);
  for (const journal of won) await journal.close();
  for (const store of stores) await store.close();
}

/** Declares the races of starters and resumers on a real cluster. */
export function testRaces(server: HdfsServer): void {
  for (const situation of ["resumers", "fresh starters"] as const) {
    test(
      `two ${situation}, ${PAIRS} times: exactly one starts, the other is told who holds it`,
      async () => {
        for (let begun = 0; begun < PAIRS; begun += WIDTH) {
          const count = Math.min(WIDTH, PAIRS - begun);
          await Promise.all(Array.from({ length: count }, () => race(server, situation === "resumers")));
        }
      },
      TIMEOUT_MS,
    );
  }
}
