import { describe, expect, test } from "bun:test";
import { openSession } from "../../src/spark/mod.ts";
import { seeded } from "../kit/mod.ts";
import { sharedSpark } from "../servers/spark/shared-spark.ts";
import { tcpProxy } from "./tcp-proxy.ts";

const server = await sharedSpark();
const rounds = process.env["CAIRN_TEST_LONG"] === "1" ? 20 : 2;

describe.skipIf(server === undefined)("Spark behind connections that break at random", () => {
  test("gives each row of a query once, with its content", async () => {
    const random = seeded("queries over broken connections");
    await using proxy = await tcpProxy(server?.port ?? 0);
    await using spark = openSession(`sc://127.0.0.1:${proxy.port}`);
    // A break after some 500 kB on average: more than a message is, and a tenth of all rows.
    proxy.breaks = (bytes) => random.next() < bytes / 500_000;
    const rows = 120_000;
    for (let round = 0; round < rounds; round++) {
      const frame = await spark.sql(
        "SELECT id, sha1(CAST(id + :round AS STRING)) AS hash FROM range(0, :rows, 1, 60)",
        {
          round,
          rows,
        },
      );
      let expected = 0n;
      for await (const row of frame.rows()) {
        const id = row["id"] as bigint;
        if (id !== expected) throw new Error(`row ${expected} was due, ${id} came`);
        const hash = new Bun.CryptoHasher("sha1").update(String(id + BigInt(round))).digest("hex");
        if (row["hash"] !== hash) throw new Error(`row ${id} has another hash`);
        expected++;
      }
      expect(expected).toBe(BigInt(rows));
    }
    expect(proxy.broken).toBeGreaterThan(rounds);
  }, 300_000);

  test("runs each write once", async () => {
    const random = seeded("writes over broken connections");
    await using proxy = await tcpProxy(server?.port ?? 0);
    await using spark = openSession(`sc://127.0.0.1:${proxy.port}`);
    await spark.sql("DROP TABLE IF EXISTS broken_writes");
    await spark.sql("CREATE TABLE broken_writes (batch INT, id BIGINT) USING parquet");
    // What comes back of a write is a few small pieces: one in twelve breaks its connection, and the eighth in a row does.
    let whole = 0;
    proxy.breaks = () => {
      const isDue = random.int(12) === 0 || ++whole === 8;
      if (isDue) whole = 0;
      return isDue;
    };
    const writes = 5 * rounds;
    for (let batch = 0; batch < writes; batch++) {
      const frame = spark.createDataFrame(
        [
          { batch, id: 1n },
          { batch, id: 2n },
        ],
        "batch int, id bigint",
      );
      if (random.int(2) === 0) await frame.write.insertInto("broken_writes");
      else await spark.sql("INSERT INTO broken_writes VALUES (:batch, 1), (:batch, 2)", { batch });
    }
    proxy.breaks = () => false;
    const counted = await spark.sql(
      "SELECT batch, count(*) AS n, sum(id) AS s FROM broken_writes GROUP BY batch ORDER BY batch",
    );
    expect(await counted.collect()).toEqual(
      Array.from({ length: writes }, (_, batch) => ({ batch, n: 2n, s: 3n })),
    );
    expect(proxy.broken).toBeGreaterThan(0);
    await spark.sql("DROP TABLE broken_writes");
  }, 300_000);

  test("goes on when the server can't be reached for a while", async () => {
    await using proxy = await tcpProxy(server?.port ?? 0);
    await using spark = openSession(`sc://127.0.0.1:${proxy.port}`);
    const frame = await spark.sql("SELECT sum(id % 7) AS s FROM range(0, 1000000000, 1, 4)");
    let told = 0;
    const onProgress = (): void => {
      if (++told !== 2) return;
      proxy.down = true;
      proxy.breakAll();
      setTimeout(() => {
        proxy.down = false;
      }, 700);
    };
    expect(await frame.collect({ onProgress })).toEqual([{ s: 2_999_999_997n }]);
    expect(proxy.broken).toBeGreaterThan(0);
  }, 300_000);
});
