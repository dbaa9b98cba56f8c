import { describe, expect, test } from "bun:test";
import { keyNames, previewStart, type RunState, startRun } from "../../src/checkpoint/mod.ts";
import { openMemoryStore } from "../../src/store/mod.ts";
import {
  ABC,
  codeOf,
  completed,
  done,
  FAILED,
  holder,
  journalOf,
  PIPELINE,
  processes,
  request,
  run,
  start,
  saidBy,
} from "./kit/runs.ts";

describe("auto-resume", () => {
  test("nothing to resume is a fresh run", async () => {
    const journal = await start(openMemoryStore(), "auto");
    expect(journal.resumedFrom).toBeUndefined();
    expect(journal.rootRunId).toBe(journal.runId);
    expect(done(journal)).toEqual([]);
  });

  test("a failed run is resumed with everything it had completed", async () => {
    const store = openMemoryStore();
    const first = await run(await start(store, "auto"), [0, 1], FAILED);
    const outcome = await startRun(request(store, "auto"));
    const journal = journalOf(outcome);
    expect(journal.resumedFrom).toBe(first);
    expect(journal.rootRunId).toBe(first);
    expect(done(journal)).toEqual([0, 1]);
    expect(journal.state().completions.get(0)?.ranIn).toBe(first);
    expect(outcome.kind === "started" && outcome.previous?.runId).toBe(first);
  });

  test("after a completed run comes a fresh one, after a cleaned-up one too", async () => {
    const store = openMemoryStore();
    const first = await start(store, "auto");
    await first.append([{ type: "run-completed" }]);
    await first.cleanup();
    await first.close();
    const second = await start(store, "auto");
    expect(second.resumedFrom).toBeUndefined();
    expect(second.runId).not.toBe(first.runId);
  });

  test("with a run key, a completed run of that key is enough, also after cleanup", async () => {
    const store = openMemoryStore();
    const keyed = { request: { runKey: "2026-11-23" } };
    const journal = await start(store, "auto", keyed);
    await journal.append([{ type: "run-completed" }]);
    await journal.cleanup();
    await journal.close();
    expect(await startRun(request(store, "auto", keyed))).toEqual({
      kind: "already-completed",
      runId: journal.runId,
    });
    const other = await start(store, "auto", { request: { runKey: "2026-11-24" } });
    expect(other.resumedFrom).toBeUndefined();
    expect((await startRun(request(store, "new", keyed))).kind).toBe("started");
  });

  test("keys do not see each other", async () => {
    const store = openMemoryStore();
    await run(await start(store, "auto", { request: { runKey: "a" } }), [0], FAILED);
    expect((await start(store, "auto", { request: { runKey: "b" } })).resumedFrom).toBeUndefined();
    expect((await start(store, "auto")).resumedFrom).toBeUndefined();
  });
});

describe("a plain new run", () => {
  test("leaves an unfinished one resumable by its ID", async () => {
    const store = openMemoryStore();
    const first = await run(await start(store, "auto"), [0], FAILED);
    const second = await start(store, "new");
    expect(second.resumedFrom).toBeUndefined();
    await second.append([FAILED]);
    await second.close();
    const third = await start(store, { kind: "resume", runId: first });
    expect(third.resumedFrom).toBe(first);
    expect(done(third)).toEqual([0]);
  });

  test("fences the writer of an interrupted one, which stays resumable", async () => {
    const { next } = processes();
    const sleeper = next();
    const asleep = await start(sleeper, "auto");
    await asleep.append([completed(0)]);
    sleeper.breakLease(keyNames(PIPELINE, undefined).lock);
    const store = next();
    const second = await start(store, "new");
    expect(await codeOf(asleep.append([completed(1)]))).toBe("CHECKPOINT_FENCED");
    await run(second, [], FAILED);
    expect(done(await start(store, { kind: "resume", runId: asleep.runId }))).toEqual([0]);
  });

  test("a later success retires the run that was left behind", async () => {
    const store = openMemoryStore();
    const first = await run(await start(store, "auto"), [0], FAILED);
    const second = await run(await start(store, "new"), [0, 1, 2]);
    const refused = startRun(request(store, { kind: "resume", runId: first }));
    expect(await codeOf(refused)).toBe("CHECKPOINT_RETIRED");
    expect(await saidBy(refused)).toContain(second);
  });
});

