import {
  callFunction,
  col,
  type Column,
  type DataFrame,
  expr,
  functions as F,
  lit,
  Observation,
  type SparkSession,
} from "../../src/spark/mod.ts";

/** A verb in PySpark's words and in ours, of tables that needn't be there. What isn't a DataFrame sends a message. */
export interface VerbPlan {
  readonly python: string;
  readonly plan: (given: Given) => DataFrame | Promise<unknown>;
}

interface Given {
  readonly orders: DataFrame;
  readonly people: DataFrame;
  readonly spark: SparkSession;
}

const price: Column = col("price");

/** Verbs of columns and rows. */
export const ROW_PLANS: readonly VerbPlan[] = [
  {
    python: "orders.select(orders.colRegex('`p.*`'))",
    plan: ({ orders }) => orders.select(orders.colRegex("`p.*`")),
  },
  {
    python: "orders.select(orders.metadataColumn('_metadata'))",
    plan: ({ orders }) => orders.select(orders.metadataColumn("_metadata")),
  },
  {
    python: "orders.withMetadata('price', {'unit': 'EUR', 'deep': [1, None]})",
    plan: ({ orders }) => orders.withMetadata("price", { unit: "EUR", deep: [1, null] }),
  },
  {
    python:
      "orders.to(T.StructType().add('id', T.LongType(), False).add('tags', T.ArrayType(T.StringType())))",
    plan: ({ orders }) => orders.to("id bigint NOT NULL, tags array<string>"),
  },
  {
    python: "orders.unpivot('id', ['a', col('b')], 'name', 'value')",
    plan: ({ orders }) => orders.unpivot("id", ["a", col("b")], "name", "value"),
  },
  {
    python: "orders.melt(['id', 'day'], None, 'name', 'value')",
    plan: ({ orders }) => orders.melt(["id", "day"], null, "name", "value"),
  },
  { python: "orders.transpose()", plan: ({ orders }) => orders.transpose() },
  { python: "orders.transpose('id')", plan: ({ orders }) => orders.transpose("id") },
  { python: "orders.toJSON()", plan: ({ orders }) => orders.toJSON() },
  { python: "orders.zipWithIndex('nr')", plan: ({ orders }) => orders.zipWithIndex("nr") },
  {
    python: "orders.sortWithinPartitions(col('a').desc_nulls_last(), col('b').asc_nulls_first())",
    plan: ({ orders }) => orders.sortWithinPartitions(col("a").descNullsLast(), col("b").ascNullsFirst()),
  },
  { python: "orders.dropDuplicates(['id'])", plan: ({ orders }) => orders.dropDuplicates("id") },
  {
    python: "orders.sample(True, 1.5, 3)",
    plan: ({ orders }) => orders.sample(1.5, { withReplacement: true, seed: 3 }),
  },
  ...[0, 1, 2].map((index): VerbPlan => ({
    python: `orders.randomSplit([1.0, 2.0, 5.0], 24)[${index}]`,
    plan: ({ orders }) => orders.randomSplit([1, 2, 5], 24)[index] as DataFrame,
  })),
  {
    python: "orders.sampleBy('country', {'DE': 0.5, 'FR': 1.0}, 7)",
    plan: ({ orders }) => orders.sampleBy("country", { DE: 0.5, FR: 1 }, 7),
  },
  {
    python: "orders.stat.sampleBy(col('count'), {1: 0.25}, 7)",
    plan: ({ orders }) => orders.stat.sampleBy(col("count"), new Map([[1, 0.25]]), 7),
  },
  {
    python: "orders.repartitionByRange(3, 'id', col('day').desc())",
    plan: ({ orders }) => orders.repartitionByRange(3, "id", col("day").desc()),
  },
  { python: "orders.repartitionByRange('id')", plan: ({ orders }) => orders.repartitionByRange("id") },
  {
    python: "orders.repartitionById(4, col('id') % 4)",
    plan: ({ orders }) => orders.repartitionById(4, col("id").mod(4)),
  },
  { python: "orders.repartition('id', 'day')", plan: ({ orders }) => orders.repartition("id", "day") },
  { python: "orders.hint('rebalance', 3, 'id')", plan: ({ orders }) => orders.hint("rebalance", 3, "id") },
  {
    python: "orders.observe(Observation('seen'), F.count('*').alias('rows'), F.max('price'))",
    plan: ({ orders }) => orders.observe(new Observation("seen"), F.count("*").alias("rows"), F.max("price")),
  },
  {
    python: "orders.select(F.call_function('tools.slug', 'who', lit('x')))",
    plan: ({ orders }) => orders.select(callFunction("tools.slug", "who", lit("x"))),
  },
  { python: "orders.agg({'price': 'max'})", plan: ({ orders }) => orders.agg({ price: "max" }) },
  {
    python: "orders.groupingSets([['country', 'day'], ['country'], []], 'country', 'day').count()",
    plan: ({ orders }) =>
      orders.groupingSets([["country", "day"], ["country"], []], "country", "day").count(),
  },
  { python: "orders.dropna('all')", plan: ({ orders }) => orders.dropna({ how: "all" }) },
  {
    python: "orders.na.drop(thresh=2, subset=['a', 'b', 'c'])",
    plan: ({ orders }) => orders.na.drop({ thresh: 2, subset: ["a", "b", "c"] }),
  },
  {
    python: "orders.fillna({'price': 1.5, 'count': 0, 'who': '?', 'paid': False})",
    plan: ({ orders }) => orders.fillna({ price: 1.5, count: 0, who: "?", paid: false }),
  },
  { python: "orders.na.fill(True, ['paid'])", plan: ({ orders }) => orders.na.fill(true, "paid") },
  { python: "orders.replace(1, 2)", plan: ({ orders }) => orders.replace(1, 2) },
  {
    python: "orders.replace(['?', '-'], None, ['who'])",
    plan: ({ orders }) => orders.replace(["?", "-"], null, "who"),
  },
  {
    python: "orders.na.replace({1.5: 2, 3: None}, subset=['price', 'count'])",
    plan: ({ orders }) =>
      orders.na.replace(
        new Map([
          [1.5, 2],
          [3, null],
        ]),
        "price",
        "count",
      ),
  },
  { python: "orders.replace(True, False)", plan: ({ orders }) => orders.replace(true, false) },
  { python: "orders.describe('price', 'who')", plan: ({ orders }) => orders.describe("price", "who") },
  { python: "orders.summary()", plan: ({ orders }) => orders.summary() },
  { python: "orders.summary('count', '75%')", plan: ({ orders }) => orders.summary("count", "75%") },
  { python: "orders.crosstab('who', 'country')", plan: ({ orders }) => orders.crosstab("who", "country") },
  { python: "orders.freqItems(['who'])", plan: ({ orders }) => orders.freqItems(["who"]) },
  {
    python: "orders.stat.freqItems(['who', 'country'], 0.3)",
    plan: ({ orders }) => orders.stat.freqItems(["who", "country"], 0.3),
  },
  { python: "orders.corr('price', 'count')", plan: ({ orders }) => orders.corr("price", "count") },
  { python: "orders.stat.cov('price', 'count')", plan: ({ orders }) => orders.stat.cov("price", "count") },
  {
    python: "orders.approxQuantile(['price', 'count'], [0.25, 0.5], 0.1)",
    plan: ({ orders }) => orders.approxQuantile(["price", "count"], [0.25, 0.5], 0.1),
  },
];

