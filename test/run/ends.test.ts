import { afterAll, describe, expect, test } from "bun:test";
import { seeded } from "../kit/mod.ts";
import { endsKit, type RunAs } from "./ends-kit.ts";
import { brokenEnds, type Death, type EndsProcess, type EndsWorld, endsWorld } from "./ends-world.ts";

const kit = endsKit();
const { runBy, reapBy, leaveDead } = kit;
afterAll(() => kit[Symbol.dispose]());

/** More calls of a store than any of these processes makes. */
const MOST_CALLS = 80;

/** Every place at which a process that does `work` in such a world may die, each with a world of its own. */
async function everyDeath(
  prepare: (world: EndsWorld) => Promise<void>,
  work: (process: EndsProcess) => Promise<unknown>,
  check: (world: EndsWorld, death: Death) => Promise<void>,
): Promise<number> {
  let deaths = 0;
  for (const when of ["before", "after"] as const) {
    for (let at = 1; at <= MOST_CALLS; at++) {
      const world = endsWorld();
      await prepare(world);
      const process = world.process({ at, when });
      await work(process);
      if (process.calls.length < at) break;
      deaths++;
      await check(world, { at, when });
    }
  }
  return deaths;
}

const SITUATIONS: Readonly<Record<string, RunAs>> = {
  "a run that completes": {},
  "a run that completes under a run key": { runKey: "2026-11-23" },
  "a run that fails": { fails: true },
  "a run without auto-resume": { autoResume: false },
  "a fresh run": { fresh: true },
};

describe("each run that began is told as ended once, wherever its process died", () => {
  for (const [situation, as] of Object.entries(SITUATIONS)) {
    test(`${situation}: the next start tells it`, async () => {
      const deaths = await everyDeath(
        async () => Promise.resolve(),
        (process) => runBy(process, as),
        async (world, death) => {
          await runBy(world.process(), as);
          await runBy(world.process(), as);
          expect(brokenEnds(world), JSON.stringify({ death, heard: world.heard })).toEqual([]);
        },
      );
      expect(deaths).toBeGreaterThan(20);
    });

    test(`${situation}: reap tells it`, async () => {
      await everyDeath(
        async () => Promise.resolve(),
        (process) => runBy(process, as),
        async (world, death) => {
          await reapBy(world.process());
          expect(brokenEnds(world), JSON.stringify({ death, heard: world.heard })).toEqual([]);
          const heard = world.heard.length;
          await reapBy(world.process());
          expect(world.heard.length).toBe(heard);
        },
      );
    });
  }
});

test("a reap that dies at any call is finished by the next one, and the end is told once", async () => {
  const deaths = await everyDeath(
    async (world) => void (await leaveDead(world)),
    reapBy,
    async (world, death) => {
      await reapBy(world.process());
      expect(brokenEnds(world), JSON.stringify({ death, heard: world.heard })).toEqual([]);
      expect(world.told[0]?.how).toBe("onAbandoned");
    },
  );
  expect(deaths).toBeGreaterThan(10);
});

test("a start that dies at any call while it resumes a dead run leaves no end untold or doubled", async () => {
  await everyDeath(
    async (world) => void (await leaveDead(world)),
    (process) => runBy(process),
    async (world, death) => {
      await runBy(world.process());
      await reapBy(world.process());
      expect(brokenEnds(world), JSON.stringify({ death, heard: world.heard })).toEqual([]);
    },
  );
});

/** Chains of deaths at random in the normal tests. */
const CHAINS = process.env["CAIRN_TEST_LONG"] === "1" ? 5_000 : 80;

test(`${CHAINS} chains of starts and reaps that die anywhere tell each end once`, async () => {
  const random = seeded("chains of deaths");
  for (let chain = 0; chain < CHAINS; chain++) {
    const world = endsWorld();
    const story: unknown[] = [];
    for (let step = 0; step < 4; step++) {
      const death: Death = { at: 1 + random.int(40), when: random.pick(["before", "after"] as const) };
      const process = world.process(step < 3 ? death : undefined);
      const as: RunAs = {
        fails: random.int(2) === 0,
        autoResume: random.int(3) > 0,
        fresh: random.int(5) === 0,
      };
      const reaps = random.int(3) === 0 && step < 3;
      story.push({ ...death, ...as, reaps });
      await (reaps ? reapBy(process) : runBy(process, as));
    }
    await reapBy(world.process());
    const hint = JSON.stringify({ chain, story, heard: world.heard }, undefined, 1);
    // Deaths in the middle of telling may follow each other; each repeats it once, and says so.
    const broken = brokenEnds(world).filter((text) => !text.includes("was told 3 times"));
    expect(broken, hint).toEqual([]);
  }
});
