import type { ComponentContext } from "cairn";
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
import type { Statement } from "./statements.ts";

/** What the engine needs of a session. */
export type EngineSpark = Pick<ComponentContext["spark"], "sql" | "read">;
type DataFrame = Awaited<ReturnType<EngineSpark["sql"]>>;
/** What a statement or write is sent with. */
type SentWith = Parameters<EngineSpark["sql"]>[2];

/** Spark behind `ctx.spark`; files are read and written by the server, so their paths are its own. */
export class SparkEngine implements SqlEngine {
  readonly #spark: EngineSpark;
  readonly #options: EngineOptions;

  constructor(spark: EngineSpark, options: EngineOptions) {
    this.#spark = spark;
    this.#options = options;
  }

  async source(name: string, source: SourceFiles): Promise<void> {
    const statement = ownStatement(source.paths.join(", "), `sources.${name}`);
    await guarded(statement, async () => {
      const frame = this.#read(source);
      await frame.createOrReplaceTempView(name);
    });
  }

  async view(name: string, statement: Statement): Promise<void> {
    await guarded(statement, async () => {
      const frame = await this.send(statement);
      await frame.createOrReplaceTempView(name);
    });
  }

  async run(statement: Statement): Promise<SqlResult> {
    return guarded(statement, async () => this.resultOf(await this.send(statement)));
  }

  /** Runs a statement now, or looks at a query. @throws `SparkError` as it is, for whoever asks for its operation */
  send(statement: Statement, operation?: SentWith): Promise<DataFrame> {
    const args = boundArguments(statement, this.#options.args);
    return this.#spark.sql(statement.text, args, { signal: this.#options.signal, ...operation });
  }

  async resultOf(frame: DataFrame): Promise<SqlResult> {
    const schema = await columnsOf(frame);
    return { rows: schema.length === 0 ? 0 : await frame.count(), schema };
  }

  /** @param begin called with the columns before the write is sent; gives what it is sent with */
  async write(
    statement: Statement,
    place: WritePlace,
    begin: (schema: SqlResult["schema"]) => Promise<SentWith> = () => Promise.resolve(undefined),
  ): Promise<SqlResult> {
    return guarded(statement, async () => {
      const frame = await this.send(statement);
      const schema = await columnsOf(frame);
      if (schema.length === 0) {
        throw notAQuery(statement);
      }
      const writer = frame.write.mode("append").format(place.format);
      if (place.format === "csv") writer.option("header", true);
      if (place.partitionBy.length > 0) writer.partitionBy(...place.partitionBy);
      await writer.save(place.stagingUri, await begin(schema));
      return { rows: await this.rowsIn(place), schema };
    });
  }

  /** The number of rows that were written to a place. */
  rowsIn({ format, stagingUri }: WritePlace): Promise<number> {
    return this.#reader(format).load(stagingUri).count();
  }

  async rows(statement: Statement, limit: number): Promise<readonly Readonly<Record<string, SqlCell>>[]> {
    return guarded(statement, async () => {
      const frame = (await this.send(statement)).limit(limit);
      const rows = await frame.collect();
      return rows.map((row) =>
        Object.fromEntries(Object.entries(row).map(([name, value]) => [name, cellOf(value)])),
      );
    });
  }

  /** The session is its opener's. */
  close(): Promise<void> {
    return Promise.resolve();
  }

  #reader(format: string): EngineSpark["read"] {
    const reader = this.#spark.read.format(format);
    return format === "csv" ? reader.option("header", true) : reader;
  }

  #read({ paths, format, schema }: SourceFiles): DataFrame {
    let reader = this.#reader(format);
    if (schema !== undefined) {
      reader = reader.schema(
        Object.entries(schema)
          .map(([name, type]) => `${quotedName(name, "`")} ${type}`)
          .join(", "),
      );
    } else if (format === "csv") reader = reader.option("inferSchema", true);
    const [first, ...others] = paths.map((path) => reader.load(path));
    if (first === undefined) throw new TypeError("a source has files");
    return others.reduce((all, one) => all.unionByName(one), first);
  }
}

/** The columns and their types as Spark writes them in a line: `bigint`, `decimal(10,2)`, `array<string>`. */
async function columnsOf(frame: DataFrame): Promise<SqlResult["schema"]> {
  const schema = await frame.schema();
  let rest = schema.simpleString().slice("struct<".length, -1);
  return schema.names().map((name) => {
    const from = name.length + 1;
    const end = endOfType(rest, from);
    const type = rest.slice(from, end);
    rest = rest.slice(end + 1);
    return { name, type };
  });
}

/** Where a type ends: at a comma outside of all brackets. */
function endOfType(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    if (text[at] === "," && depth === 0) return at;
    if (/[<(]/.test(text.charAt(at))) depth++;
    if (/[>)]/.test(text.charAt(at))) depth--;
  }
  return text.length;
}

function cellOf(value: unknown): SqlCell {
  if (value === null || value === undefined) return null;
  if (typeof value === "boolean" || typeof value === "number" || typeof value === "string") return value;
  if (typeof value === "bigint") {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : String(value);
  }
  if (value instanceof Date) return value.toISOString();
  // Spark's own values (decimals, dates and times to the microsecond) have a text of their own; nested ones are JSON.
  const own: unknown = Reflect.get(Object(value), "toString");
  const isPlain = own === Object.prototype.toString || Array.isArray(value) || value instanceof Map;
  return !isPlain && typeof own === "function"
    ? (Reflect.apply(own, value, []) as string)
    : JSON.stringify(value);
}

/** Spark's errors have the place in the query; other ones pass. */
export async function guarded<T>(statement: Statement, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw sparkError(statement, error);
  }
}

/** What `SparkError` says besides its message. */
interface SparkComplaint extends Error {
  readonly errorClass?: string | undefined;
  readonly place?: { readonly line: number; readonly column: number } | undefined;
}

function sparkError(statement: Statement, error: unknown): unknown {
  if (!(error instanceof Error) || error.name !== "SparkError") return error;
  const { errorClass, place, message } = error as SparkComplaint;
  const steering: unknown = Reflect.get(error, Symbol.for("cairn.steering"));
  const text = place === undefined ? message : (message.split(" (line ")[0] ?? message);
  return sqlError(statement, {
    message: text,
    code: errorClass === undefined ? undefined : `SQL_${errorClass.replaceAll(".", "_")}`,
    at: place === undefined ? undefined : offsetOf(statement.text, place),
    transient: steering !== "permanent",
    cause: error,
  });
}

function offsetOf(
  text: string,
  { line, column }: { readonly line: number; readonly column: number },
): number {
  const before = text.split("\n").slice(0, line - 1);
  return before.reduce((sum, one) => sum + one.length + 1, 0) + column - 1;
}
