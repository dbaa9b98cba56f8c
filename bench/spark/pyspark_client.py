"""One measurement of PySpark's client, as bench/spark.ts starts it: URL WHAT ROWS; prints JSON."""
import json
import resource
import sys
import time

began = time.time()
from pyspark.sql import SparkSession

url, what, rows = sys.argv[1:]
spark = SparkSession.builder.remote(url).getOrCreate()
spark.sql("SELECT 1").collect()
first = time.time() - began
times = []
for _ in range(30):
    start = time.time()
    spark.sql("SELECT 1 AS x").collect()
    times.append(time.time() - start)
start = time.time()
frame = spark.sql(
    "SELECT id, id * 2 AS a, CAST(id AS STRING) AS s, id / 3 AS d, id % 7 AS x, current_date() AS y FROM range(:rows)",
    {"rows": int(rows)},
)
frame.toArrow() if what == "arrow" else frame.collect()
fetch = time.time() - start
rss = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"firstMs": first * 1000, "queryMs": sorted(times)[15] * 1000, "fetchMs": fetch * 1000, "rssMb": rss}))
