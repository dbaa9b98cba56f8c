import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root, runCairn, type TempDir, tempDir } from "../kit/mod.ts";
import { sharedSpark } from "../servers/spark/shared-spark.ts";

/** A Spark server's first query takes its time on a busy machine. */
const TIMEOUT_MS = 180_000;

const server = await sharedSpark();

interface Component {
  readonly status: string;
  readonly reason: string | null;
  readonly outputs: { readonly rows: number; readonly schema: readonly { readonly name: string }[] } | null;
  readonly error: { readonly message: string; readonly code: string; readonly hint?: string } | null;
}

interface Document {
  readonly exitCode: number;
  readonly components: readonly Component[];
}

const ORDERS =
  "id,city,price,day\n1,Rome,2.50,2026-01-01\n2,Oslo,3.10,2026-01-01\n3,Rome,1.00,2026-01-02\n4,,0.25,2026-01-02\n";
const SOURCE = `orders { path = "data/orders.csv", schema { id = bigint, city = string, price = "decimal(10,2)", day = date } }`;

/** A pipeline of `sql` components with these settings, on an engine. */
function write(dir: TempDir, engine: string, ...settings: readonly string[]): void {
  dir.write("data/orders.csv", ORDERS);
  const components = settings.map(
    (text, at) =>
      `{ instance-type = sql, instance-name = S${at}, instance-config { engine = ${engine}, ${text} } }`,
  );
  dir.write(
    "sql.conf",
    `${server === undefined ? "" : `spark { connect-string = "${server.url}" }`}
pipeline {
  pipeline-name = "sql"
  plugins = [${JSON.stringify(join(root, "plugins"))}]
  checkpoint { enabled = true, location = "checkpoints", auto-resume = true }
  pipeline-components = [ ${components.join("\n")} ]
}
`,
  );
}

async function run(dir: TempDir, ...flags: readonly string[]): Promise<Document> {
  const done = await runCairn(["run", "sql.conf", "--format=json", ...flags], { cwd: dir.path });
  expect(done.stdout, done.stderr).toStartWith("{");
  return done.json() as Document;
}

/** Runs one component, which must complete; gives its outputs. */
async function completed(dir: TempDir): Promise<NonNullable<Component["outputs"]>> {
  const { exitCode, components } = await run(dir);
  expect(exitCode, JSON.stringify(components)).toBe(0);
  return components.at(-1)?.outputs ?? { rows: -1, schema: [] };
}

/** All files below a folder, by their paths in it. */
function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" }).toSorted();
}

const engines = [
  ["duckdb", true],
  ["spark", server !== undefined],
] as const;

