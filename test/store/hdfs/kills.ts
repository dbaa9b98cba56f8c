import { expect, test } from "bun:test";
import { killRound } from "../../kill/round.ts";
import { cairnCommand, fromSeed, seeded } from "../../kit/mod.ts";
import type { HdfsServer } from "../../servers/hdfs/hdfs-server.ts";
import { newPath } from "./hdfs-bench.ts";

const KILLS = process.env["CAIRN_TEST_LONG"] === "1" ? 200 : 10;
/** Kills that one random pipeline suffers at most before it may complete. */
const KILLS_A_ROUND = 6;
const MS_A_KILL = 20_000;

/** Declares the kill tool's rounds with checkpoints on a real cluster. */
export function testKills(server: HdfsServer): void {
  test(
    `${KILLS} SIGKILLs of runner, worker or both lose no reported completion and take nothing unfinished as finished`,
    async () => {
      const random = seeded("kill tool on HDFS");
      const place = {
        location: `hdfs://${newPath()}`,
        env: { HADOOP_CONF_DIR: server.folder, HADOOP_USER_NAME: "alice" },
      };
      for (let kills = 0, round = 0; kills < KILLS; round++) {
        const result = await killRound(cairnCommand(), fromSeed(random.seed + round), KILLS_A_ROUND, place);
        expect(result.broken).toEqual([]);
        kills += result.kills;
      }
    },
    KILLS * MS_A_KILL,
  );
}
