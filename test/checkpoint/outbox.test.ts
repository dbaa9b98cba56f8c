import { expect, test } from "bun:test";
import { systemClock, systemRandom } from "../../src/base/mod.ts";
import { keyNames, Outbox, prune, reap, type RunEnd, type RunEvent } from "../../src/checkpoint/mod.ts";
import { checkLog } from "../../src/checkpoint/chain.ts";
import { encodeRecord, NO_PREVIOUS } from "../../src/checkpoint/record.ts";
import { endOf } from "../../src/checkpoint/run-end.ts";
import { judgeRun } from "../../src/checkpoint/run-reading.ts";
import type { MemoryStore } from "../../src/store/mod.ts";
import {
  codeOf,
  completed,
  holder,
  journalOf,
  PIPELINE,
  processes,
  request,
  run,
  start,
} from "./kit/runs.ts";
import { startRun } from "../../src/checkpoint/mod.ts";

const NAMES = keyNames(PIPELINE, undefined);

const END: RunEnd = {
  status: "failed",
  startedAt: "2026-11-23T20:11:02.113Z",
  endedAt: "2026-11-23T20:12:02.113Z",
  durationMs: 60_000,
  rootRunId: "old",
  totalComponents: 3,
  completed: 1,
  failed: 1,
};

function place(store: MemoryStore): Parameters<typeof Outbox.open>[0] {
  return { store, names: NAMES, clock: systemClock, random: systemRandom, check: () => undefined };
}

/** A request whose hooks listen to ends. */
function telling(store: MemoryStore, mode: "auto" | "new" = "auto"): ReturnType<typeof request> {
  const plain = request(store, mode);
  return { ...plain, decide: async (previous) => ({ ...(await plain.decide(previous)), tells: true }) };
}

/** Journals as a version before ends wrote them, and the same events as they are written now. */
const GOLDEN: readonly { readonly events: readonly RunEvent[]; readonly end: RunEnd | undefined }[] = [
  { events: [{ type: "run-failed", reason: "component", failed: [1] }], end: undefined },
  { events: [{ type: "run-interrupted", reason: "SIGTERM" }], end: undefined },
  { events: [{ type: "run-completed" }], end: undefined },
  { events: [{ type: "superseded", by: "new", fresh: false }], end: undefined },
  { events: [{ type: "run-failed", reason: "component", failed: [1], end: END }], end: END },
  {
    events: [
      { type: "run-failed", reason: "component", failed: [1], end: END },
      { type: "superseded", by: "new", fresh: false },
    ],
    end: END,
  },
  {
    events: [
      { type: "superseded", by: "new", fresh: true, end: { ...END, status: "abandoned", closedBy: "fresh" } },
    ],
    end: { ...END, status: "abandoned", closedBy: "fresh" },
  },
  {
    events: [
      {
        type: "run-interrupted",
        reason: "abandoned",
        end: { ...END, status: "abandoned", closedBy: "reap" },
      },
      { type: "deleted" },
    ],
    end: { ...END, status: "abandoned", closedBy: "reap" },
  },
];

test("the end of a run is read from its highest records, and journals of older versions have none", () => {
  for (const { events, end } of GOLDEN) {
    let prev = NO_PREVIOUS;
    const stored = events.map((event, at) => {
      const record = encodeRecord({ seq: at + 7, nonce: "n", prev, at: 0, events: [JSON.stringify(event)] });
      prev = record.sum;
      return { seq: record.seq, text: record.text };
    });
    expect(endOf(judgeRun("old", stored))).toEqual(end);
  }
});

test("what the ends log and the key log hold, to the byte", async () => {
  const { next } = processes();
  const outcome = await startRun(telling(next()));
  const journal = journalOf(outcome);
  const own = { start: journal.ends?.start ?? 0, runId: journal.runId, tries: 0 };
  expect(own.start).toBe(1);
  await journal.append([{ type: "run-completed", end: { ...END, status: "completed" } }]);
  await journal.ends?.outbox.claim(own);
  await journal.ends?.outbox.settle(own);
  await journal.close();
  const events = async (log: string): Promise<string[]> =>
    (await next().read(log)).map(({ text = "" }) => text.slice(text.indexOf('"events":')));
  const { runId } = journal;
  expect(await events(NAMES.keys)).toEqual([
    `"events":[{"type":"start","runId":"${runId}","pipelineName":"${PIPELINE}","tells":true}]}`,
  ]);
  expect(await events(NAMES.ends)).toEqual([
    '"events":[{"type":"ends","through":0,"left":[]}]}',
    `"events":[{"type":"ends","through":1,"left":[{"start":1,"runId":"${runId}","tries":1}]}]}`,
    '"events":[{"type":"ends","through":1,"left":[]}]}',
  ]);
});

