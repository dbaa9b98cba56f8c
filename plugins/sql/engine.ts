import type { Argument, Format } from "./sql-config.ts";
import type { Statement } from "./statements.ts";

/** One column of a result, in the engine's own type names. */
export interface SqlColumn {
  readonly name: string;
  readonly type: string;
}

export interface SqlResult {
  readonly rows: number;
  readonly schema: readonly SqlColumn[];
}

/** Files that a view is made of. */
export interface SourceFiles {
  /** Absolute paths, globs and folders of this machine, or URIs; each is a whole of its own, all have the same columns. */
  readonly paths: readonly string[];
  readonly format: Format;
  readonly schema?: Readonly<Record<string, string>> | undefined;
}

/** Where a result is written; nobody sees it before it is published. */
export interface WritePlace {
  readonly format: Format;
  /** A file; absent: a folder. */
  readonly file?: string | undefined;
  /** The folder on this machine, and the same as a URI for engines that are elsewhere. */
  readonly folder: string;
  readonly stagingUri: string;
  readonly partitionBy: readonly string[];
}

/** A value of one row as JSON has it; numbers that JSON can't hold exactly are texts. */
export type SqlCell = string | number | boolean | null;

/**
 * What runs SQL. Laws: a statement runs once; an error has the statement's place; `signal` ends what runs; `close`
 * leaves nothing behind.
 */
export interface SqlEngine {
  /** Makes a view of files. */
  source(name: string, source: SourceFiles): Promise<void>;
  /** Makes a view of a query, for this session alone. */
  view(name: string, statement: Statement): Promise<void>;
  /** Runs a statement for its effect; a query's rows are counted. */
  run(statement: Statement): Promise<SqlResult>;
  /** Writes a query's rows. */
  write(statement: Statement, place: WritePlace): Promise<SqlResult>;
  /** The rows of a query, at most `limit`. */
  rows(statement: Statement, limit: number): Promise<readonly Readonly<Record<string, SqlCell>>[]>;
  close(): Promise<void>;
}

/** What an engine is opened with. */
export interface EngineOptions {
  readonly args: Readonly<Record<string, Argument>>;
  readonly signal: AbortSignal;
  readonly memoryLimit?: string | undefined;
  readonly threads?: number | undefined;
}

/** A statement of ours, for messages. */
export function ownStatement(text: string, source: string): Statement {
  return { text, source, line: 1, column: 1, arguments: [] };
}

/** An identifier in double quotes (DuckDB) or backticks (Spark). */
export function quotedName(name: string, quote: '"' | "`"): string {
  return quote + name.replaceAll(quote, quote + quote) + quote;
}
