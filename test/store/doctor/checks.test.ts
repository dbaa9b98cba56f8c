import { describe, expect, test } from "bun:test";
import { systemClock } from "../../../src/base/mod.ts";
import { judgeRace } from "../../../src/store/doctor/race.ts";
import { storeClock } from "../../../src/store/doctor/store-clock.ts";
import { listAfterWrite, readAfterWrite } from "../../../src/store/doctor/after-write.ts";
import { type CheckOutcome, type StoreCheck, trialText } from "../../../src/store/doctor/trial.ts";
import {
  type CheckpointStore,
  folderRights,
  freeSpace,
  openMemoryStore,
  sweepTrials,
  systemFileSystem,
  trialFolder,
} from "../../../src/store/mod.ts";

const GOALS = [{ log: "t/raced", seq: 1 }];
const mine = trialText(1, "a");

describe("a race is", () => {
  const won = { won: true };
  const lost = { won: false, present: mine };

  test.each([
    ["sound", [[won], [lost]], mine, []],
    ["wrong with two winners", [[won], [won]], mine, ["2 of 2 writers were told"]],
    ["wrong with none", [[lost], [lost]], mine, ["of 2 writers none got"]],
    ["wrong where the winner's record isn't there", [[won], [lost]], trialText(1, "b"), ["does not hold"]],
    [
      "wrong where losers see something else",
      [[won], [{ won: false }]],
      mine,
      ["1 writers were shown another record"],
    ],
    ["undecided where somebody gave up", [[], [lost]], mine, []],
  ] as const)("%s", (_, answers, stored, wrong) => {
    const reports = answers.map((each, index) => ({ racer: "ab"[index] ?? "", answers: each }));
    const judged = judgeRace(GOALS, reports, [stored]);
    expect(judged.length).toBe(wrong.length);
    for (const [index, part] of wrong.entries()) expect(judged[index]).toContain(part);
  });
});

function check(
  one: StoreCheck,
  store: CheckpointStore,
  other: CheckpointStore = store,
): Promise<CheckOutcome> {
  return one.run({ store, other, racers: [], folder: trialFolder("test"), clock: systemClock });
}

test("a reader that lags behind is found", async () => {
  const store = openMemoryStore();
  const stale = openMemoryStore();
  expect((await check(readAfterWrite, store)).findings).toEqual([]);
  expect((await check(readAfterWrite, openMemoryStore(), stale)).findings).toMatchObject([
    { code: "STORE_BROKEN_PROMISE", message: expect.stringContaining("10 of 10 records") },
  ]);
  expect((await check(listAfterWrite, store)).findings).toEqual([]);
  expect((await check(listAfterWrite, store, stale)).findings).toMatchObject([
    { code: "STORE_BROKEN_PROMISE", message: expect.stringContaining("10 of 10 listings") },
  ]);
});

test("a store's clock that is an hour off is a finding, a second is none", async () => {
  const off = (ms: number): CheckpointStore =>
    openMemoryStore({ clock: { ...systemClock, now: () => Date.now() + ms } });
  expect((await check(storeClock, off(1_000))).findings).toEqual([]);
  for (const ms of [3_600_000, -3_600_000]) {
    const { findings, facts } = await check(storeClock, off(ms));
    expect(findings).toMatchObject([{ severity: "warning", code: "CLOCK_OFFSET" }]);
    expect(Math.round(Number(facts["offsetMs"]) / 60_000)).toBe(ms / 60_000);
  }
});

test("little room is a finding, in bytes and in files", () => {
  const codes = (bytes: number, files?: number): string[] =>
    freeSpace("/data", { bytes, files }).findings.map(({ code }) => code);
  expect([codes(1e12), codes(1e12, 1e6), codes(1e6), codes(1e12, 10)]).toEqual([
    [],
    [],
    ["LOCATION_NEARLY_FULL"],
    ["LOCATION_NEARLY_FULL"],
  ]);
});

test("a folder of another user is a finding, one that isn't there yet is none", () => {
  expect(folderRights(systemFileSystem, "/nowhere/at/all", 1).findings).toEqual([]);
  expect(folderRights(systemFileSystem, "/usr", 12_345).findings).toMatchObject([
    { code: "LOCATION_OPEN", message: expect.stringContaining("belongs to the user with the number 0") },
  ]);
});

test("a trial is removed, and those that were left an hour ago; checkpoints and trials under way stay", async () => {
  let ahead = 0;
  const store = openMemoryStore({ clock: { ...systemClock, now: () => Date.now() + ahead } });
  const begin = async (log: string): Promise<void> => void (await store.append(log, 1, trialText(1, "x")));
  await begin("cairn-trial/doctor-old/a");
  await begin("daily-1/2/keys");
  ahead = 2 * 3_600_000;
  await begin("cairn-trial/doctor-other/a");
  await begin("cairn-trial/doctor-mine/a");
  await sweepTrials(store, "cairn-trial/doctor-mine");
  expect(await store.logs("")).toEqual(["cairn-trial/doctor-other/a", "daily-1/2/keys"]);
});
