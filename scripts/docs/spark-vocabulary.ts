/** A class of PySpark's and what stands for it here. */
export interface VocabularyPart {
  readonly title: string;
  /** One of PySpark's, for the test that compares the names. */
  readonly pyspark: string;
  /** Where this client's is: its files below `src/spark/`, those of what it extends first; `FILE#CLASS` is one class. */
  readonly files: readonly string[];
  /** Names of PySpark's that go by another one here, or aren't here, each with what to do instead. */
  readonly other: Readonly<Record<string, string>>;
}

const PYTHON = "not here: for functions of Python";
const STREAMS = "not here: no streaming queries";
const PANDAS = "not here: no pandas";

/** The vocabulary in the order of its page. To add a class: a part here, and its names are tested and documented. */
export const vocabulary: readonly VocabularyPart[] = [
  {
    title: "SparkSession",
    pyspark: "spark",
    files: ["session/spark-session.ts#SparkSession"],
    other: {
      Builder: "`spark.config` of the pipeline, or `openSession`'s options",
      builder: "`spark.config` of the pipeline, or `openSession`'s options",
      Hook: "not here",
      active: "`ctx.spark`",
      getActiveSession: "`ctx.spark`",
      newSession: "`ctx.spark.named(key)`, a session of its own",
      cloneSession: "not here",
      is_stopped: "not here",
      session_id: "`sessionId`",
      getTags: "`tags`",
      addArtifacts: "`addArtifact`, one at a time",
      copyFromLocalToFs: "not here: `addArtifact`, or a write of a DataFrame",
      registerProgressHandler: "`ctx.progress` is told; `onProgress` of an action",
      removeProgressHandler: "`onProgress` of an action",
      clearProgressHandlers: "`onProgress` of an action",
      client: "not here",
      dataSource: PYTHON,
      udtf: PYTHON,
      profile: PYTHON,
      readStream: STREAMS,
      streams: STREAMS,
    },
  },
  {
    title: "DataFrame",
    pyspark: "spark.range(1)",
    files: [
      "frame/runnable-frame.ts",
      "frame/answered-frame.ts",
      "frame/column-verbs.ts",
      "frame/row-verbs.ts",
      "frame/combining-verbs.ts",
      "frame/data-frame.ts",
    ],
    other: {
      show: "`showString` gives the text: `ctx.log.info(await df.showString())`",
      printSchema: "`(await df.schema()).treeString()`",
      is_cached: "`isCached`",
      drop_duplicates: "`dropDuplicates`",
      groupby: "`groupBy`",
      toLocalIterator: "`rows`",
      registerTempTable: "`createOrReplaceTempView`",
      sparkSession: "not here: the session is at hand",
      executionInfo: "not here: `onProgress`, Observation",
      asTable: "not here: only Python's table functions take tables",
      rdd: "not here: Spark Connect has no RDDs",
      plot: PANDAS,
      toPandas: "`toArrow`, for any Arrow library",
      pandas_api: PANDAS,
      mapInPandas: PYTHON,
      mapInArrow: PYTHON,
      foreach: "`rows`, which run here",
      foreachPartition: "`arrowBatches`, which run here",
      isStreaming: STREAMS,
      writeStream: STREAMS,
      withWatermark: STREAMS,
      dropDuplicatesWithinWatermark: STREAMS,
    },
  },
  {
    title: "DataFrameNaFunctions: `df.na`",
    pyspark: "spark.range(1).na",
    files: ["frame/na-functions.ts"],
    other: {},
  },
  {
    title: "DataFrameStatFunctions: `df.stat`",
    pyspark: "spark.range(1).stat",
    files: ["frame/stat-functions.ts"],
    other: {},
  },
  {
    title: "GroupedData: `df.groupBy(…)`",
    pyspark: "spark.range(1).groupBy()",
    files: ["frame/grouped-data.ts"],
    other: {
      apply: PYTHON,
      applyInArrow: PYTHON,
      applyInPandas: PYTHON,
      applyInPandasWithState: PYTHON,
      cogroup: PYTHON,
      transformWithState: PYTHON,
      transformWithStateInPandas: PYTHON,
    },
  },
  {
    title: "Column",
    pyspark: "F.col('x')",
    files: ["frame/column.ts"],
    other: {
      asc_nulls_first: "`ascNullsFirst`",
      asc_nulls_last: "`ascNullsLast`",
      desc_nulls_first: "`descNullsFirst`",
      desc_nulls_last: "`descNullsLast`",
      astype: "`cast`",
      name: "`alias`",
      try_cast: "`tryCast`",
      bitwiseAND: "`bitwiseAnd`",
      bitwiseOR: "`bitwiseOr`",
      bitwiseXOR: "`bitwiseXor`",
      startswith: "`startsWith`",
      endswith: "`endsWith`",
      to_plan: "not here",
    },
  },
  {
    title: "Window",
    pyspark: "Window.partitionBy()",
    files: ["frame/window.ts"],
    other: {},
  },
  {
    title: "DataFrameReader: `spark.read`",
    pyspark: "spark.read",
    files: ["io/source-settings.ts", "io/data-frame-reader.ts"],
    other: {},
  },
  {
    title: "DataFrameWriter: `df.write`",
    pyspark: "spark.range(1).write",
    files: ["io/source-settings.ts", "io/data-frame-writer.ts"],
    other: {},
  },
  {
    title: "DataFrameWriterV2: `df.writeTo(table)`",
    pyspark: "spark.range(1).writeTo('t')",
    files: ["io/source-settings.ts#OptionSettings", "io/data-frame-writer-v2.ts"],
    other: {},
  },
  {
    title: "MergeIntoWriter: `df.mergeInto(table, condition)`",
    pyspark: "spark.range(1).mergeInto('t', F.lit(True))",
    files: ["io/merge-into-writer.ts"],
    other: {
      WhenMatched: "what `whenMatched` gives",
      WhenNotMatched: "what `whenNotMatched` gives",
      WhenNotMatchedBySource: "what `whenNotMatchedBySource` gives",
    },
  },
  {
    title: "Catalog: `spark.catalog`",
    pyspark: "spark.catalog",
    files: ["catalog/catalog.ts"],
    other: { createExternalTable: "`createTable`", registerFunction: PYTHON },
  },
  {
    title: "UDFRegistration: `spark.udf`",
    pyspark: "spark.udf",
    files: ["catalog/udf-registration.ts"],
    other: { register: PYTHON },
  },
  {
    title: "TableValuedFunctions: `spark.tvf`",
    pyspark: "spark.tvf",
    files: ["frame/table-valued-functions.ts"],
    other: {
      range: "`spark.range`",
      explode_outer: "`explodeOuter`",
      posexplode_outer: "`posexplodeOuter`",
      inline_outer: "`inlineOuter`",
      json_tuple: "`jsonTuple`",
      variant_explode: "`variantExplode`",
      variant_explode_outer: "`variantExplodeOuter`",
      sql_keywords: "`sqlKeywords`",
      python_worker_logs: '`call("python_worker_logs")`',
    },
  },
  {
    title: "RuntimeConf: `spark.conf`",
    pyspark: "spark.conf",
    files: ["session/runtime-conf.ts"],
    other: {},
  },
  {
    title: "Observation",
    pyspark: "Observation('x')",
    files: ["frame/observation.ts"],
    other: {},
  },
];

/** Functions of PySpark's that go by another name here, or aren't here; all others are called the same in camel case. */
export const otherFunctions: Readonly<Record<string, string>> = {
  column: "`col`",
  call_udf: "`callFunction`",
  listagg_distinct: '`fnDistinct("listagg", …)`',
  string_agg_distinct: '`fnDistinct("string_agg", …)`',
  unwrap_udt: PYTHON,
  udf: PYTHON,
  pandas_udf: PYTHON,
  arrow_udf: PYTHON,
  udtf: PYTHON,
  arrow_udtf: PYTHON,
  UserDefinedFunction: PYTHON,
  UserDefinedTableFunction: PYTHON,
  ArrowUDFType: PYTHON,
  PandasUDFType: PYTHON,
  AnalyzeArgument: PYTHON,
  AnalyzeResult: PYTHON,
  OrderingColumn: PYTHON,
  PartitioningColumn: PYTHON,
  SelectedColumn: PYTHON,
  SkipRestOfInputTableException: PYTHON,
};
