import { createRequire } from "node:module";
import type { DuckDBConnection, DuckDBInstance, DuckDBValue } from "@duckdb/node-api";
import { PermanentError } from "cairn";
import {
  type EngineOptions,
  ownStatement,
  quotedName,
  type SourceFiles,
  type SqlCell,
  type SqlEngine,
  type SqlResult,
  type WritePlace,
} from "./engine.ts";
import { sqlError } from "./place.ts";
import { boundArguments, notAQuery } from "./bound-arguments.ts";
import type { Format } from "./sql-config.ts";
import type { Statement } from "./statements.ts";

type DuckDb = typeof import("@duckdb/node-api");

/** DuckDB's number of queries; its enumeration isn't loaded for that. */
const SELECT: number = 1;
/** Its integers that may be wider than JSON's numbers. */
const WHOLE = /^U?(?:BIG|HUGE)INT$/;
/** Classes of DuckDB's errors that another attempt may not see. */
const TRANSIENT: ReadonlySet<string> = new Set(["HTTP", "Connection", "INTERRUPT"]);

/** The package lies beside this plugin; it is loaded when the engine is first used. */
async function load(): Promise<DuckDb> {
  try {
    createRequire(import.meta.url).resolve("@duckdb/node-api");
    return await import("@duckdb/node-api");
  } catch (error) {
    throw new PermanentError(
      "Cannot load DuckDB: its package @duckdb/node-api is not installed beside the sql plugin",
      {
        code: "SQL_NO_DUCKDB",
        hint: `Run "npm install" in ${import.meta.dirname}, or take the release archive, which has it.`,
        cause: error,
      },
    );
  }
}

/** DuckDB in this process: no server, no files but those of the pipeline. */
export async function openDuckDb(options: EngineOptions): Promise<SqlEngine> {
  const { DuckDBInstance: Instance } = await load();
  const settings: Record<string, string> = {};
  if (options.memoryLimit !== undefined) settings["memory_limit"] = options.memoryLimit;
  if (options.threads !== undefined) settings["threads"] = String(options.threads);
  const instance = await Instance.create(":memory:", settings);
  const connection = await instance.connect();
  // Their JSON form has the offset into the statement.
  await connection.run("SET errors_as_json = true");
  return new DuckDbEngine(instance, connection, options);
}

class DuckDbEngine implements SqlEngine {
  readonly #instance: DuckDBInstance;
  readonly #connection: DuckDBConnection;
  readonly #options: EngineOptions;
  readonly #interrupt: () => void;

  constructor(instance: DuckDBInstance, connection: DuckDBConnection, options: EngineOptions) {
    this.#instance = instance;
    this.#connection = connection;
    this.#options = options;
    this.#interrupt = () => connection.interrupt();
    options.signal.addEventListener("abort", this.#interrupt);
  }

  async source(name: string, source: SourceFiles): Promise<void> {
    const text = `CREATE OR REPLACE VIEW ${quotedName(name, '"')} AS SELECT * FROM ${reader(source)}`;
    await this.#do(ownStatement(text, `sources.${name}`), false);
  }

  async view(name: string, statement: Statement): Promise<void> {
    // A view takes no arguments; a table does, and is filled once.
    const kind = statement.arguments.length > 0 ? "TABLE" : "VIEW";
    const before = `CREATE OR REPLACE TEMP ${kind} ${quotedName(name, '"')} AS\n`;
    await this.#do(statement, true, (text) => before + text, before.length);
  }

  async run(statement: Statement): Promise<SqlResult> {
    const prepared = await this.#prepare(statement);
    const isQuery = (prepared.statementType as number) === SELECT;
    return this.#guarded(statement, async () => {
      const result = await prepared.stream();
      const schema = columnsOf(result);
      if (!isQuery) return { rows: result.rowsChanged, schema: [] };
      let rows = 0;
      for (
        let chunk = await result.fetchChunk();
        chunk !== null && chunk.rowCount > 0;
        chunk = await result.fetchChunk()
      )
        rows += chunk.rowCount;
      return { rows, schema };
    });
  }

  async write(statement: Statement, place: WritePlace): Promise<SqlResult> {
    const prepared = await this.#prepare(statement);
    if ((prepared.statementType as number) !== SELECT) {
      throw notAQuery(statement);
    }
    const schema = Array.from({ length: prepared.columnCount }, (_, at) => ({
      name: prepared.columnName(at),
      type: String(prepared.columnType(at)),
    }));
    const before = "COPY (\n";
    const copied = await this.#do(
      statement,
      true,
      (text) => `${before}${text}\n) TO ${writer(place)}`,
      before.length,
    );
    return { rows: copied, schema };
  }

  async rows(statement: Statement, limit: number): Promise<readonly Readonly<Record<string, SqlCell>>[]> {
    const prepared = await this.#prepare(statement);
    return this.#guarded(statement, async () => {
      const reader = await prepared.streamAndReadUntil(limit);
      const whole = reader.columnNames().filter((_, at) => WHOLE.test(String(reader.columnType(at))));
      const rows = reader.getRowObjectsJson().slice(0, limit) as Record<string, SqlCell>[];
      // Their JSON has all wide integers as texts.
      for (const row of rows) for (const name of whole) row[name] = safeNumber(row[name] ?? null);
      return rows;
    });
  }

  close(): Promise<void> {
    this.#options.signal.removeEventListener("abort", this.#interrupt);
    this.#connection.closeSync();
    this.#instance.closeSync();
    return Promise.resolve();
  }

  /** Runs a statement, or what is made of it; gives the number of rows that it changed. */
  async #do(
    statement: Statement,
    bound: boolean,
    make: (text: string) => string = (text) => text,
    shift = 0,
  ): Promise<number> {
    return this.#guarded(
      statement,
      async () => {
        const text = make(bound ? translated(statement) : statement.text);
        const result = await this.#connection.run(text, bound ? this.#values(statement) : undefined);
        return result.rowsChanged;
      },
      shift,
    );
  }

  async #prepare(statement: Statement) {
    return this.#guarded(statement, async () => {
      const prepared = await this.#connection.prepare(translated(statement));
      const values = this.#values(statement);
      if (values !== undefined) prepared.bind(values);
      return prepared;
    });
  }

  /** The values of a statement's arguments; DuckDB refuses those that it does not use. */
  #values(statement: Statement): Record<string, DuckDBValue> | undefined {
    const values = boundArguments(statement, this.#options.args);
    return statement.arguments.length === 0 ? undefined : values;
  }

  async #guarded<T>(statement: Statement, work: () => Promise<T>, shift = 0): Promise<T> {
    try {
      this.#options.signal.throwIfAborted();
      return await work();
    } catch (error) {
      this.#options.signal.throwIfAborted();
      throw duckError(statement, error, shift);
    }
  }
}