describe("--fresh", () => {
  test("retires the unfinished run and carries nothing", async () => {
    const store = openMemoryStore();
    const first = await run(await start(store, "auto"), [0, 1], FAILED);
    const second = await start(store, "fresh");
    expect(done(second)).toEqual([]);
    expect(second.resumedFrom).toBeUndefined();
    await run(second, [0], FAILED);
    expect(await codeOf(startRun(request(store, { kind: "resume", runId: first })))).toBe(
      "CHECKPOINT_SUPERSEDED",
    );
    expect((await start(store, "auto")).resumedFrom).toBe(second.runId);
  });

  test("starts over a corrupt run, which auto-resume refuses", async () => {
    const { memory, next } = processes();
    const first = await run(await start(next(), "auto"), [0, 1], FAILED);
    memory.logs.get(keyNames(PIPELINE, undefined).run(first))?.records.set(2, "{");
    const refused = startRun(request(next(), "auto"));
    expect(await codeOf(refused)).toBe("CHECKPOINT_CORRUPT");
    expect(await saidBy(refused)).toContain(
      `Cannot resume run "${first}": the checkpoint is corrupt at record 2`,
    );
    expect(done(await start(next(), "fresh"))).toEqual([]);
  });
});

describe("resume RUN_ID", () => {
  test("names what keeps it from resuming", async () => {
    const store = openMemoryStore();
    expect(await codeOf(startRun(request(store, { kind: "resume", runId: "x" })))).toBe(
      "CHECKPOINT_NO_SUCH_RUN",
    );
    const first = await run(await start(store, "auto"), [0], FAILED);
    expect(await codeOf(startRun(request(store, { kind: "resume", runId: "x" })))).toBe(
      "CHECKPOINT_NO_SUCH_RUN",
    );
    const second = await run(await start(store, { kind: "resume", runId: first }), [1], FAILED);
    const again = startRun(request(store, { kind: "resume", runId: first }));
    expect(await codeOf(again)).toBe("CHECKPOINT_SUPERSEDED");
    expect(await saidBy(again)).toContain(second);
    const third = await run(await start(store, { kind: "resume", runId: second }), [2]);
    expect(await codeOf(startRun(request(store, { kind: "resume", runId: third })))).toBe(
      "CHECKPOINT_COMPLETED",
    );
  });

  test("a refused decision leaves no trace", async () => {
    const store = openMemoryStore();
    const first = await run(await start(store, "auto"), [0], FAILED);
    const names = keyNames(PIPELINE, undefined);
    const before = [await store.read(names.keys), await store.read(names.run(first))];
    const refusing = { request: { decide: () => Promise.reject(new Error("changed")) } };
    expect(await saidBy(startRun(request(store, "auto", refusing)))).toContain("changed");
    expect([await store.read(names.keys), await store.read(names.run(first))]).toEqual(before);
    expect(await store.leaseHolder(names.lock)).toBeUndefined();
  });
});

