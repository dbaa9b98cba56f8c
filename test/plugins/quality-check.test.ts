import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root, runCairn, type TempDir, tempDir } from "../kit/mod.ts";
import { sharedSpark } from "../servers/spark/shared-spark.ts";

/** A Spark server's first query takes its time on a busy machine. */
const TIMEOUT_MS = 180_000;

const server = await sharedSpark();

interface Check {
  readonly name: string;
  readonly type: string;
  readonly passed: boolean;
  readonly measured: unknown;
  readonly expected: unknown;
  readonly message: string;
}

interface Component {
  readonly status: string;
  readonly attempts: number;
  readonly outputs: {
    readonly rows: number;
    readonly passed: number;
    readonly failed: number;
    readonly checks: readonly Check[];
  } | null;
  readonly error: { readonly message: string; readonly code: string; readonly hint?: string } | null;
}

interface Document {
  readonly exitCode: number;
  readonly components: readonly Component[];
}

const HEADER = "id,city,price,day\n";
const ORDERS = `${HEADER}1,Rome,2.50,2026-01-01\n2,Oslo,3.10,2026-01-01\n3,Rome,1.00,2026-01-02\n3,,0.25,2026-01-03\n`;
const FINE = `${HEADER}1,Rome,2.50,2026-01-01\n2,Oslo,3.10,2026-01-02\n`;
const SCHEMA = `schema { id = bigint, city = string, price = "decimal(10,2)", day = date }`;
const SOURCE = `source { path = "orders.csv", ${SCHEMA} }`;

/** A pipeline of `quality.check` components with these settings. */
function write(dir: TempDir, engine: string, ...settings: readonly string[]): void {
  const components = settings.map(
    (text, at) =>
      `{ instance-type = quality.check, instance-name = Check${at}, instance-config { engine = ${engine}, ${text} } }`,
  );
  dir.write(
    "check.conf",
    `${server === undefined ? "" : `spark { connect-string = "${server.url}" }`}
pipeline {
  pipeline-name = "checks"
  plugins = [${JSON.stringify(join(root, "plugins"))}]
  checkpoint { enabled = true, location = "checkpoints", auto-resume = true }
  hooks = [{ type = audit, path = "audit.jsonl" }]
  pipeline-components = [ ${components.join("\n")} ]
}
`,
  );
}

async function run(dir: TempDir): Promise<Document & { readonly stderr: string }> {
  const done = await runCairn(["run", "check.conf", "--format=json"], {
    cwd: dir.path,
    timeoutMs: TIMEOUT_MS,
  });
  expect(done.stdout, done.stderr).toStartWith("{");
  return { ...(done.json() as Document), stderr: done.stderr };
}

/** Runs components that must complete; gives their outputs. */
async function completed(dir: TempDir): Promise<readonly NonNullable<Component["outputs"]>[]> {
  const { exitCode, components } = await run(dir);
  expect(exitCode, JSON.stringify(components)).toBe(0);
  return components.flatMap(({ outputs }) => outputs ?? []);
}

/** Checks as `name: passed measured`. */
function told(checks: readonly Check[]): string[] {
  return checks.map(
    ({ name, passed, measured }) => `${name}: ${passed ? "yes" : "no"} ${JSON.stringify(measured)}`,
  );
}

const ALL_CHECKS = `checks = [
  { type = row-count, min = 4, max = 4 }
  { type = row-count, name = "enough", min = 5 }
  { type = nulls, columns = [id, city], max-percent = 25 }
  { type = nulls, columns = [city, price] }
  { type = unique, columns = [id, city] }
  { type = unique, columns = [id], max-percent = 25 }
  { type = unique, columns = [id] }
  { type = range, column = price, min = 0.25, max = 3.1 }
  { type = range, column = price, min = 1 }
  { type = range, column = day, max = "2026-01-02" }
  { type = schema, columns { id = long, city = varchar, price = "numeric(10, 2)", day = date }, exact = true }
  { type = schema, columns { id = string, town = string }, exact = true }
  { type = sql, statement = "SELECT * FROM checked WHERE price > :most" }
  { type = sql, name = "cities", statement = "SELECT count(DISTINCT city) FROM checked", expect = 2 }
  { type = sql, name = "sum", statement = "SELECT sum(price) FROM checked", expect { min = 6.85, max = 6.85 } }
  { type = sql, name = "first", statement = "SELECT city FROM checked ORDER BY price DESC LIMIT 1", expect = "Rome" }
  { type = range, column = cost, min = 0 }
]`;

