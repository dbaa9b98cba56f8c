import { expect, test } from "bun:test";
import { cairnCommand, fromSeed, seeded } from "../kit/mod.ts";
import { bentRound } from "./bent-round.ts";
import { killRound } from "./round.ts";

/** Kills of an ordinary test run, and of a long one. */
const KILLS = process.env["CAIRN_TEST_LONG"] === "1" ? 1000 : 60;
/** Kills of pipelines that bend. */
const BENT_KILLS = process.env["CAIRN_TEST_LONG"] === "1" ? 200 : 6;
/** Kills that one random pipeline suffers at most before it may complete. */
const KILLS_A_ROUND = 6;

test(
  `${KILLS} SIGKILLs of runner, worker or both lose no reported completion and take nothing unfinished as finished`,
  async () => {
    const random = seeded("kill tool");
    for (let kills = 0, round = 0; kills < KILLS; round++) {
      const result = await killRound(cairnCommand(), fromSeed(random.seed + round), KILLS_A_ROUND);
      expect(result.broken).toEqual([]);
      kills += result.kills;
    }
  },
  KILLS * 6_000,
);

test(
  `${BENT_KILLS} SIGKILLs over graphs with retries, failures, selections and a budget leave one end for each run, told once`,
  async () => {
    const random = seeded("kill tool, graphs");
    for (let kills = 0, round = 0; kills < BENT_KILLS; round++) {
      const result = await bentRound(cairnCommand(), fromSeed(random.seed + round), KILLS_A_ROUND);
      expect(result.broken).toEqual([]);
      kills += result.kills;
    }
  },
  60_000 + BENT_KILLS * 6_000,
);