describe("--run-id", () => {
  const given = (runId: string, more = {}): { request: object } => ({ request: { runId, ...more } });

  test("a new one is taken as it is", async () => {
    const journal = await start(openMemoryStore(), "auto", given("manual__2026-11-23T00:00:00+00:00"));
    expect(journal.runId).toBe("manual__2026-11-23T00:00:00+00:00");
  });

  test("an unfinished one is resumed as ID~2, ID~3 with auto-resume, and refused without", async () => {
    const store = openMemoryStore();
    await run(await start(store, "auto", given("job")), [0], FAILED);
    for (const mode of ["new", "fresh", { kind: "resume", runId: "job" }] as const) {
      expect(await codeOf(startRun(request(store, mode, given("job"))))).toBe("RUN_ID_EXISTS");
    }
    const second = await start(store, "auto", given("job"));
    expect([second.runId, second.resumedFrom]).toEqual(["job~2", "job"]);
    await run(second, [1], FAILED);
    const third = await start(store, "auto", given("job"));
    expect([third.runId, third.resumedFrom, done(third)]).toEqual(["job~3", "job~2", [0, 1]]);
  });

  test("a completed one is done with auto-resume, also unkeyed, also when it is not the last", async () => {
    const store = openMemoryStore();
    await run(await start(store, "auto", given("job")), [0], FAILED);
    await run(await start(store, "auto", given("job")), [1, 2]);
    const enough = { kind: "already-completed" as const, runId: "job~2" };
    expect(await startRun(request(store, "auto", given("job")))).toEqual(enough);
    await run(await start(store, "new", given("other")), [0], FAILED);
    expect(await startRun(request(store, "auto", given("job")))).toEqual(enough);
    expect(await codeOf(startRun(request(store, "new", given("job"))))).toBe("RUN_ID_EXISTS");
  });

  test("an older unfinished one is resumed by its ID, not the last run", async () => {
    const store = openMemoryStore();
    await run(await start(store, "new", given("monday")), [0, 1], FAILED);
    await run(await start(store, "new", given("tuesday")), [0], FAILED);
    const monday = await start(store, "auto", given("monday"));
    expect([monday.runId, monday.resumedFrom, done(monday)]).toEqual(["monday~2", "monday", [0, 1]]);
    await run(monday, [2]);
    expect(await codeOf(startRun(request(store, "auto", given("tuesday"))))).toBe("RUN_ID_EXISTS");
  });

  test("an unfinished run of another ID is resumed under the new ID", async () => {
    const store = openMemoryStore();
    await run(await start(store, "auto", given("try1")), [0], FAILED);
    const second = await start(store, "auto", given("try2"));
    expect([second.runId, second.resumedFrom]).toEqual(["try2", "try1"]);
  });

  test("one of another run key is refused, an impossible one too", async () => {
    const store = openMemoryStore();
    await run(await start(store, "auto", given("job", { runKey: "monday" })), [0], FAILED);
    expect(await codeOf(startRun(request(store, "auto", given("job", { runKey: "tuesday" }))))).toBe(
      "RUN_ID_EXISTS",
    );
    expect(await codeOf(startRun(request(store, "auto", given("../x"))))).toBe("RUN_ID_INVALID");
    expect(await codeOf(startRun(request(store, "auto", given("latest"))))).toBe("RUN_ID_INVALID");
  });
});

describe("the lease", () => {
  test("a live holder refuses a second start and is named", async () => {
    const { next } = processes();
    const first = await start(next(), "auto");
    const refused = startRun(request(next(), "auto"));
    expect(await codeOf(refused)).toBe("CHECKPOINT_HELD");
    expect(await saidBy(refused)).toContain(
      `process 4711 on host edge-1, since 2026-11-23T20:00:00.000Z, with run "${first.runId}"`,
    );
  });

  test("a start can wait for it, and begins anew when it is free", async () => {
    const { next } = processes();
    const first = await start(next(), "auto");
    let told = 0;
    const waiting = startRun(
      request(next(), "auto", { request: { ifHeld: "wait", onHeld: () => void told++ } }),
    );
    await Bun.sleep(80);
    await run(first, [0], FAILED);
    const journal = journalOf(await waiting);
    expect(journal.resumedFrom).toBe(first.runId);
    expect(told).toBe(1);
  });

  test("a bounded wait ends with who holds it", async () => {
    const { next } = processes();
    await start(next(), "auto");
    const refused = startRun(request(next(), "auto", { request: { ifHeld: "wait", waitMs: 60 } }));
    expect(refused).rejects.toMatchObject({
      code: "CHECKPOINT_HELD",
      hint: expect.stringMatching(/^It did not end within 60 ?ms: .*--wait=DURATION/),
    });
    await refused.catch(() => undefined);
  });

  test("what a dead holder left running is killed before anything is written, on its own machine only", async () => {
    const { next } = processes();
    const dying = next();
    const first = await start(dying, "auto");
    const groups = [{ pgid: 99, leaderStart: "5" }];
    await first.noteGroups(groups);
    dying.die();
    const store = next();
    const killed: unknown[] = [];
    const keys = keyNames(PIPELINE, undefined).keys;
    const journal = await start(store, "auto", {
      request: {
        holder: holder("two"),
        killGroups: async (left) => {
          killed.push(...left);
          expect((await store.read(keys)).length).toBe(1);
        },
      },
    });
    expect(killed).toEqual(groups);
    expect(journal.resumedFrom).toBe(first.runId);
  });

  test("groups of another machine are left alone", async () => {
    const { next } = processes();
    const dying = next();
    await (await start(dying, "auto")).noteGroups([{ pgid: 99, leaderStart: "5" }]);
    dying.die();
    const killGroups = (): Promise<void> => Promise.reject(new Error("killed"));
    const elsewhere = { ...holder("two"), bootId: "another boot" };
    await start(next(), "auto", { request: { holder: elsewhere, killGroups } });
  });

  test("a start that dies while it kills leaves the groups to the next one", async () => {
    const { next } = processes();
    const dying = next();
    await (await start(dying, "auto")).noteGroups([{ pgid: 99, leaderStart: "5" }]);
    dying.die();
    const killer = next();
    const dead = startRun(
      request(killer, "auto", { request: { killGroups: () => new Promise(() => undefined) } }),
    );
    await Promise.race([dead, Bun.sleep(5)]);
    killer.die();
    let killed = 0;
    await start(next(), "auto", { request: { killGroups: async (left) => void (killed = left.length) } });
    expect(killed).toBe(1);
  });
});

