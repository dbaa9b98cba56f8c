"""DuckDB's Python package at the work that `bench/duckdb.ts` gives the `sql` component: argv is the work's JSON."""

import json
import sys
from time import perf_counter

work = json.loads(sys.argv[1])
started = perf_counter()
import duckdb

first = duckdb.connect(":memory:")
first.execute("SELECT 1").fetchall()
first.close()
times = [(perf_counter() - started) * 1000]
for step in work:
    started = perf_counter()
    # A session for each, as each component has one of its own.
    connection = duckdb.connect(":memory:")
    connection.execute(f"COPY ({step['query']}) TO '{step['target']}' ({step['options']})")
    connection.close()
    times.append((perf_counter() - started) * 1000)
print(json.dumps(times))
