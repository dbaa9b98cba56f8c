"""One measurement of PySpark's client, as bench/spark.ts starts it: URL WHAT ROWS; prints JSON."""
import json
import re
import sys
import time


def peak_mb():
    """The most memory that this process has had, MB."""
    with open("/proc/self/status") as status:
        return int(re.search(r"VmHWM:\s+(\d+)", status.read())[1]) * 1024 / 1e6


began = time.perf_counter()
from pyspark.sql import SparkSession

url, what, rows = sys.argv[1:]
spark = SparkSession.builder.remote(url).getOrCreate()
spark.sql("SELECT 1").collect()
first = time.perf_counter() - began

times = []
for _ in range(30):
    start = time.perf_counter()
    spark.sql("SELECT 1 AS x").collect()
    times.append(time.perf_counter() - start)
before_mb = peak_mb()

start = time.perf_counter()
frame = spark.sql(
    "SELECT id, id * 2 AS a, CAST(id AS STRING) AS s, id / 3 AS d, id % 7 AS x, current_date() AS y FROM range(:rows)",
    {"rows": int(rows)},
)
if what == "arrow":
    table = frame.toArrow()
    fetch = time.perf_counter() - start
    count = table.num_rows
elif what == "objects":
    everything = frame.collect()
    fetch = time.perf_counter() - start
    count = len(everything)
else:
    total = count = 0
    for row in frame.toLocalIterator():
        total += row["a"]
        count += 1
    fetch = time.perf_counter() - start
    assert total == int(rows) * (int(rows) - 1)
print(
    json.dumps(
        {
            "firstMs": first * 1000,
            "queryMs": sorted(times)[15] * 1000,
            "fetchMs": fetch * 1000,
            "count": count,
            "beforeMb": before_mb,
            "peakMb": peak_mb(),
        }
    )
)
