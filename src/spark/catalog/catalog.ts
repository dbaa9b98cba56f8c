import { DataFrame } from "../frame/data-frame.ts";
import type { StorageLevel } from "../frame/storage-level.ts";
import type { ExecuteOptions, PlanRunner } from "../plan-runner.ts";
import type { Field } from "../schema/data-type.ts";
import { type Schema, schemaFrom } from "../schema/schema.ts";
import { typeToMessage } from "../schema/type-message.ts";
import type { Row } from "../value/spark-value.ts";
import type {
  CatalogColumn,
  CatalogDatabase,
  CatalogFunction,
  CatalogMetadata,
  CatalogTable,
  CreateTableOptions,
} from "./catalog-entries.ts";
import { CatalogQuestions } from "./catalog-questions.ts";

/**
 * The server's catalogs: databases, tables, views, functions, and which tables are cached. Names are as SQL has them,
 * with database and catalog before a point where they aren't the current ones; patterns are SQL's (`orders_*|items`).
 * Everything rejects with `SparkError` for what Spark refuses, and takes a `signal`.
 *
 * ```ts
 * if (!(await spark.catalog.tableExists("sales.orders"))) await spark.catalog.createTable("sales.orders", "id bigint, day date");
 * for (const table of await spark.catalog.listTables("sales")) ctx.log.info(`${table.name} is ${table.tableType}`);
 * ```
 */
export class Catalog {
  readonly #runner: PlanRunner;
  readonly #ask: CatalogQuestions;

  constructor(runner: PlanRunner) {
    this.#runner = runner;
    this.#ask = new CatalogQuestions(runner);
  }

  /** The catalog that names without one are looked for in. */
  currentCatalog(options?: ExecuteOptions): Promise<string> {
    return this.#ask.text({ case: "currentCatalog", value: {} }, options);
  }

  /** Makes it the current catalog of this session. */
  async setCurrentCatalog(catalogName: string, options?: ExecuteOptions): Promise<void> {
    await this.#ask.rows({ case: "setCurrentCatalog", value: { catalogName } }, options);
  }

  /** The catalogs that the session has used so far. */
  listCatalogs(pattern?: string, options?: ExecuteOptions): Promise<readonly CatalogMetadata[]> {
    return this.#ask.rows({ case: "listCatalogs", value: given({ pattern }) }, options);
  }

  /** The database that names without one are looked for in. */
  currentDatabase(options?: ExecuteOptions): Promise<string> {
    return this.#ask.text({ case: "currentDatabase", value: {} }, options);
  }

  /** Makes it the current database of this session. */
  async setCurrentDatabase(dbName: string, options?: ExecuteOptions): Promise<void> {
    await this.#ask.rows({ case: "setCurrentDatabase", value: { dbName } }, options);
  }

  /** The databases of the current catalog. */
  listDatabases(pattern?: string, options?: ExecuteOptions): Promise<readonly CatalogDatabase[]> {
    return this.#ask.rows({ case: "listDatabases", value: given({ pattern }) }, options);
  }

  /** A database. @throws SparkError where there is none */
  getDatabase(dbName: string, options?: ExecuteOptions): Promise<CatalogDatabase> {
    return this.#ask.row({ case: "getDatabase", value: { dbName } }, options);
  }

  /** Whether there is a database of that name. */
  databaseExists(dbName: string, options?: ExecuteOptions): Promise<boolean> {
    return this.#ask.truth({ case: "databaseExists", value: { dbName } }, options);
  }

  /** Makes a database. Spark 4.2 and newer. @throws SparkError where it is there, unless `ifNotExists` */
  async createDatabase(
    dbName: string,
    {
      ifNotExists = false,
      properties = {},
      ...options
    }: ExecuteOptions & {
      readonly ifNotExists?: boolean;
      readonly properties?: Readonly<Record<string, string>>;
    } = {},
  ): Promise<void> {
    const value = { dbName, ifNotExists, properties: { ...properties } };
    await this.#ask.rows({ case: "createDatabase", value }, options);
  }

  /** Drops a database; with its tables if `cascade`. Spark 4.2 and newer. @throws SparkError where it is absent, unless `ifExists` */
  async dropDatabase(
    dbName: string,
    {
      ifExists = false,
      cascade = false,
      ...options
    }: ExecuteOptions & { readonly ifExists?: boolean; readonly cascade?: boolean } = {},
  ): Promise<void> {
    await this.#ask.rows({ case: "dropDatabase", value: { dbName, ifExists, cascade } }, options);
  }