/** Verbs of two DataFrames, and subqueries. */
export const PAIR_PLANS: readonly VerbPlan[] = [
  {
    python: "orders.filter(col('price') > orders.agg(F.avg('price')).scalar())",
    plan: ({ orders }) => orders.filter(price.gt(orders.agg(F.avg("price")).scalar())),
  },
  {
    python:
      "people.alias('p').filter(~orders.filter(col('who') == col('p.who').outer()).exists()).select('who')",
    plan: ({ orders, people }) =>
      people
        .alias("p")
        .filter(
          orders
            .filter(col("who").eq(col("p.who").outer()))
            .exists()
            .not(),
        )
        .select("who"),
  },
  {
    python:
      "(lambda q: q.join(people, q.who == people.who))(orders.withColumn('m', orders.agg(F.max('id')).scalar()))",
    plan: ({ orders, people }) => {
      const with_ = orders.withColumn("m", orders.agg(F.max("id")).scalar());
      return with_.join(people, with_.col("who").eq(people.col("who")));
    },
  },
  {
    python: "orders.where(col('who').isin(people.select('who')))",
    plan: ({ orders, people }) => orders.where(col("who").isin(people.select("who"))),
  },
  {
    python: "orders.where(F.struct('who', 'day').isin(people.select('who', 'born')))",
    plan: ({ orders, people }) => orders.where(F.struct("who", "day").isin(people.select("who", "born"))),
  },
  {
    python:
      "people.alias('p').lateralJoin(orders.filter(col('who') == col('p.who').outer()).limit(3), how='left')",
    plan: ({ orders, people }) =>
      people
        .alias("p")
        .lateralJoin(orders.filter(col("who").eq(col("p.who").outer())).limit(3), undefined, "left"),
  },
  {
    python: "people.lateralJoin(spark.tvf.explode(col('tags').outer()), lit(True))",
    plan: ({ people, spark }) => people.lateralJoin(spark.tvf.explode(col("tags").outer()), lit(true)),
  },
  {
    python:
      "orders.nearestByJoin(people, F.abs(orders.id - people.age), 2, 'approx', 'distance', joinType='leftouter')",
    plan: ({ orders, people }) =>
      orders.nearestByJoin(people, F.abs(orders.col("id").minus(people.col("age"))), {
        count: 2,
        mode: "approx",
        how: "left",
      }),
  },
  {
    python: "orders.select('id').zip(orders.select('who'))",
    plan: ({ orders }) => orders.select("id").zip(orders.select("who")),
  },
  { python: "orders.unionAll(orders)", plan: ({ orders }) => orders.unionAll(orders) },
  {
    python: "spark.tvf.json_tuple(lit('{}'), lit('a'))",
    plan: ({ spark }) => spark.tvf.jsonTuple(lit("{}"), lit("a")),
  },
  { python: "spark.tvf.stack(lit(2), lit(1), lit(2))", plan: ({ spark }) => spark.tvf.stack(2, 1, 2) },
  ...(
    ["posexplode", "explode_outer", "posexplode_outer", "inline", "inline_outer", "variant_explode"] as const
  ).map((name): VerbPlan => ({
    python: `spark.tvf.${name}(col('tags'))`,
    plan: ({ spark }) =>
      spark.tvf[name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()) as "explode"](
        "tags",
      ),
  })),
  {
    python: "spark.tvf.variant_explode_outer(col('v'))",
    plan: ({ spark }) => spark.tvf.variantExplodeOuter("v"),
  },
  { python: "spark.tvf.collations()", plan: ({ spark }) => spark.tvf.collations() },
  { python: "spark.tvf.sql_keywords()", plan: ({ spark }) => spark.tvf.sqlKeywords() },
];

