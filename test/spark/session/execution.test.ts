import { describe, expect, test } from "bun:test";
import { CairnError } from "../../../src/base/mod.ts";
import { Execution } from "../../../src/spark/session/execution.ts";
import { steeringOf } from "../../../src/sdk/mod.ts";
import { fromSeed, seeded } from "../../kit/mod.ts";
import { fakeClient, FakeSpark, type Fate } from "./fake-spark.ts";

const OPERATION = "0e6b8d52-0000-4000-8000-000000000001";
const ROWS = 12;
const ALL = Array.from({ length: ROWS }, (_, index) => index);
const COMMAND = { opType: { case: "command" as const, value: {} } };
const QUERY = { opType: { case: "root" as const, value: {} } };

interface Asked {
  readonly plan?: typeof COMMAND | typeof QUERY | undefined;
  readonly signal?: AbortSignal;
  readonly greeted?: boolean;
}

async function rowsOf(server: FakeSpark, asked: Asked = {}): Promise<number[]> {
  const execution = new Execution(fakeClient(server, asked.greeted), {
    operationId: OPERATION,
    plan: "plan" in asked ? asked.plan : COMMAND,
    tags: [],
    signal: asked.signal,
    onProgress: () => undefined,
  });
  const rows: number[] = [];
  for await (const part of execution.parts()) if (part.kind === "batch") rows.push(part.data[0] ?? -1);
  return rows;
}

/** The fates in turn, then whole calls. */
function fates(...given: readonly Fate[]): () => Fate {
  const left = [...given];
  return () => left.shift() ?? { kind: "whole" };
}

async function failureOf(rows: Promise<unknown>): Promise<CairnError> {
  try {
    await rows;
  } catch (thrown) {
    if (thrown instanceof CairnError) return thrown;
    throw thrown;
  }
  throw new Error("it didn't fail");
}

