import {
  callFunction,
  col,
  type Column,
  type DataFrame,
  expr,
  functions,
  lit,
  type SparkSession,
  when,
  Window,
} from "../../src/spark/mod.ts";

/** The same plan in PySpark's words and in ours, each giving its rows in one order. */
export interface FramePlan {
  readonly python: string;
  readonly plan: (orders: DataFrame, people: DataFrame, session: SparkSession) => DataFrame;
}

const F = functions;
const total: Column = col("price").multiply(col("count"));

/** What `{orders}` and `{people}` stand for in PySpark. */
export const ORDERS = `spark.sql("""SELECT * FROM VALUES
  (1, 'ann', 'DE', 2, 10.50BD, date'2024-01-05'), (2, 'bob', 'FR', 1, 99.00BD, date'2024-01-20'),
  (3, 'ann', 'DE', 5, 3.25BD, date'2024-02-01'), (4, NULL, 'US', 1, NULL, NULL),
  (5, 'cid', 'FR', 3, 7.00BD, date'2024-02-11'), (5, 'cid', 'FR', 3, 7.00BD, date'2024-02-11')
  AS orders(id, who, country, count, price, day)""")`;
export const PEOPLE = `spark.sql("""SELECT * FROM VALUES
  ('ann', 31, 'bob', array(1, 2), map('k', 1)), ('bob', 40, NULL, array(), map()), ('dan', NULL, 'ann', NULL, NULL)
  AS people(who, age, boss, tags, props)""")`;