/** What is read and written. */
export const SOURCE_PLANS: readonly VerbPlan[] = [
  {
    python: "spark.read.option('header', True).schema('id bigint').csv(['a', 'b'])",
    plan: ({ spark }) => spark.read.option("header", true).schema("id bigint").csv("a", "b"),
  },
  {
    python: "spark.read.options(rowTag='book').xml('a')",
    plan: ({ spark }) => spark.read.options({ rowTag: "book" }).xml("a"),
  },
  {
    python: "spark.read.schema('id bigint, s string').json(orders.select('text'))",
    plan: ({ spark, orders }) => spark.read.schema("id bigint, s string").json(orders.select("text")),
  },
  {
    python: "spark.read.csv(orders.select('text'))",
    plan: ({ spark, orders }) => spark.read.csv(orders.select("text")),
  },
  {
    python: "spark.read.jdbc('jdbc:x', 't', properties={'user': 'u'})",
    plan: ({ spark }) => spark.read.option("user", "u").jdbc("jdbc:x", "t"),
  },
  {
    python: "spark.read.jdbc('jdbc:x', 't', predicates=['a < 1', 'a >= 1'])",
    plan: ({ spark }) => spark.read.jdbc("jdbc:x", "t", ["a < 1", "a >= 1"]),
  },
  {
    python: "spark.read.jdbc('jdbc:x', 't', column='a', lowerBound=0, upperBound=10, numPartitions=2)",
    plan: ({ spark }) =>
      spark.read.jdbc("jdbc:x", "t", { column: "a", lowerBound: 0, upperBound: 10, numPartitions: 2 }),
  },
  {
    python: "spark.read.option('startingVersion', 3).changes('t')",
    plan: ({ spark }) => spark.read.option("startingVersion", 3).changes("t"),
  },
  {
    python: "orders.write.mode('append').partitionBy('day').option('a', 1).parquet('p')",
    plan: ({ orders }) => orders.write.mode("append").partitionBy("day").option("a", 1).parquet("p"),
  },
  {
    python: "orders.write.xml('p', rowTag='r')",
    plan: ({ orders }) => orders.write.option("rowTag", "r").xml("p"),
  },
  {
    python: "orders.write.jdbc('jdbc:x', 't', 'overwrite', {'user': 'u'})",
    plan: ({ orders }) => orders.write.mode("overwrite").option("user", "u").jdbc("jdbc:x", "t"),
  },
  {
    python: "orders.write.bucketBy(3, 'id').sortBy('id').saveAsTable('t')",
    plan: ({ orders }) => orders.write.bucketBy(3, "id").sortBy("id").saveAsTable("t"),
  },
  {
    python: "orders.write.insertInto('t', overwrite=True)",
    plan: ({ orders }) => orders.write.insertInto("t", { overwrite: true }),
  },
  {
    python:
      "orders.writeTo('lake.t').using('iceberg').option('o', 1).tableProperty('p', 'v').partitionedBy('a', F.partitioning.days('day')).create()",
    plan: ({ orders }) =>
      orders
        .writeTo("lake.t")
        .using("iceberg")
        .option("o", 1)
        .tableProperty("p", "v")
        .partitionedBy("a", F.days("day"))
        .create(),
  },
  {
    python: "orders.writeTo('t').options(a='x').clusterBy('a', 'b').replace()",
    plan: ({ orders }) => orders.writeTo("t").options({ a: "x" }).clusterBy("a", "b").replace(),
  },
  {
    python: "orders.writeTo('t').createOrReplace()",
    plan: ({ orders }) => orders.writeTo("t").createOrReplace(),
  },
  { python: "orders.writeTo('t').append()", plan: ({ orders }) => orders.writeTo("t").append() },
  {
    python: "orders.writeTo('t').overwrite(col('day') == '2026-01-31')",
    plan: ({ orders }) => orders.writeTo("t").overwrite(col("day").eq("2026-01-31")),
  },
  {
    python: "orders.writeTo('t').overwritePartitions()",
    plan: ({ orders }) => orders.writeTo("t").overwritePartitions(),
  },
  {
    python:
      "orders.mergeInto('t', F.expr('t.id = id')).whenMatched(col('gone')).delete().whenMatched().update({'price': col('price') * 2}).whenNotMatched(col('id') > 0).insert({'id': col('id'), 'a.b': lit(1)}).whenNotMatchedBySource().delete().withSchemaEvolution().merge()",
    plan: ({ orders }) =>
      orders
        .mergeInto("t", expr("t.id = id"))
        .whenMatched(col("gone"))
        .delete()
        .whenMatched()
        .update({ price: price.multiply(2) })
        .whenNotMatched(col("id").gt(0))
        .insert({ id: col("id"), "a.b": lit(1) })
        .whenNotMatchedBySource()
        .delete()
        .withSchemaEvolution()
        .merge(),
  },
  {
    python:
      "orders.mergeInto('t', col('a') == col('b')).whenMatched().updateAll().whenNotMatched().insertAll().whenNotMatchedBySource(col('x')).updateAll().whenNotMatchedBySource().update({'x': lit(None)}).merge()",
    plan: ({ orders }) =>
      orders
        .mergeInto("t", col("a").eq(col("b")))
        .whenMatched()
        .updateAll()
        .whenNotMatched()
        .insertAll()
        .whenNotMatchedBySource(col("x"))
        .updateAll()
        .whenNotMatchedBySource()
        .update({ x: lit(null) })
        .merge(),
  },
  { python: "orders.createTempView('v')", plan: ({ orders }) => orders.createTempView("v") },
  { python: "orders.createGlobalTempView('v')", plan: ({ orders }) => orders.createGlobalTempView("v") },
  {
    python: "orders.createOrReplaceGlobalTempView('v')",
    plan: ({ orders }) => orders.createOrReplaceGlobalTempView("v"),
  },
];