for (const [engine, there] of engines) {
  describe.skipIf(!there)(`sql on ${engine}`, () => {
    test(
      "reads files by a schema, runs statements in order with arguments, writes the last one's rows, and tells their number and schema",
      async () => {
        using dir = tempDir();
        dir.write(
          "sql/dear.sql",
          "-- dear ones\nCREATE OR REPLACE TEMPORARY VIEW dear AS SELECT * FROM orders WHERE price >= 1.0;\n" +
            "SELECT city, count(*) AS n, sum(price) AS total FROM dear WHERE day <= :until GROUP BY city ORDER BY city\n",
        );
        write(
          dir,
          engine,
          `sources { ${SOURCE} }, args { until = "2026-01-01" }, files = ["sql/dear.sql"], target { path = "out/dear" }`,
          `sources { dear = "out/dear" }, statements = ["SELECT city, cast(n AS int) AS n, cast(total AS string) AS total FROM dear ORDER BY city"], target { path = "out/text", format = csv }`,
        );
        const outputs = await completed(dir);
        expect([outputs.rows, ...outputs.schema.map(({ name }) => name)]).toEqual([2, "city", "n", "total"]);
        const csv = filesIn(dir.join("out/text")).filter((name) => name.endsWith(".csv"));
        const lines = csv.flatMap((name) =>
          readFileSync(dir.join("out/text", name), "utf8").trim().split("\n"),
        );
        expect(lines.filter((line) => line !== "city,n,total")).toEqual(["Oslo,1,3.10", "Rome,1,2.50"]);
        expect(filesIn(dir.path).filter((name) => name.includes(".cairn"))).toEqual([]);
      },
      TIMEOUT_MS,
    );

    test(
      "partitions are columns again, overwriting replaces the rows, appending adds them once",
      async () => {
        using dir = tempDir();
        const target = `target { path = "out/all", partition-by = ["day"]`;
        const write2 = (mode: string): void =>
          write(
            dir,
            engine,
            `sources { ${SOURCE} }, statements = ["SELECT id, day FROM orders"], ${target}, mode = ${mode} }`,
            `sources { all_of = "out/all" }, statements = ["SELECT id FROM all_of WHERE day = DATE '2026-01-01'"]`,
          );
        write2("overwrite");
        expect((await completed(dir)).rows).toBe(2);
        expect((await completed(dir)).rows).toBe(2);
        write(
          dir,
          engine,
          `sources { ${SOURCE} }, statements = ["SELECT id FROM orders"], target { path = "out/more", mode = append }`,
          `sources { more = "out/more" }, statements = ["SELECT * FROM more"]`,
        );
        expect((await completed(dir)).rows).toBe(4);
        expect((await completed(dir)).rows).toBe(8);
      },
      TIMEOUT_MS,
    );

    test(
      "an error has the place in the SQL, and nothing is published",
      async () => {
        using dir = tempDir();
        dir.write(
          "bad.sql",
          "CREATE OR REPLACE TEMPORARY VIEW o AS SELECT * FROM orders;\nSELECT id,\n       pric\nFROM o\n",
        );
        const failures = async (settings: string): Promise<Component["error"]> => {
          write(dir, engine, `sources { ${SOURCE} }, ${settings}, target { path = "out/bad" }`);
          const { exitCode, components } = await run(dir, "--fresh");
          expect(exitCode).toBe(1);
          return components[0]?.error ?? null;
        };
        const column = await failures(`files = ["bad.sql"]`);
        expect(column?.message).toMatch(/^bad\.sql:3:8: /);
        expect(column?.message).toContain("\n  3 |        pric\n    |        ^");
        expect((await failures(`statements = ["SELEC 1"]`))?.message).toMatch(/^statements\[0\]:1:1: /);
        expect(await failures(`statements = ["SELECT :nope"]`)).toMatchObject({
          code: "SQL_UNKNOWN_ARGUMENT",
        });
        expect(
          await failures(`statements = ["CREATE OR REPLACE TEMPORARY VIEW x AS SELECT 1 AS a"]`),
        ).toMatchObject({
          code: "SQL_NOT_A_QUERY",
        });
        expect(await failures(`files = ["nowhere.sql"]`)).toMatchObject({ code: "SQL_FILE_UNREADABLE" });
        expect(filesIn(dir.path).filter((name) => name.startsWith("out/bad/"))).toEqual([]);
      },
      TIMEOUT_MS,
    );

    test(
      "a failed statement is run again by a resume, completed ones are not, unless their SQL file changed",
      async () => {
        using dir = tempDir();
        dir.write("one.sql", "SELECT id FROM orders");
        dir.write("two.sql", "SELECT idd FROM one");
        write(
          dir,
          engine,
          `sources { ${SOURCE} }, files = ["one.sql"], target { path = "out/one" }`,
          `sources { one = "out/one" }, files = ["two.sql"]`,
        );
        expect((await run(dir)).components.map(({ status }) => status)).toEqual(["completed", "failed"]);
        dir.write("two.sql", "SELECT id FROM one");
        dir.write("one.sql", "SELECT id FROM orders WHERE id < 4");
        const resumed = await run(dir, "--on-code-change=rerun");
        expect(resumed.components.map(({ status, outputs }) => [status, outputs?.rows])).toEqual([
          ["completed", 3],
          ["completed", 3],
        ]);
      },
      TIMEOUT_MS,
    );
  });
}

test("wrong settings are found by validate, each with its place", async () => {
  using dir = tempDir();
  write(dir, "duck", `statements = [], files = [], sourcess {}, target { path = "x", mode = upsert }`);
  const said = await runCairn(["validate", "sql.conf"], { cwd: dir.path });
  expect(said.code).toBe(2);
  for (const word of ["engine", "sourcess", "mode"]) expect(said.stderr + said.stdout).toContain(word);
});
