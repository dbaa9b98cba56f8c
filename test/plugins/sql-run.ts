import { expect } from "bun:test";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { uuidOf } from "../../src/sdk/component-spark.ts";
import { root } from "../kit/mod.ts";
import { until } from "../run/pipeline-kit.ts";
import { type GatedSettings, GatedRun, idsOf, TIMEOUT_MS } from "../spark/gated-run.ts";

/** What `sql` may be killed in: each has the rows of a query somewhere. */
export type SqlWork = "overwritten" | "appended" | "inserted" | "created";

/** The configuration of `sql` besides its engine. */
const CONFIG: Readonly<Record<SqlWork, (query: string, table: string) => string>> = {
  overwritten: (query) => `statements = [${JSON.stringify(query)}], target { path = "lake/rows" }`,
  appended: (query) =>
    `statements = [${JSON.stringify(query)}], target { path = "lake/rows", mode = append }`,
  // What is inserted comes from a view of the session, which a later attempt needs only where it inserts anew.
  inserted: (query, table) =>
    `statements = [${JSON.stringify(`CREATE TEMPORARY VIEW gated AS ${query}`)}, "INSERT INTO ${table} SELECT * FROM gated"]`,
  created: (query, table) =>
    `statements = [${JSON.stringify(`CREATE TABLE ${table} USING parquet AS ${query}`)}]`,
};

/** A run of one `sql` component on Spark, whose query waits at a gate. */
export class SqlRun extends GatedRun {
  readonly #work: SqlWork;

  constructor(url: string, work: SqlWork, settings: GatedSettings = {}) {
    super(url, { ...settings, pluginFolders: [join(root, "plugins")] });
    this.#work = work;
    const config = CONFIG[work](this.gate.query, this.table);
    this.configure(`instance-type = sql, instance-config { engine = spark, ${config} }`);
  }

  async prepare(): Promise<void> {
    if (this.#work === "inserted") await this.createTable();
  }

  /** Waits until this many attempts have a session on Spark. */
  async attempts(number: number): Promise<void> {
    const isThere = (): boolean => this.journal().includes(`"spark session ${number}"`);
    await until(`attempt ${number}`, isThere, TIMEOUT_MS);
  }

  /** Ends the sessions of all attempts on the server. */
  async forgetSessions(): Promise<void> {
    const sessions = this.journal().matchAll(/"spark session \d+","result":\{"name":"([0-9a-f-]{36})"/g);
    const names = new Set([...sessions].map(([, name = ""]) => name));
    expect(names.size).toBeGreaterThan(0);
    for (const name of names) await this.forget(uuidOf(name));
  }

  /** The rows that are to be seen, in order. */
  async rows(): Promise<readonly number[]> {
    if (this.#work === "inserted" || this.#work === "created") return this.tableRows();
    const folder = this.dir.join("lake/rows");
    if (!existsSync(folder)) return [];
    const parts = readdirSync(folder).filter((name) => !/^[._]/.test(name));
    const read = parts.map((part) => this.spark.read.parquet(join(folder, part)).collect());
    return idsOf((await Promise.all(read)).flat());
  }

  /** Temporary places that are still there. */
  left(): readonly string[] {
    if (!existsSync(this.dir.join("lake"))) return [];
    const found = readdirSync(this.dir.join("lake"), { recursive: true, encoding: "utf8" });
    return found.filter((name) => name.includes(".cairn") || name.includes("_temporary"));
  }
}