const TOLD = [
  "row-count: yes 4",
  "enough: no 4",
  'nulls(id, city): yes {"id":0,"city":1}',
  'nulls(city, price): no {"city":1,"price":0}',
  'unique(id, city): yes {"rows":4,"duplicates":0}',
  'unique(id): yes {"rows":4,"duplicates":1}',
  'unique(id): no {"rows":4,"duplicates":1}',
  'range(price): yes {"outside":0}',
  'range(price): no {"outside":1}',
  'range(day): no {"outside":1}',
  "schema: yes SCHEMA",
  "schema: no SCHEMA",
  'checks[12]: yes {"rows":0}',
  "cities: yes 2",
  'sum: yes "6.85"',
  'first: no "Oslo"',
  'range(cost): no {"missing":["cost"]}',
];

const engines = [
  ["duckdb", true],
  ["spark", server !== undefined],
] as const;

for (const [engine, there] of engines) {
  describe.skipIf(!there)(`quality.check on ${engine}`, () => {
    test(
      "measures every kind of check and tells it in outputs, in the log and in the audit",
      async () => {
        using dir = tempDir();
        dir.write("orders.csv", ORDERS);
        write(dir, engine, `${SOURCE}, args { most = 10 }, on-failure = warn, ${ALL_CHECKS}`);
        const { exitCode, components, stderr } = await run(dir);
        expect(exitCode, JSON.stringify(components)).toBe(0);
        const { outputs } = components[0] ?? {};
        const checks = outputs?.checks ?? [];
        const lines = told(checks).map((line) => line.replace(/(?<=^schema: \w+ ).*/u, "SCHEMA"));
        expect(lines).toEqual(TOLD);
        expect([outputs?.rows, outputs?.passed, outputs?.failed]).toEqual([4, 9, 8]);
        expect(checks[3]?.message).toBe('1 null in "city" (25 %) of 4 rows, expected at most 0 %');
        expect(checks[8]?.message).toBe("1 value outside of at least 1 in 4 rows");
        expect(checks[11]?.message).toContain('"town" is missing, "city" is not expected');
        expect(stderr).toContain("enough failed: 4 rows, expected at least 5");
        expect(stderr).toContain("8 of 17 quality checks failed");
        const audit = readFileSync(dir.join("audit.jsonl"), "utf8").trim().split("\n");
        const end = audit
          .map((line) => JSON.parse(line) as { event_type: string; quality_checks?: Check[] })
          .find(({ event_type: type }) => type === "component_end");
        expect(told(end?.quality_checks ?? [])).toEqual(told(checks));
      },
      TIMEOUT_MS,
    );

    test(
      "fails before its completion counts, naming each failed check, and goes on with a resume once the data are mended",
      async () => {
        using dir = tempDir();
        dir.write("orders.csv", ORDERS);
        write(
          dir,
          engine,
          `${SOURCE}, checks = [{ type = row-count }]`,
          `${SOURCE}, checks = [{ type = row-count }, { type = unique, columns = [id] }, { type = nulls, columns = [city] }]`,
        );
        const failed = await run(dir);
        expect(failed.exitCode).not.toBe(0);
        expect(failed.components.map(({ status }) => status)).toEqual(["completed", "failed"]);
        const { error, outputs } = failed.components[1] ?? {};
        expect(error?.code).toBe("QUALITY_FAILED");
        expect(error?.message).toBe(
          '2 of 3 quality checks failed: unique(id): 1 duplicate (25 %) in 4 rows, expected at most 0 %; nulls(city): 1 null in "city" (25 %) of 4 rows, expected at most 0 %',
        );
        expect(outputs).toBeNull();
        dir.write("orders.csv", FINE);
        const resumed = await run(dir);
        expect(resumed.exitCode).toBe(0);
        expect(resumed.components.map(({ status }) => status)).toEqual(["restored", "completed"]);
        expect(resumed.components[1]?.outputs?.passed).toBe(3);
      },
      TIMEOUT_MS,
    );

    test(
      "lets as many checks fail as the threshold says, and no more",
      async () => {
        using dir = tempDir();
        dir.write("orders.csv", ORDERS);
        const checks = `checks = [{ type = nulls, columns = [city] }, { type = unique, columns = [id] }]`;
        write(
          dir,
          engine,
          `${SOURCE}, on-failure = threshold, max-failures = 2, ${checks}`,
          `${SOURCE}, on-failure = threshold, max-failures = 1, ${checks}`,
        );
        const { components } = await run(dir);
        expect(components.map(({ status }) => status)).toEqual(["completed", "failed"]);
        expect(components[0]?.outputs?.failed).toBe(2);
      },
      TIMEOUT_MS,
    );

    test(
      "finds an empty table too small and nothing else wrong with it",
      async () => {
        using dir = tempDir();
        dir.write("orders.csv", HEADER);
        write(dir, engine, `${SOURCE}, args { most = 1 }, on-failure = warn, ${ALL_CHECKS}`);
        const [outputs] = await completed(dir);
        const failed = (outputs?.checks ?? []).filter(({ passed }) => !passed).map(({ name }) => name);
        expect(failed).toEqual(["row-count", "enough", "schema", "cities", "sum", "first", "range(cost)"]);
      },
      TIMEOUT_MS,
    );

    test(
      "checks a view of its sources, a query with arguments, and queries alone",
      async () => {
        using dir = tempDir();
        dir.write("orders.csv", ORDERS);
        const sources = `sources { orders { path = "orders.csv", ${SCHEMA} } }`;
        write(
          dir,
          engine,
          `${sources}, of = orders, checks = [{ type = row-count, min = 4 }]`,
          `${sources}, args { city = "Rome" }, statement = "SELECT id FROM orders WHERE city = :city", checks = [{ type = row-count, min = 2, max = 2 }, { type = schema, columns { id = bigint }, exact = true }]`,
          `${sources}, checks = [{ type = sql, statement = "SELECT max(id) FROM orders", expect = 3 }]`,
          `${sources}, of = orders, checks = [{ type = unique, columns = [id], sample-fraction = 0.5, max-percent = 100 }]`,
        );
        const outputs = await completed(dir);
        expect(outputs.map(({ passed, failed }) => [passed, failed])).toEqual([
          [1, 0],
          [2, 0],
          [1, 0],
          [1, 0],
        ]);
      },
      TIMEOUT_MS,
    );

    test(
      "takes columns and bounds with spaces, quotes and backslashes as they are",
      async () => {
        using dir = tempDir();
        dir.write("odd.csv", "odd col,id\nO'Hara,1\nO'Hara,2\n");
        const bound = String.raw`"O'Hara\\"`;
        write(
          dir,
          engine,
          `source { path = "odd.csv", schema { "odd col" = string, id = int } }, on-failure = warn, checks = [
            { type = range, column = "odd col", min = "O'Hara", max = "O'Hara" }
            { type = range, column = "odd col", max = ${bound} }
            { type = range, column = "odd col", min = ${bound} }
            { type = unique, columns = ["odd col", id] }
            { type = nulls, columns = ["ODD COL"] }
            { type = unique, columns = ["odd'col"] }
          ]`,
        );
        const [outputs] = await completed(dir);
        expect(told(outputs?.checks ?? [])).toEqual([
          'range(odd col): yes {"outside":0}',
          'range(odd col): yes {"outside":0}',
          'range(odd col): no {"outside":2}',
          'unique(odd col, id): yes {"rows":2,"duplicates":0}',
          'nulls(ODD COL): yes {"ODD COL":0}',
          `unique(odd'col): no {"missing":["odd'col"]}`,
        ]);
      },
      TIMEOUT_MS,
    );

    test(
      "checks the files of a folder, and none that is hidden",
      async () => {
        using dir = tempDir();
        for (const [name, text] of [
          ["part-1.csv", ORDERS],
          ["part-2.csv", FINE],
          [".part-1.csv.crc", "crc"],
          ["_notes.csv", "a\n"],
        ] as const)
          dir.write(`orders/${name}`, text);
        write(
          dir,
          engine,
          `source { path = "orders", format = csv, ${SCHEMA} }, checks = [{ type = row-count, min = 6, max = 6 }]`,
        );
        expect((await completed(dir)).map(({ passed }) => passed)).toEqual([1]);
      },
      TIMEOUT_MS,
    );

    test(
      "says which check a query's error is about",
      async () => {
        using dir = tempDir();
        dir.write("orders.csv", ORDERS);
        write(
          dir,
          engine,
          `${SOURCE}, checks = [{ type = row-count }, { type = sql, statement = "SELECT nothing FROM checked" }]`,
        );
        const { components } = await run(dir);
        expect(components[0]?.error?.message).toContain("checks[1].statement:1:8: ");
      },
      TIMEOUT_MS,
    );
  });
}

