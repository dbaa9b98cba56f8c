import { describe, expect, test } from "bun:test";
import { startRun, type RunJournal } from "../../../src/checkpoint/mod.ts";
import { withRetry, type CheckpointStore, type Lease } from "../../../src/store/mod.ts";
import { completed, done, FAILED, holder, request, run, start } from "../../checkpoint/kit/runs.ts";
import { newPrefix, openS3 } from "./s3-bench.ts";
import { versitygwForFile } from "./servers.ts";

const versity = await versitygwForFile(2);

const LONG = process.env["CAIRN_TEST_LONG"] === "1";
/** Pairs of starters for each situation; of those without a lease, which the model and the memory store have at length, fewer. */
const PAIRS = LONG ? 1_000 : 200;
const LEASELESS_PAIRS = LONG ? 1_000 : 25;
const TIMEOUT_MS = process.env["CAIRN_TEST_LONG"] === "1" ? 1_800_000 : 240_000;

async function race(
  stores: readonly CheckpointStore[],
  pipelineName: string,
): Promise<{ readonly won: RunJournal[]; readonly codes: unknown[] }> {
  const outcomes = await Promise.allSettled(
    stores.map((store, index) =>
      startRun(request(store, "auto", { request: { pipelineName, holder: holder(`racer ${index}`) } })),
    ),
  );
  const won = outcomes.flatMap((outcome) =>
    outcome.status === "fulfilled" && outcome.value.kind === "started" ? outcome.value.journal : [],
  );
  const codes = outcomes.flatMap((outcome) =>
    outcome.status === "rejected" ? [(outcome.reason as { code?: unknown }).code ?? outcome.reason] : [],
  );
  return { won, codes };
}

/** The store with a lease that excludes nobody: what is left is what records exclude. */
function leaseless(store: CheckpointStore): CheckpointStore {
  const { signal: lost } = new AbortController();
  const lease: Lease = {
    lost,
    check: () => undefined,
    note: () => Promise.resolve(),
    release: () => Promise.resolve(),
  };
  return new Proxy(store, {
    get(target, name) {
      if (name === "takeLease") return () => Promise.resolve({ held: false, lease });
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === "function" ? (member.bind(target) as unknown) : member;
    },
  });
}

/** Runs pairs at one location, each on a pipeline of its own, where resumers have a failed run before them. */
async function races(
  situation: "fresh starters" | "resumers",
  wrap: (store: CheckpointStore) => CheckpointStore,
  pairs: number,
  judge: (pair: Awaited<ReturnType<typeof race>>) => Promise<void>,
): Promise<void> {
  const prefix = newPrefix();
  const endpoints = versity?.gateways.map(({ endpoint }) => endpoint) ?? [];
  const stores = await Promise.all(
    endpoints.map(async (endpoint) => wrap(withRetry(await openS3(endpoint, prefix)))),
  );
  const [first] = stores;
  if (first === undefined) throw new Error("there is no gateway");
  for (let pair = 0; pair < pairs; pair++) {
    const pipelineName = `pair ${pair}`;
    if (situation === "resumers") {
      await run(await start(first, "auto", { request: { pipelineName } }), [0], FAILED);
    }
    const answers = await race(pair % 2 === 0 ? stores : stores.toReversed(), pipelineName);
    await judge(answers);
    for (const journal of answers.won) await journal.close();
  }
  for (const store of stores) await store.close();
}

describe.skipIf(versity === undefined)("two at the same time, through two gateways over one folder", () => {
  for (const situation of ["fresh starters", "resumers"] as const) {
    test(
      `${situation}, ${PAIRS} pairs: exactly one starts, the other is told who holds it`,
      () =>
        races(
          situation,
          (store) => store,
          PAIRS,
          async ({ won, codes }) => {
            expect(won.length).toBe(1);
            expect(codes).toEqual(["CHECKPOINT_HELD"]);
            expect(won.flatMap((journal) => done(journal))).toEqual(situation === "resumers" ? [0] : []);
          },
        ),
      TIMEOUT_MS,
    );

    test(
      `${situation} whose lease excludes nobody, ${LEASELESS_PAIRS} pairs: at most one can go on recording`,
      () =>
        races(situation, leaseless, LEASELESS_PAIRS, async ({ won }) => {
          const appended = await Promise.allSettled(won.map((journal) => journal.append([completed(1)])));
          expect(appended.filter(({ status }) => status === "fulfilled").length).toBeLessThanOrEqual(1);
        }),
      TIMEOUT_MS,
    );
  }
});
