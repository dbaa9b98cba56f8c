import { mkdir, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";

/** A row as JSON: integers beyond 2^53 come as text. */
export type Row = Record<string, unknown>;

/** What a component may ask of the engine. */
export interface Duck {
  /** Runs one statement and gives its rows. */
  rows(sql: string): Promise<Row[]>;
  /** The first column of the first row as a number. */
  number(sql: string): Promise<number>;
  /**
   * Writes a query's rows to `target` so that a reader sees either nothing or all of it:
   * a temporary file beside it, then a rename. Gives the number of rows.
   */
  copy(sql: string, target: string, format: "parquet" | "csv"): Promise<number>;
}

/** Text as an SQL literal. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** Opens an in-memory DuckDB for the time of `work`; an abort interrupts the statement that runs. */
export async function withDuck<T>(signal: AbortSignal, work: (duck: Duck) => Promise<T>): Promise<T> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  const interrupt = (): void => connection.interrupt();
  signal.addEventListener("abort", interrupt, { once: true });
  const rows = async (sql: string): Promise<Row[]> => {
    signal.throwIfAborted();
    return (await connection.runAndReadAll(sql)).getRowObjectsJson();
  };
  const number = async (sql: string): Promise<number> => Number(Object.values((await rows(sql))[0] ?? {})[0]);
  const copy: Duck["copy"] = async (sql, target, format) => {
    await mkdir(dirname(target), { recursive: true });
    const temporary = `${target}.tmp`;
    const options = format === "parquet" ? "format parquet, compression zstd" : "format csv, header true";
    try {
      const count = await number(`copy (${sql}) to ${quoted(temporary)} (${options})`);
      await rename(temporary, target);
      return count;
    } finally {
      await rm(temporary, { force: true });
    }
  };
  try {
    return await work({ rows, number, copy });
  } finally {
    signal.removeEventListener("abort", interrupt);
    connection.closeSync();
    instance.closeSync();
  }
}