describe("torn records", () => {
  test("the last one is void and keeps its number; the run is resumed without it", async () => {
    const { memory, next } = processes();
    const store = next();
    const killed = await start(store, "auto");
    await killed.append([completed(0)]);
    await killed.append([completed(1)]);
    store.die();
    const log = keyNames(PIPELINE, undefined).run(killed.runId);
    memory.logs.get(log)?.records.set(3, undefined);
    const journal = await start(next(), "auto");
    expect(done(journal)).toEqual([0]);
    expect((await next().read(log)).map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
    await run(journal, [], FAILED);
    expect(done(await start(next(), "auto"))).toEqual([0]);
  });

  test("a torn first record is nobody's run: it is adopted at the next number", async () => {
    const { memory, next } = processes();
    const first = await run(await start(next(), "auto"), [0], FAILED);
    const store = next();
    const killed = await start(store, "auto");
    store.die();
    const log = keyNames(PIPELINE, undefined).run(killed.runId);
    memory.logs.get(log)?.records.set(1, undefined);
    const journal = await start(next(), "auto");
    expect([journal.runId, journal.resumedFrom, done(journal)]).toEqual([killed.runId, first, [0]]);
    await run(journal, [1], FAILED);
    expect(done(await start(next(), "auto"))).toEqual([0, 1]);
  });

  test("a torn last entry of the key log is void", async () => {
    const { memory, next } = processes();
    const first = await run(await start(next(), "auto"), [0], FAILED);
    const keys = keyNames(PIPELINE, undefined).keys;
    const log = memory.logs.get(keys);
    log?.records.set(2, undefined);
    if (log !== undefined) log.highest = 2;
    const journal = await start(next(), "auto");
    expect([journal.resumedFrom, done(journal)]).toEqual([first, [0]]);
    expect((await next().read(keys)).map(({ seq }) => seq)).toEqual([1, 2, 3]);
  });
});

test("a checkpoint of a newer version is refused in every mode, and nothing is changed", async () => {
  const store = openMemoryStore();
  const first = await start(store, "auto");
  await first.append([{ type: "teleported" } as never]).catch(() => undefined);
  await first.close();
  for (const mode of ["auto", "new", "fresh"] as const) {
    expect(await codeOf(startRun(request(store, mode)))).toBe("CHECKPOINT_NEWER_VERSION");
  }
});

test("a preview says what a start would do, and writes nothing", async () => {
  const store = openMemoryStore();
  const asked = request(store, "auto");
  expect(await previewStart(asked)).toEqual({ kind: "begin", previous: undefined });
  const first = await run(await start(store, "auto"), [0], FAILED);
  const before = await store.logs("");
  const preview = await previewStart(asked);
  expect(preview.kind === "begin" && preview.previous?.runId).toBe(first);
  expect(await previewStart(request(store, "fresh"))).toEqual({ kind: "begin", previous: undefined });
  expect(await codeOf(previewStart(request(store, "new", { request: { runId: first } })))).toBe(
    "RUN_ID_EXISTS",
  );
  expect(await codeOf(previewStart(request(store, "new", { request: { runId: "a b" } })))).toBe(
    "RUN_ID_INVALID",
  );
  expect(await store.logs("")).toEqual(before);
});

test("the decision is made on the state that was read, once", async () => {
  const store = openMemoryStore();
  const first = await run(await start(store, "auto"), [0], FAILED);
  const asked: (RunState | undefined)[] = [];
  const base = request(store, "auto");
  await startRun({ ...base, decide: async (previous) => (asked.push(previous), base.decide(previous)) });
  expect(asked.map((previous) => previous?.runId)).toEqual([first]);
  expect(ABC.length).toBe(3);
});