  /** Tables and views of a database, the current one by default; temporary views are among them. */
  listTables(dbName?: string, pattern?: string, options?: ExecuteOptions): Promise<readonly CatalogTable[]> {
    return this.#ask.rows({ case: "listTables", value: given({ dbName, pattern }) }, options);
  }

  /** Views of a database, the current one by default. Spark 4.2 and newer. */
  async listViews(
    dbName?: string,
    pattern?: string,
    options?: ExecuteOptions,
  ): Promise<readonly CatalogTable[]> {
    // The server takes a pattern with a database alone.
    const database = pattern === undefined ? dbName : (dbName ?? (await this.currentDatabase(options)));
    return this.#ask.rows({ case: "listViews", value: given({ dbName: database, pattern }) }, options);
  }

  /** A table or view. @throws SparkError where there is none */
  getTable(tableName: string, options?: ExecuteOptions): Promise<CatalogTable> {
    return this.#ask.row({ case: "getTable", value: { tableName } }, options);
  }

  /** Whether there is a table or view of that name, temporary views included. */
  tableExists(tableName: string, options?: ExecuteOptions): Promise<boolean> {
    return this.#ask.truth({ case: "tableExists", value: { tableName } }, options);
  }

  /** The columns of a table or view. @throws SparkError where there is none */
  listColumns(tableName: string, options?: ExecuteOptions): Promise<readonly CatalogColumn[]> {
    return this.#ask.rows({ case: "listColumns", value: { tableName } }, options);
  }