test.skipIf(server === undefined)(
  "quality.check on spark checks a table of the catalog (skipped where the Spark server can't be had)",
  async () => {
    using dir = tempDir();
    const table = `default.checked_${crypto.randomUUID().slice(0, 8)}`;
    dir.write("orders.csv", ORDERS);
    write(dir, "spark", `of = "${table}", checks = [{ type = row-count, min = 2, max = 2 }]`);
    const conf = readFileSync(dir.join("check.conf"), "utf8");
    const sql = (name: string, statement: string): string =>
      `{ instance-type = sql, instance-name = ${name}, instance-config { engine = spark, statements = ["${statement}"] } }\n`;
    dir.write(
      "check.conf",
      conf
        .replace(
          "pipeline-components = [ ",
          (found) => found + sql("Make", `CREATE TABLE ${table} AS SELECT * FROM range(2)`),
        )
        .replace(/\]\n\}\n$/u, (end) => `\n${sql("Drop", `DROP TABLE ${table}`)}${end}`),
    );
    const { exitCode, components } = await run(dir);
    expect(exitCode, JSON.stringify(components)).toBe(0);
    expect(components[1]?.outputs?.passed).toBe(1);
  },
  TIMEOUT_MS,
);

test("what quality.check is to check is refused with its place where it says nothing or too much", async () => {
  using dir = tempDir();
  write(
    dir,
    "duckdb",
    `checks = [{ type = row-count }]`,
    `of = a, statement = "SELECT 1", checks = [{ type = row-count }]`,
    `of = a, on-failure = threshold, checks = [{ type = range, column = id }]`,
    `sources { Checked = "a.csv" }, of = a, checks = [{ type = row-count }]`,
    `of = a, max-failures = 1, checks = [{ type = row-count }]`,
    `of = a, checks = [{ type = row-counts }]`,
  );
  const { code, stdout, stderr } = await runCairn(["validate", "check.conf"], { cwd: dir.path });
  expect(code).not.toBe(0);
  const said = stdout + stderr;
  expect(said).toContain("say what is checked: source, of or statement");
  expect(said).toContain("give one of source, of and statement");
  expect(said).toContain("give min, max or both");
  expect(said).toContain(`a source can't be called "checked"`);
  expect(said).toContain("max-failures belongs to on-failure = threshold");
  expect(said).toContain("row-counts");
});