describe("an operation on Spark", () => {
  test("goes on after the last response that came, when its connection breaks", async () => {
    const server = new FakeSpark(ROWS, fates({ kind: "broken", after: 5 }, { kind: "broken", after: 0 }));
    expect(await rowsOf(server)).toEqual(ALL);
    expect(server.asked).toEqual(["ExecutePlan", "ReattachExecute", "ReattachExecute", "ReleaseExecute"]);
  });

  test("goes on when the server ends the stream without ResultComplete", async () => {
    const server = new FakeSpark(ROWS, fates({ kind: "ended", after: 3 }, { kind: "ended", after: 0 }));
    expect(await rowsOf(server)).toEqual(ALL);
    expect(server.runs.get(OPERATION)).toBe(1);
  });

  test("is sent again only when the server has never seen it", async () => {
    const server = new FakeSpark(ROWS, fates({ kind: "lost" }));
    expect(await rowsOf(server)).toEqual(ALL);
    expect(server.asked.slice(0, 3)).toEqual(["ExecutePlan", "ReattachExecute", "ExecutePlan"]);
    expect(server.runs.get(OPERATION)).toBe(1);
  });

  test("is sent again without asking where there was no connection at all", async () => {
    const server = new FakeSpark(ROWS, fates({ kind: "refused" }, { kind: "refused" }));
    expect(await rowsOf(server)).toEqual(ALL);
    expect(server.asked.slice(0, 3)).toEqual(["ExecutePlan", "ExecutePlan", "ExecutePlan"]);
  });

  test("runs once and gives each row once, whatever happens to its calls", async () => {
    const { seed, int } = seeded("operations on Spark");
    for (let round = 0; round < 1000; round++) {
      const random = fromSeed(seed + round);
      const bad = int(6);
      let left = bad;
      const fate = (): Fate => {
        if (left-- <= 0) return { kind: "whole" };
        const kind = random.pick(["refused", "lost", "broken", "ended"] as const);
        return { kind, after: random.int(ROWS + 2) };
      };
      const server = new FakeSpark(ROWS, fate);
      expect(await rowsOf(server)).toEqual(ALL);
      expect(server.runs.get(OPERATION)).toBe(1);
    }
  });

  test("has an unknown outcome, for good, when the server was restarted meanwhile", async () => {
    for (const first of [{ kind: "lost" }, { kind: "broken", after: 4 }] as const) {
      const server: FakeSpark = new FakeSpark(ROWS, () => {
        if (server.asked.length === 1) return first;
        server.restart();
        return { kind: "whole" };
      });
      const error = await failureOf(rowsOf(server));
      expect(error.code).toBe("SPARK_OUTCOME_UNKNOWN");
      expect(steeringOf(error)).toBe("permanent");
      expect(server.runs.get(OPERATION) ?? 0).toBeLessThanOrEqual(1);
    }
  });

  test("has an unknown outcome when the server threw it away, but a query is only lost", async () => {
    for (const [plan, code] of [
      [COMMAND, "SPARK_OUTCOME_UNKNOWN"],
      [QUERY, "SPARK_OPERATION_LOST"],
    ] as const) {
      const server: FakeSpark = new FakeSpark(ROWS, () => {
        if (server.asked.length > 1) server.abandon();
        return server.asked.length === 1 ? { kind: "broken", after: 2 } : { kind: "whole" };
      });
      expect((await failureOf(rowsOf(server, { plan }))).code).toBe(code);
    }
  });

  test("isn't sent again to a server that doesn't tell its sessions apart, unless it is a query", async () => {
    const silent = (): FakeSpark => {
      const server = new FakeSpark(ROWS, fates({ kind: "lost" }));
      server.session = "";
      return server;
    };
    expect((await failureOf(rowsOf(silent(), { greeted: false }))).code).toBe("SPARK_OUTCOME_UNKNOWN");
    expect(await rowsOf(silent(), { greeted: false, plan: QUERY })).toEqual(ALL);
  });

  test("is given up when the server stays away, with the outcome said to be unknown", async () => {
    const server = new FakeSpark(ROWS, () =>
      server.asked.length === 1 ? { kind: "broken", after: 1 } : { kind: "refused" },
    );
    const error = await failureOf(rowsOf(server));
    expect(error.code).toBe("SPARK_OUTCOME_UNKNOWN");
    expect(error.message).toContain("can't be reached");
  });

  test("that never reached a server is no unknown outcome", async () => {
    const error = await failureOf(rowsOf(new FakeSpark(ROWS, () => ({ kind: "refused" }))));
    expect(error.code).toBe("SPARK_UNREACHABLE");
    expect(steeringOf(error)).toBe("transient");
  });

  test("can be listened to by whoever knows its ID", async () => {
    const server = new FakeSpark(ROWS, fates());
    await rowsOf(server);
    server.asked.length = 0;
    expect(await rowsOf(server, { plan: undefined })).toEqual(ALL);
    expect(server.asked[0]).toBe("ReattachExecute");
    server.abandon();
    expect((await failureOf(rowsOf(server, { plan: undefined }))).code).toBe("SPARK_OUTCOME_UNKNOWN");
    expect(server.runs.get(OPERATION)).toBe(1);
  });

  test("is interrupted and released on the server when its signal aborts", async () => {
    const abort = new AbortController();
    const reason = new Error("stop");
    const server = new FakeSpark(ROWS, () => {
      abort.abort(reason);
      return { kind: "broken", after: 2 };
    });
    expect(await rowsOf(server, { signal: abort.signal }).catch((thrown: unknown) => thrown)).toBe(reason);
    expect(server.asked).toEqual(["ExecutePlan", "Interrupt", "ReleaseExecute"]);
  });

  test("is released when nobody wants the rest of its rows", async () => {
    const server = new FakeSpark(ROWS, fates());
    const order = {
      operationId: OPERATION,
      plan: QUERY,
      tags: [],
      signal: undefined,
      onProgress: () => undefined,
    };
    for await (const _ of new Execution(fakeClient(server), order).parts()) break;
    expect(server.asked).toEqual(["ExecutePlan", "ReleaseExecute"]);
  });
});
