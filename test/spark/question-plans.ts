import { Schema, type SparkSession, StorageLevel } from "../../src/spark/mod.ts";
import type { VerbPlan } from "./verb-plans.ts";

/** What is asked about a plan, and what is kept of its rows. */
export const QUESTION_PLANS: readonly VerbPlan[] = [
  { python: "orders.isLocal()", plan: ({ orders }) => orders.isLocal() },
  { python: "orders.inputFiles()", plan: ({ orders }) => orders.inputFiles() },
  { python: "orders.semanticHash()", plan: ({ orders }) => orders.semanticHash() },
  { python: "orders.sameSemantics(people)", plan: ({ orders, people }) => orders.sameSemantics(people) },
  { python: "orders.explain('formatted')", plan: ({ orders }) => orders.explain("formatted") },
  { python: "orders.cache()", plan: ({ orders }) => orders.cache() },
  {
    python: "orders.persist(StorageLevel.DISK_ONLY_2)",
    plan: ({ orders }) => orders.persist(StorageLevel.DISK_ONLY_2),
  },
  { python: "orders.unpersist(True)", plan: ({ orders }) => orders.unpersist(true) },
  { python: "orders.storageLevel", plan: ({ orders }) => orders.storageLevel() },
  { python: "orders.checkpoint()", plan: ({ orders }) => orders.checkpoint() },
  {
    python: "orders.localCheckpoint(False, StorageLevel.MEMORY_ONLY)",
    plan: ({ orders }) => orders.localCheckpoint({ eager: false, storageLevel: StorageLevel.MEMORY_ONLY }),
  },
  { python: "orders.count()", plan: ({ orders }) => orders.count() },
  { python: "orders.isEmpty()", plan: ({ orders }) => orders.isEmpty() },
  { python: "orders.tail(3)", plan: ({ orders }) => orders.tail(3) },
  { python: "orders.take(3)", plan: ({ orders }) => orders.take(3) },
  { python: "orders.first()", plan: ({ orders }) => orders.first() },
  {
    python: "orders.show(5, False, True)",
    plan: ({ orders }) => orders.showString(5, { truncate: 0, vertical: true }),
  },
  { python: "orders.show()", plan: ({ orders }) => orders.showString() },
  {
    python: "spark.udf.registerJavaFunction('slug', 'com.example.Slug', 'map<string, int>')",
    plan: ({ spark }) => spark.udf.registerJavaFunction("slug", "com.example.Slug", "map<string, int>"),
  },
  {
    python: "spark.udf.registerJavaFunction('slug', 'com.example.Slug', T.LongType())",
    plan: ({ spark }) => spark.udf.registerJavaFunction("slug", "com.example.Slug", { type: "long" }),
  },
  {
    python: "spark.udf.registerJavaFunction('slug', 'com.example.Slug')",
    plan: ({ spark }) => spark.udf.registerJavaFunction("slug", "com.example.Slug"),
  },
  {
    python: "spark.udf.registerJavaUDAF('total', 'com.example.Total')",
    plan: ({ spark }) => spark.udf.registerJavaUDAF("total", "com.example.Total"),
  },
];

/** A question to the catalog: the verb, its arguments in PySpark's words, and ours. */
const CATALOG: readonly (readonly [
  python: string,
  ask: (catalog: SparkSession["catalog"]) => Promise<unknown>,
])[] = [
  ["currentCatalog()", (catalog) => catalog.currentCatalog()],
  ["setCurrentCatalog('c')", (catalog) => catalog.setCurrentCatalog("c")],
  ["listCatalogs('c*')", (catalog) => catalog.listCatalogs("c*")],
  ["listCatalogs()", (catalog) => catalog.listCatalogs()],
  ["currentDatabase()", (catalog) => catalog.currentDatabase()],
  ["setCurrentDatabase('d')", (catalog) => catalog.setCurrentDatabase("d")],
  ["listDatabases('d*')", (catalog) => catalog.listDatabases("d*")],
  ["getDatabase('d')", (catalog) => catalog.getDatabase("d")],
  ["databaseExists('d')", (catalog) => catalog.databaseExists("d")],
  [
    "createDatabase('d', True, {'a': 'b'})",
    (catalog) => catalog.createDatabase("d", { ifNotExists: true, properties: { a: "b" } }),
  ],
  [
    "dropDatabase('d', True, True)",
    (catalog) => catalog.dropDatabase("d", { ifExists: true, cascade: true }),
  ],
  ["listTables('d', 't*')", (catalog) => catalog.listTables("d", "t*")],
  ["listTables()", (catalog) => catalog.listTables()],
  ["listViews('d', 'v*')", (catalog) => catalog.listViews("d", "v*")],
  ["getTable('t')", (catalog) => catalog.getTable("t")],
  ["tableExists('d.t')", (catalog) => catalog.tableExists("d.t")],
  ["listColumns('t')", (catalog) => catalog.listColumns("t")],
  ["listPartitions('t')", (catalog) => catalog.listPartitions("t")],
  ["getTableProperties('t')", (catalog) => catalog.getTableProperties("t")],
  ["getCreateTableString('t', True)", (catalog) => catalog.getCreateTableString("t", true)],
  [
    "createTable('t', '/p', 'csv', T.StructType().add('id', 'long').add('s', 'string'), 'about', header='true')",
    (catalog) =>
      catalog.createTable("t", Schema.parse("id bigint, s string"), {
        path: "/p",
        source: "csv",
        description: "about",
        options: { header: true },
      }),
  ],
  ["dropTable('t', True, True)", (catalog) => catalog.dropTable("t", { ifExists: true, purge: true })],
  ["dropView('v', True)", (catalog) => catalog.dropView("v", { ifExists: true })],
  ["dropTempView('v')", (catalog) => catalog.dropTempView("v")],
  ["dropGlobalTempView('v')", (catalog) => catalog.dropGlobalTempView("v")],
  ["truncateTable('t')", (catalog) => catalog.truncateTable("t")],
  ["analyzeTable('t', True)", (catalog) => catalog.analyzeTable("t", true)],
  ["recoverPartitions('t')", (catalog) => catalog.recoverPartitions("t")],
  ["listFunctions('d', 'f*')", (catalog) => catalog.listFunctions("d", "f*")],
  ["getFunction('f')", (catalog) => catalog.getFunction("f")],
  ["functionExists('f')", (catalog) => catalog.functionExists("f")],
  ["isCached('t')", (catalog) => catalog.isCached("t")],
  ["cacheTable('t')", (catalog) => catalog.cacheTable("t")],
  ["cacheTable('t', StorageLevel.OFF_HEAP)", (catalog) => catalog.cacheTable("t", StorageLevel.OFF_HEAP)],
  ["uncacheTable('t')", (catalog) => catalog.uncacheTable("t")],
  ["clearCache()", (catalog) => catalog.clearCache()],
  ["refreshTable('t')", (catalog) => catalog.refreshTable("t")],
  ["refreshByPath('/p')", (catalog) => catalog.refreshByPath("/p")],
];

/** The catalog's questions. */
export const CATALOG_PLANS: readonly VerbPlan[] = CATALOG.map(([python, ask]) => ({
  python: `spark.catalog.${python}`,
  plan: ({ spark }) => ask(spark.catalog),
}));