  /** The values of a table's partitions, as `day=2026-01-31/country=DE`. Spark 4.2 and newer. */
  async listPartitions(tableName: string, options?: ExecuteOptions): Promise<readonly string[]> {
    const rows = await this.#ask.rows<{ partition: string }>(
      { case: "listPartitions", value: { tableName } },
      options,
    );
    return rows.map(({ partition }) => partition);
  }

  /** The properties of a table. Spark 4.2 and newer. */
  async getTableProperties(
    tableName: string,
    options?: ExecuteOptions,
  ): Promise<Readonly<Record<string, string>>> {
    const rows = await this.#ask.rows<Row>({ case: "getTableProperties", value: { tableName } }, options);
    return Object.fromEntries(rows.map((row) => Object.values(row).map(String) as [string, string]));
  }

  /** The statement that makes the table; `asSerde` in Hive's words. Spark 4.2 and newer. */
  getCreateTableString(
    tableName: string,
    asSerde: boolean = false,
    options?: ExecuteOptions,
  ): Promise<string> {
    return this.#ask.text({ case: "getCreateTableString", value: { tableName, asSerde } }, options);
  }

  /**
   * Makes a table, and gives it. Without a schema it is that of the data at the path.
   *
   * @throws SparkError where there is one of that name
   */
  async createTable(
    tableName: string,
    schema?: Schema | readonly Field[] | string,
    {
      path,
      source,
      description,
      options: sourceOptions = {},
      ...options
    }: CreateTableOptions & ExecuteOptions = {},
  ): Promise<DataFrame> {
    const value = {
      tableName,
      ...given({ path, source, description }),
      ...(schema !== undefined && { schema: typeToMessage(schemaFrom(schema).type()) }),
      options: Object.fromEntries(
        Object.entries(sourceOptions).map(([name, option]) => [name, String(option)]),
      ),
    };
    await this.#ask.rows({ case: "createTable", value }, options);
    return new DataFrame(this.#runner, {
      relType: {
        case: "read",
        value: { readType: { case: "namedTable", value: { unparsedIdentifier: tableName } } },
      },
    });
  }

  /** Drops a table; `purge` past the trash. Spark 4.2 and newer. @throws SparkError where it is absent, unless `ifExists` */
  async dropTable(
    tableName: string,
    {
      ifExists = false,
      purge = false,
      ...options
    }: ExecuteOptions & { readonly ifExists?: boolean; readonly purge?: boolean } = {},
  ): Promise<void> {
    await this.#ask.rows({ case: "dropTable", value: { tableName, ifExists, purge } }, options);
  }

  /** Drops a view of a database. Spark 4.2 and newer. @throws SparkError where it is absent, unless `ifExists` */
  async dropView(
    viewName: string,
    { ifExists = false, ...options }: ExecuteOptions & { readonly ifExists?: boolean } = {},
  ): Promise<void> {
    await this.#ask.rows({ case: "dropView", value: { viewName, ifExists } }, options);
  }

  /** Drops a temporary view of this session; false where there is none. */
  dropTempView(viewName: string, options?: ExecuteOptions): Promise<boolean> {
    return this.#ask.truth({ case: "dropTempView", value: { viewName } }, options);
  }

  /** Drops a temporary view of all sessions, without `global_temp.` before its name; false where there is none. */
  dropGlobalTempView(viewName: string, options?: ExecuteOptions): Promise<boolean> {
    return this.#ask.truth({ case: "dropGlobalTempView", value: { viewName } }, options);
  }

  /** Deletes all rows of a table. Spark 4.2 and newer. */
  async truncateTable(tableName: string, options?: ExecuteOptions): Promise<void> {
    await this.#ask.rows({ case: "truncateTable", value: { tableName } }, options);
  }

  /** Counts a table's rows and bytes for the optimizer; bytes alone with `noScan`. Spark 4.2 and newer. */
  async analyzeTable(tableName: string, noScan: boolean = false, options?: ExecuteOptions): Promise<void> {
    await this.#ask.rows({ case: "analyzeTable", value: { tableName, noScan } }, options);
  }

  /** Looks for partitions in a table's folder that the catalog doesn't know. */
  async recoverPartitions(tableName: string, options?: ExecuteOptions): Promise<void> {
    await this.#ask.rows({ case: "recoverPartitions", value: { tableName } }, options);
  }

  /** The functions of a database, the current one by default, those that are built in or temporary among them. */
  listFunctions(
    dbName?: string,
    pattern?: string,
    options?: ExecuteOptions,
  ): Promise<readonly CatalogFunction[]> {
    return this.#ask.rows({ case: "listFunctions", value: given({ dbName, pattern }) }, options);
  }

  /** A function. @throws SparkError where there is none */
  getFunction(functionName: string, options?: ExecuteOptions): Promise<CatalogFunction> {
    return this.#ask.row({ case: "getFunction", value: { functionName } }, options);
  }

  /** Whether there is a function of that name, built in or made. */
  functionExists(functionName: string, options?: ExecuteOptions): Promise<boolean> {
    return this.#ask.truth({ case: "functionExists", value: { functionName } }, options);
  }

  /** Whether the table or view is cached. */
  isCached(tableName: string, options?: ExecuteOptions): Promise<boolean> {
    return this.#ask.truth({ case: "isCached", value: { tableName } }, options);
  }

  /** Keeps the table's rows for all sessions once something has read them; in memory and on disk by default. */
  async cacheTable(tableName: string, storageLevel?: StorageLevel, options?: ExecuteOptions): Promise<void> {
    const value = { tableName, ...(storageLevel && { storageLevel: { ...storageLevel } }) };
    await this.#ask.rows({ case: "cacheTable", value }, options);
  }

  /** Gives up what `cacheTable` keeps. */
  async uncacheTable(tableName: string, options?: ExecuteOptions): Promise<void> {
    await this.#ask.rows({ case: "uncacheTable", value: { tableName } }, options);
  }

  /** Gives up everything that is cached on the server, of all sessions. */
  async clearCache(options?: ExecuteOptions): Promise<void> {
    await this.#ask.rows({ case: "clearCache", value: {} }, options);
  }

  /** Looks anew at the table's files, and gives up what is cached of it. */
  async refreshTable(tableName: string, options?: ExecuteOptions): Promise<void> {
    await this.#ask.rows({ case: "refreshTable", value: { tableName } }, options);
  }

  /** As `refreshTable` for everything that is read from the path or below it. */
  async refreshByPath(path: string, options?: ExecuteOptions): Promise<void> {
    await this.#ask.rows({ case: "refreshByPath", value: { path } }, options);
  }
}

/** What was given, without the rest. */
function given<T extends Readonly<Record<string, string | undefined>>>(
  values: T,
): { [Name in keyof T]?: string } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [Name in keyof T]?: string;
  };
}