/** Verbs and expressions. */
export const FRAME_PLANS: readonly FramePlan[] = [
  {
    python: "{orders}.select('id', 'who').orderBy('id')",
    plan: (orders) => orders.select("id", "who").orderBy("id"),
  },
  {
    python: "{orders}.select('*', (col('price') * col('count')).alias('total')).orderBy('id')",
    plan: (orders) => orders.select("*", total.alias("total")).orderBy("id"),
  },
  {
    python: "{orders}.selectExpr('id + 1 AS next', 'upper(who)').orderBy('next')",
    plan: (orders) => orders.selectExpr("id + 1 AS next", "upper(who)").orderBy("next"),
  },
  {
    python:
      "{orders}.filter((col('country') == 'FR') & (col('count') > 1) | col('who').isNull()).orderBy('id')",
    plan: (orders) =>
      orders.filter(col("country").eq("FR").and(col("count").gt(1)).or(col("who").isNull())).orderBy("id"),
  },
  {
    python: "{orders}.where('price >= 7.00').where(col('id').isin(2, 5)).orderBy('id')",
    plan: (orders) => orders.where("price >= 7.00").where(col("id").isin(2, 5)).orderBy("id"),
  },
  {
    python: "{orders}.filter(~col('country').eqNullSafe('DE') & (col('who') != 'bob')).orderBy('id')",
    plan: (orders) =>
      orders.filter(col("country").eqNullSafe("DE").not().and(col("who").ne("bob"))).orderBy("id"),
  },
  {
    python:
      "{orders}.select('id', col('price').between(5, 50), col('who').like('a%'), col('who').rlike('^c'), col('who').ilike('B%'), col('who').startswith('a'), col('who').endswith('d'), col('who').contains('n'), col('who').substr(1, 2)).orderBy('id')",
    plan: (orders) =>
      orders
        .select(
          "id",
          col("price").between(5, 50),
          col("who").like("a%"),
          col("who").rlike("^c"),
          col("who").ilike("B%"),
          col("who").startsWith("a"),
          col("who").endsWith("d"),
          col("who").contains("n"),
          col("who").substr(1, 2),
        )
        .orderBy("id"),
  },
  {
    python:
      "{orders}.select('id', col('id') + 1, col('id') - 1, col('id') / 2, col('id') % 2, -col('id'), col('id').bitwiseAND(1), col('id').bitwiseOR(8), col('id').bitwiseXOR(3), col('price').cast('int'), col('who').try_cast('int')).orderBy('id')",
    plan: (orders) =>
      orders
        .select(
          "id",
          col("id").plus(1),
          col("id").minus(1),
          col("id").divide(2),
          col("id").mod(2),
          col("id").negate(),
          col("id").bitwiseAnd(1),
          col("id").bitwiseOr(8),
          col("id").bitwiseXor(3),
          col("price").cast("int"),
          col("who").tryCast("int"),
        )
        .orderBy("id"),
  },
  {
    python:
      "{orders}.withColumn('total', col('price') * col('count')).withColumn('id', col('id') * 10).orderBy('id')",
    plan: (orders) =>
      orders.withColumn("total", total).withColumn("id", col("id").multiply(10)).orderBy("id"),
  },
  {
    python: "{orders}.withColumns({'a': lit(1), 'b': lit('x')}).drop('price', 'nothing').orderBy('id')",
    plan: (orders) =>
      orders
        .withColumns({ a: lit(1), b: lit("x") })
        .drop("price", "nothing")
        .orderBy("id"),
  },
  {
    python:
      "{orders}.withColumnRenamed('who', 'name').withColumnsRenamed({'id': 'nr', 'day': 'date'}).orderBy('nr')",
    plan: (orders) =>
      orders.withColumnRenamed("who", "name").withColumnsRenamed({ id: "nr", day: "date" }).orderBy("nr"),
  },
  {
    python: "{orders}.drop(col('price')).toDF('a', 'b', 'c', 'd', 'e').orderBy('a')",
    plan: (orders) => orders.drop(col("price")).toDF("a", "b", "c", "d", "e").orderBy("a"),
  },
  {
    python:
      "{orders}.groupBy('country').agg(F.sum('price').alias('s'), F.count('*').alias('n'), F.countDistinct('who'), F.max('day')).orderBy('country')",
    plan: (orders) =>
      orders
        .groupBy("country")
        .agg(F.sum("price").alias("s"), F.count("*").alias("n"), F.countDistinct("who"), F.max("day"))
        .orderBy("country"),
  },
  {
    python: "{orders}.groupBy('country').agg({'price': 'avg', '*': 'count'}).orderBy('country')",
    plan: (orders) => orders.groupBy("country").agg({ price: "avg", "*": "count" }).orderBy("country"),
  },
  {
    python: "{orders}.groupBy('country').count().orderBy(col('count').desc(), 'country')",
    plan: (orders) => orders.groupBy("country").count().orderBy(col("count").desc(), "country"),
  },
  {
    python: "{orders}.groupBy(F.month('day').alias('m')).sum('count', 'price').orderBy('m')",
    plan: (orders) => orders.groupBy(F.month("day").alias("m")).sum("count", "price").orderBy("m"),
  },
  {
    python: "{orders}.groupBy().avg('count')",
    plan: (orders) => orders.groupBy().avg("count"),
  },
  {
    python: "{orders}.agg(F.min('id'), F.max('id'))",
    plan: (orders) => orders.agg(F.min("id"), F.max("id")),
  },
  {
    python:
      "{orders}.groupBy('who').min('price').join({orders}.groupBy('who').max('price'), 'who').orderBy('who')",
    plan: (orders) =>
      orders.groupBy("who").min("price").join(orders.groupBy("who").max("price"), "who").orderBy("who"),
  },
  {
    python: "{orders}.rollup('country', 'who').count().orderBy('country', 'who', 'count')",
    plan: (orders) => orders.rollup("country", "who").count().orderBy("country", "who", "count"),
  },
  {
    python:
      "{orders}.cube('country').agg(F.grouping('country').alias('g'), F.sum('count')).orderBy('g', 'country')",
    plan: (orders) =>
      orders.cube("country").agg(F.grouping("country").alias("g"), F.sum("count")).orderBy("g", "country"),
  },
  {
    python: "{orders}.groupBy('who').pivot('country', ['DE', 'FR']).sum('count').orderBy('who')",
    plan: (orders) => orders.groupBy("who").pivot("country", ["DE", "FR"]).sum("count").orderBy("who"),
  },
  {
    python: "{orders}.groupBy('who').pivot('country').sum('count').orderBy('who')",
    plan: (orders) => orders.groupBy("who").pivot("country").sum("count").orderBy("who"),
  },
  ...["inner", "left", "right", "outer", "semi", "anti"].map((how): FramePlan => ({
    python:
      `{orders}.join({people}, 'who', '${how}').drop('tags', 'props').orderBy('who', 'id', 'day')`.replace(
        "'id', 'day'",
        how === "semi" || how === "anti" ? "'id'" : "'id', 'age'",
      ),
    plan: (orders, people) =>
      orders
        .join(people, "who", how as "inner")
        .drop("tags", "props")
        .orderBy("who", "id", ...(how === "semi" || how === "anti" ? [] : ["age"])),
  })),
  {
    python:
      "(lambda o, p: o.join(p, (o.who == p.who) & (o.id > 1)).select(o.id, p.who, p.age).orderBy('id'))({orders}, {people})",
    plan: (orders, people) =>
      orders
        .join(people, [orders.col("who").eq(people.col("who")), orders.col("id").gt(1)])
        .select(orders.col("id"), people.col("who"), people.col("age"))
        .orderBy("id"),
  },
  {
    // A self-join: only the DataFrame tells which side a column is of.
    python:
      "(lambda p, b: p.join(b, p.boss == b.who, 'left').select(p.who, b.age.alias('boss_age')).orderBy(p.who))(*(lambda q: (q.alias('a'), q.alias('b')))({people}))",
    plan: (_, people) => {
      const [person, boss] = [people.alias("a"), people.alias("b")];
      return person
        .join(boss, person.col("boss").eq(boss.col("who")), "left")
        .select(person.col("who"), boss.col("age").alias("boss_age"))
        .orderBy(person.col("who"));
    },
  },
  {
    python:
      "{orders}.alias('o').crossJoin({people}.alias('p')).select('o.id', col('p.who')).orderBy('id', 'who')",
    plan: (orders, people) =>
      orders.alias("o").crossJoin(people.alias("p")).select("o.id", col("p.who")).orderBy("id", "who"),
  },
  {
    python:
      "{orders}.orderBy(col('who').asc_nulls_last(), col('price').desc_nulls_first()).select('who', 'price')",
    plan: (orders) =>
      orders.orderBy(col("who").ascNullsLast(), col("price").descNullsFirst()).select("who", "price"),
  },
  {
    python: "{orders}.sort('id').offset(1).limit(2)",
    plan: (orders) => orders.sort("id").offset(1).limit(2),
  },
  {
    python: "{orders}.select('id').union({orders}.select('count')).orderBy('id')",
    plan: (orders) => orders.select("id").union(orders.select("count")).orderBy("id"),
  },
  {
    python:
      "{orders}.select('id', 'who').unionByName({people}.select('age', 'who'), allowMissingColumns=True).orderBy('who', 'id', 'age')",
    plan: (orders, people) =>
      orders
        .select("id", "who")
        .unionByName(people.select("age", "who"), { allowMissingColumns: true })
        .orderBy("who", "id", "age"),
  },
  {
    python: "{orders}.select('who').intersect({people}.select('who')).orderBy('who')",
    plan: (orders, people) => orders.select("who").intersect(people.select("who")).orderBy("who"),
  },
  {
    python: "{orders}.select('who').intersectAll({orders}.select('who')).orderBy('who')",
    plan: (orders) => orders.select("who").intersectAll(orders.select("who")).orderBy("who"),
  },
  {
    python: "{orders}.select('who').subtract({people}.select('who')).orderBy('who')",
    plan: (orders, people) => orders.select("who").subtract(people.select("who")).orderBy("who"),
  },
  {
    python: "{orders}.select('who').exceptAll({people}.select('who')).orderBy('who')",
    plan: (orders, people) => orders.select("who").exceptAll(people.select("who")).orderBy("who"),
  },
  { python: "{orders}.distinct().orderBy('id')", plan: (orders) => orders.distinct().orderBy("id") },
  {
    python: "{orders}.select('country', 'who').dropDuplicates(['country', 'who']).orderBy('country')",
    plan: (orders) => orders.select("country", "who").dropDuplicates("country", "who").orderBy("country"),
  },
  { python: "{orders}.dropna().orderBy('id')", plan: (orders) => orders.dropna().orderBy("id") },
  {
    python: "{people}.fillna('?').fillna(0, ['age']).drop('props', 'tags').orderBy('who')",
    plan: (_, people) => people.fillna("?").fillna(0, "age").drop("props", "tags").orderBy("who"),
  },
  {
    python: "spark.range(0, 1000, 1, 2).sample(False, 0.1, 7).orderBy('id')",
    plan: (_orders, _people, session) =>
      session.range(1000, { partitions: 2 }).sample(0.1, { seed: 7 }).orderBy("id"),
  },
  {
    python: "{orders}.repartition(3, 'country').coalesce(1).repartition(2).hint('broadcast').orderBy('id')",
    plan: (orders) =>
      orders.repartition(3, "country").coalesce(1).repartition(2).hint("broadcast").orderBy("id"),
  },
  {
    python:
      "{orders}.select('id', F.when(col('count') > 2, 'many').when(col('count') == 2, 'two').otherwise('one').alias('c'), F.when(col('price').isNull(), 1)).orderBy('id')",
    plan: (orders) =>
      orders
        .select(
          "id",
          when(col("count").gt(2), "many").when(col("count").eq(2), "two").otherwise("one").alias("c"),
          when(col("price").isNull(), 1),
        )
        .orderBy("id"),
  },
  {
    python:
      "{orders}.select('id', F.row_number().over(Window.partitionBy('country').orderBy(col('price').desc(), 'id')).alias('r'), F.sum('count').over(Window.orderBy('id', 'who').rowsBetween(Window.unboundedPreceding, 0)).alias('s'), F.count('*').over(Window.partitionBy('who')).alias('n'), F.sum('id').over(Window.orderBy('id').rangeBetween(-1, 1)).alias('x')).orderBy('id', 'r')",
    plan: (orders) =>
      orders
        .select(
          "id",
          F.rowNumber()
            .over(Window.partitionBy("country").orderBy(col("price").desc(), "id"))
            .alias("r"),
          F.sum("count")
            .over(Window.orderBy("id", "who").rowsBetween(Window.unboundedPreceding, Window.currentRow))
            .alias("s"),
          F.count("*").over(Window.partitionBy("who")).alias("n"),
          F.sum("id").over(Window.orderBy("id").rangeBetween(-1, 1)).alias("x"),
        )
        .orderBy("id", "r"),
  },
  {
    python:
      "{people}.select('who', F.get('tags', 0), col('props')['k'], F.size('tags'), F.array_contains('tags', 2), F.transform('tags', lambda x: x * 2), F.filter('tags', lambda x: F.exists('tags', lambda y: y > x)), F.aggregate('tags', lit(0), lambda s, x: s + x), F.map_filter('props', lambda k, v: v > 0)).orderBy('who')",
    plan: (_, people) =>
      people
        .select(
          "who",
          F.get("tags", 0),
          col("props").getItem("k"),
          F.size("tags"),
          F.arrayContains("tags", 2),
          F.transform("tags", (x) => x.multiply(2)),
          F.filter("tags", (x) => F.exists("tags", (y) => y.gt(x))),
          F.aggregate("tags", lit(0), (sum, x) => sum.plus(x)),
          F.mapFilter("props", (_key, value) => value.gt(0)),
        )
        .orderBy("who"),
  },
  {
    python:
      "{orders}.select('id', F.struct('who', 'count').alias('s')).select('id', 's.who', col('s').getField('count').alias('n'), col('s').withField('x', lit(1)).dropFields('who').alias('t')).orderBy('id')",
    plan: (orders) =>
      orders
        .select("id", F.struct("who", "count").alias("s"))
        .select(
          "id",
          "s.who",
          col("s").getField("count").alias("n"),
          col("s").withField("x", lit(1)).dropFields("who").alias("t"),
        )
        .orderBy("id"),
  },
  {
    python:
      "{orders}.select('id', F.date_format('day', 'yyyy/MM'), F.date_trunc('MONTH', 'day'), F.concat_ws('-', 'who', 'country'), F.regexp_replace('who', 'n+', 'N'), F.coalesce('who', lit('nobody')), F.expr('id * 2'), F.lpad('who', 5, '.'), F.to_json(F.struct('id')), F.round('price', 1)).orderBy('id')",
    plan: (orders) =>
      orders
        .select(
          "id",
          F.dateFormat("day", "yyyy/MM"),
          F.dateTrunc("MONTH", "day"),
          F.concatWs("-", "who", "country"),
          F.regexpReplace("who", "n+", "N"),
          F.coalesce("who", lit("nobody")),
          expr("id * 2"),
          F.lpad("who", 5, "."),
          F.toJson(F.struct("id")),
          F.round("price", 1),
        )
        .orderBy("id"),
  },
  {
    python: "{people}.select('who', F.explode_outer('tags').alias('tag')).orderBy('who', 'tag')",
    plan: (_, people) => people.select("who", F.explodeOuter("tags").alias("tag")).orderBy("who", "tag"),
  },
  {
    python:
      "{orders}.select(F.call_function('array_agg', 'id').alias('x')).transform(lambda d: d.select(F.size('x')))",
    plan: (orders) =>
      orders.select(callFunction("array_agg", "id").alias("x")).transform((d) => d.select(F.size("x"))),
  },
  {
    python: "{orders}.select('who', 'id', 'count').orderBy(1, -2, 3)",
    plan: (orders) => orders.select("who", "id", "count").orderBy(1, -2, 3),
  },
  {
    python:
      "{people}.alias('p').filter({orders}.filter(col('who') == col('p.who').outer()).exists()).select('who').orderBy('who')",
    plan: (orders, people) =>
      people
        .alias("p")
        .filter(orders.filter(col("who").eq(col("p.who").outer())).exists())
        .select("who")
        .orderBy("who"),
  },
  {
    python:
      "{people}.alias('p').lateralJoin(spark.tvf.explode(col('p.tags').outer()), how='left').select('who', 'col').orderBy('who', 'col')",
    plan: (_orders, people, session) =>
      people
        .alias("p")
        .lateralJoin(session.tvf.explode(col("p.tags").outer()), undefined, "left")
        .select("who", "col")
        .orderBy("who", "col"),
  },
];