test("starts before there were hooks have nothing to tell, and a start without hooks writes no ends log", async () => {
  const { next } = processes();
  await run(await start(next(), "auto"), [0], { type: "run-failed", reason: "component", end: END });
  expect(await next().last(NAMES.ends)).toBeUndefined();
  const journal = journalOf(await startRun(telling(next())));
  expect(await journal.ends?.outbox.untold(journal.ends.start)).toEqual([]);
  await journal.close();
});

test("a torn last record of the ends log is void: what stood before it counts", async () => {
  const { next } = processes();
  const store = next();
  const outbox = await Outbox.begin(place(store), 5);
  await outbox?.claim({ start: 6, runId: "r6", tries: 0 });
  const { memory } = store;
  memory.logs.get(NAMES.ends)?.records.set(3, undefined);
  const log = memory.logs.get(NAMES.ends);
  if (log !== undefined) log.highest = 3;
  const again = await Outbox.open(place(next()));
  expect(again?.mayHave(6)).toBe(true);
  expect(await again?.claim({ start: 6, runId: "r6", tries: 1 })).toBe(true);
  const records = checkLog(await next().read(NAMES.ends)).records;
  expect(records.at(-1)?.seq).toBe(4);
});

test("an ends log that a newer version has written is not touched", async () => {
  const { next } = processes();
  const record = encodeRecord({ seq: 1, nonce: "n", prev: NO_PREVIOUS, at: 0, events: ['{"type":"later"}'] });
  await next().append(NAMES.ends, 1, record.text);
  expect(await codeOf(Outbox.open(place(next())))).toBe("CHECKPOINT_NEWER_VERSION");
});

test("of two that claim an end one is refused; the ends log stays short", async () => {
  const { next } = processes();
  const first = await Outbox.begin(place(next()), 0);
  const second = await Outbox.open(place(next()));
  expect(await first?.claim({ start: 1, runId: "r1", tries: 0 })).toBe(true);
  expect(await second?.claim({ start: 1, runId: "r1", tries: 0 })).toBe(false);
  await first?.settle({ start: 1, runId: "r1", tries: 1 });
  for (let startAt = 2; startAt < 400; startAt++) {
    const one = { start: startAt, runId: `r${startAt}`, tries: 0 };
    await first?.claim(one);
    await first?.settle(one);
  }
  expect((await next().read(NAMES.ends)).length).toBeLessThan(130);
});

test("a dead run is closed once, counts as interrupted, and its sleeping writer is refused", async () => {
  const { next } = processes();
  const store = next();
  const journal = journalOf(await startRun(telling(store)));
  await journal.append([completed(0)]);
  store.breakLease(NAMES.lock);
  const tools = {
    store: next(),
    clock: systemClock,
    random: systemRandom,
    holder: holder("reaper"),
    killGroups: async () => Promise.resolve(),
  };
  const [reaped] = await reap(tools, {});
  expect(reaped?.closed).toMatchObject({ runId: journal.runId, end: { completed: 1, closedBy: "reap" } });
  expect(await reap(tools, {})).toEqual([]);
  expect(await codeOf(journal.append([completed(1)]))).toBe("CHECKPOINT_FENCED");
});

test("prune keeps the last record of a run whose end is still to be told", async () => {
  const { memory, next } = processes();
  const dead = next();
  const journal = journalOf(await startRun(telling(dead)));
  await journal.append([completed(0)]);
  dead.die();
  // Two more runs, so that the dead one is neither the last nor named by the last.
  for (let runs = 0; runs < 2; runs++) {
    const more = journalOf(await startRun(telling(next(), "new")));
    await run(more, [0, 1, 2], { type: "run-completed", end: END });
  }
  const age = 8 * 24 * 60 * 60 * 1000;
  for (const log of memory.logs.values()) log.writtenAt -= age;
  const tools = { store: next(), clock: systemClock, random: systemRandom };
  await prune(tools, { olderThanMs: 1, states: ["interrupted", "superseded", "completed", "deleted"] });
  await prune(tools, { olderThanMs: 0, states: ["interrupted", "superseded", "completed", "deleted"] });
  for (const log of memory.logs.values()) log.writtenAt -= age;
  await prune(tools, { olderThanMs: 1, states: ["interrupted", "superseded", "completed", "deleted"] });
  expect((await next().read(NAMES.run(journal.runId))).length).toBeGreaterThan(0);
  const outbox = await Outbox.open(place(next()));
  for (const one of (await outbox?.untold(4)) ?? []) {
    await outbox?.claim(one);
    await outbox?.settle(one);
  }
  await prune(tools, { olderThanMs: 1, states: ["interrupted", "superseded", "completed", "deleted"] });
  expect(await next().read(NAMES.run(journal.runId))).toEqual([]);
});
