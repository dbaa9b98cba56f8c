import { expect, test } from "bun:test";
import { keyNames, type RunJournal, startRun } from "../../src/checkpoint/mod.ts";
import { readKeyLog } from "../../src/checkpoint/key-log.ts";
import type { CheckpointStore } from "../../src/store/mod.ts";
import { openMemoryStore } from "../../src/store/mod.ts";
import { fromSeed, type Seeded, seeded } from "../kit/mod.ts";
import { objectStore } from "./kit/object-store.ts";
import { completed, done, FAILED, PIPELINE, processes, request, run, start } from "./kit/runs.ts";

const RACES = 1_000;
const NAMES = keyNames(PIPELINE, undefined);

/** Lets others go first, by chance, before each call. */
function jittered(store: CheckpointStore, random: Seeded): CheckpointStore {
  const wait = async (): Promise<void> => {
    for (let turns = random.int(8); turns > 0; turns--) await Promise.resolve();
  };
  return {
    location: store.location,
    can: store.can,
    append: async (...args) => wait().then(async () => store.append(...args)),
    read: async (...args) => wait().then(async () => store.read(...args)),
    last: async (...args) => wait().then(async () => store.last(...args)),
    logs: async (...args) => store.logs(...args),
    remove: async (...args) => store.remove(...args),
    takeLease: async (...args) => wait().then(async () => store.takeLease(...args)),
    leaseHolder: async (...args) => store.leaseHolder(...args),
    time: async () => store.time(),
    writtenAt: async (...args) => store.writtenAt(...args),
    close: async () => store.close(),
  };
}

async function journals(stores: readonly CheckpointStore[]): Promise<{ won: RunJournal[]; codes: string[] }> {
  const outcomes = await Promise.allSettled(stores.map(async (store) => startRun(request(store, "auto"))));
  const won: RunJournal[] = [];
  const codes: string[] = [];
  for (const outcome of outcomes) {
    if (outcome.status === "rejected") codes.push((outcome.reason as { code: string }).code);
    else if (outcome.value.kind === "started") won.push(outcome.value.journal);
  }
  return { won, codes };
}

for (const situation of ["resumers", "fresh starters"] as const) {
  test(`two ${situation} with a lease, ${RACES} times: exactly one starts, the other is told who holds it`, async () => {
    const random = fromSeed(seeded(`race of ${situation}`).seed);
    for (let race = 0; race < RACES; race++) {
      const { next } = processes();
      if (situation === "resumers") await run(await start(next(), "auto"), [0], FAILED);
      const { won, codes } = await journals([jittered(next(), random), jittered(next(), random)]);
      expect(won.length).toBe(1);
      expect(codes).toEqual(["CHECKPOINT_HELD"]);
      expect(won.flatMap((journal) => done(journal))).toEqual(situation === "resumers" ? [0] : []);
    }
  });

  test(`two ${situation} whose lease excludes nobody, ${RACES} times: at most one can go on recording`, async () => {
    const random = fromSeed(seeded(`leaseless race of ${situation}`).seed);
    for (let race = 0; race < RACES; race++) {
      const store = objectStore(new Map());
      if (situation === "resumers") await run(await start(store, "auto"), [0], FAILED);
      const { won } = await journals([jittered(store, random), jittered(store, random)]);
      const appended = await Promise.allSettled(won.map(async (journal) => journal.append([completed(1)])));
      expect(appended.filter(({ status }) => status === "fulfilled").length).toBeLessThanOrEqual(1);
      const last = (await readKeyLog(store, NAMES)).at(-1);
      const lone = await start(store, "auto");
      expect(lone.resumedFrom).toBe(last?.runId);
      if (situation === "resumers") expect(done(lone)).toContain(0);
    }
  });
}

test("eight resumers on one memory: exactly one starts", async () => {
  const { next } = processes();
  await run(await start(next(), "auto"), [0], FAILED);
  const { won, codes } = await journals(Array.from({ length: 8 }, () => next()));
  expect(won.length).toBe(1);
  expect(codes).toEqual(Array.from({ length: 7 }, () => "CHECKPOINT_HELD"));
  expect(openMemoryStore().can.durable).toBe(false);
});
