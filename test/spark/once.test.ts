import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { seeded } from "../kit/mod.ts";
import { TARGETS } from "../kill/start.ts";
import { until } from "../run/pipeline-kit.ts";
import { Gate } from "../servers/spark/gate.ts";
import { sharedSpark } from "../servers/spark/shared-spark.ts";
import { GatedRun, kill, TIMEOUT_MS } from "./gated-run.ts";

const server = await sharedSpark();
const url = server?.url ?? "sc://127.0.0.1:1";
const ROUNDS = process.env["CAIRN_TEST_LONG"] === "1" ? 30 : 3;
/** Longest time between the mark and a kill, in ms: by then a quiet machine has written the rows. */
const LONGEST_MS = 2000;

const LOAD = `import { writeFileSync } from "node:fs";
import { defineComponent, sparkOnce, v } from "cairn";

export default defineComponent({
  config: v.object({ table: v.string(), query: v.string(), mark: v.string(), note: v.optional(v.string()) }),
  async run(ctx) {
    const { table, query, mark } = ctx.config;
    await sparkOnce(ctx, "load", async (spark, operation) => {
      const rows = await spark.sql(query);
      writeFileSync(mark, spark.sessionId + " " + operation.operationId);
      await rows.write.insertInto(table, operation);
    });
    return { loaded: true };
  },
});
`;

/** A run that appends the rows of its gate to a table by \`sparkOnce\`. */
class Load extends GatedRun {
  constructor() {
    super(url, { plugins: { "t/Load.ts": LOAD } });
    this.set({});
  }

  /** Writes the configuration, with settings besides those that it needs. */
  set(more: Readonly<Record<string, string>>): void {
    const { table, gate, dir } = this;
    const config = { table, query: gate.query, mark: dir.join("mark"), ...more };
    this.configure(`instance-type = t.Load, instance-config ${JSON.stringify(config)}`);
  }

  /** Session and operation of the last write. */
  get mark(): { readonly session: string; readonly operation: string } {
    const path = this.dir.join("mark");
    const [session = "", operation = ""] = existsSync(path) ? readFileSync(path, "utf8").split(" ") : [];
    return { session, operation };
  }
}

describe.skipIf(server === undefined)("sparkOnce", () => {
  test(
    "killed at any moment of a write, the runs after it leave each row once",
    async () => {
      const random = seeded("kills of a Spark write");
      for (let round = 0; round < ROUNDS; round++) {
        await using load = new Load();
        await load.createTable();
        load.gate.open();
        const target = TARGETS[round % TARGETS.length] ?? "both";
        const afterMs = random.int(LONGEST_MS);
        const cairn = load.start();
        await until("the write", () => load.mark.operation !== "" || cairn.exitCode !== null, TIMEOUT_MS);
        const first = load.mark.operation;
        await Bun.sleep(afterMs);
        await kill(cairn, target);
        const resumed = await load.run();
        const what = `round ${round}: ${target} after ${afterMs} ms\n${resumed.stdout}${resumed.stderr}`;
        expect(resumed.code, what).toBe(0);
        expect(await load.tableRows(), what).toEqual(Gate.ids);
        expect(load.gate.begun, what).toBe(Gate.tasks);
        expect(load.mark.operation, what).toBe(first);
      }
    },
    TIMEOUT_MS * 4,
  );

  const unknown = [
    {
      what: "the server has forgotten",
      says: "the server has forgotten its session",
      async comesAbout(load: Load) {
        await load.killed("both");
        await load.forget(load.mark.session);
      },
    },
    {
      what: "was told to stop in the middle, and is interrupted,",
      says: "it was cancelled while it ran",
      async comesAbout(load: Load) {
        const cairn = await load.started();
        cairn.kill("SIGTERM");
        expect(await cairn.exited).toBe(143);
      },
    },
    {
      what: "can't be looked for, because a change of the configuration dropped its record,",
      says: "is not on record any more",
      async comesAbout(load: Load) {
        await load.killed("both");
        load.set({ note: "changed" });
      },
    },
  ];
  for (const { what, says, comesAbout } of unknown) {
    test(
      `what ${what} is told as unknown and never run again, until someone says that it didn't happen`,
      async () => {
        await using load = new Load();
        await load.createTable();
        await comesAbout(load);
        const resumed = await load.run("--format=json");
        expect(resumed.code, resumed.stderr).toBe(1);
        expect(resumed.json()).toMatchObject({
          components: [
            {
              status: "failed",
              error: {
                code: "OUTCOME_UNKNOWN",
                message: expect.stringContaining(says) as string,
                hint: expect.stringContaining('--declare="Load/load"=absent') as string,
              },
            },
          ],
        });
        expect(load.gate.begun).toBe(Gate.tasks);
        await load.forget(load.mark.session).catch(() => undefined);
        expect(await load.tableRows()).toEqual([]);
        load.gate.open();
        const declared = await load.run("--declare=Load/load=absent");
        expect(declared.code, declared.stdout + declared.stderr).toBe(0);
        expect(await load.tableRows()).toEqual(Gate.ids);
      },
      TIMEOUT_MS,
    );
  }

  test(
    "what Spark says has failed is run anew, by another operation",
    async () => {
      await using load = new Load();
      load.gate.open();
      const failed = await load.run();
      expect(failed.code).toBe(1);
      expect(failed.stderr).toContain("TABLE_OR_VIEW_NOT_FOUND");
      const first = load.mark.operation;
      await load.createTable();
      const resumed = await load.run();
      expect(resumed.code, resumed.stdout + resumed.stderr).toBe(0);
      expect(load.mark.operation).not.toBe(first);
      expect(await load.tableRows()).toEqual(Gate.ids);
    },
    TIMEOUT_MS,
  );
});