/** DuckDB writes `$name` where Spark writes `:name`; both are as long. */
function translated({ text, arguments: found }: Statement): string {
  let made = text;
  for (const { at } of found) made = `${made.slice(0, at)}$${made.slice(at + 1)}`;
  return made;
}

function safeNumber(cell: SqlCell): SqlCell {
  const number = Number(cell);
  return cell !== null && Number.isSafeInteger(number) ? number : cell;
}

function columnsOf(result: { columnNames(): readonly string[]; columnTypes(): readonly unknown[] }) {
  const types = result.columnTypes();
  return result.columnNames().map((name, at) => ({ name, type: String(types[at]) }));
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** The table function that reads a source. */
function reader({ paths, format, schema }: SourceFiles): string {
  const options = [`[${paths.map(literal).join(", ")}]`, "union_by_name = true"];
  // Folders such as `day=2026-11-23` are columns.
  options.push(`hive_partitioning = ${String(paths.some((path) => /=[^/]*\/|\*\*/.test(path)))}`);
  if (format === "csv") options.push("header = true");
  if (format === "json") options.push("format = 'newline_delimited'");
  if (schema !== undefined && format !== "parquet") {
    const columns = Object.entries(schema).map(([name, type]) => `${literal(name)}: ${literal(type)}`);
    options.push(`columns = {${columns.join(", ")}}`);
  }
  return `read_${format}(${options.join(", ")})`;
}

const OPTIONS: Readonly<Record<Format, string>> = {
  parquet: "FORMAT parquet, COMPRESSION zstd",
  csv: "FORMAT csv, HEADER true",
  json: "FORMAT json",
};

function writer({ format, file, folder, partitionBy }: WritePlace): string {
  if (file !== undefined) return `${literal(file)} (${OPTIONS[format]})`;
  if (partitionBy.length === 0) return `${literal(`${folder}/data.${format}`)} (${OPTIONS[format]})`;
  const columns = partitionBy.map((name) => quotedName(name, '"')).join(", ");
  return `${literal(folder)} (${OPTIONS[format]}, PARTITION_BY (${columns}), OVERWRITE_OR_IGNORE true)`;
}

const IN_VIEW = "A view can't hold arguments: use them in the query, or CREATE TEMPORARY TABLE … AS.";

/** What DuckDB said, with its offset: bytes from the beginning of the text, the COPY around a query included. */
function duckError(statement: Statement, error: unknown, shift: number): Error {
  if (!(error instanceof Error)) return new PermanentError(String(error));
  if (error instanceof PermanentError) return error;
  const json = /\{.*\}/s.exec(error.message)?.[0];
  let said: Readonly<Record<string, unknown>>;
  try {
    said = json === undefined ? {} : (JSON.parse(json) as Readonly<Record<string, unknown>>);
  } catch {
    said = {};
  }
  const { exception_type: type, exception_message: message, position } = said;
  const bytes = typeof position === "string" ? Number(position) - shift : Number.NaN;
  const text = Buffer.from(statement.text);
  const inText = bytes >= 0 && bytes <= text.length;
  return sqlError(statement, {
    message: typeof message === "string" ? message.trimEnd() : error.message,
    code: typeof type === "string" ? `SQL_${type.toUpperCase().replaceAll(/[^A-Z]+/g, "_")}` : undefined,
    at: inText ? text.subarray(0, bytes).toString().length : undefined,
    hint: error.message.includes("prepared parameter") ? IN_VIEW : undefined,
    transient: typeof type === "string" && TRANSIENT.has(type),
    cause: error,
  });
}
