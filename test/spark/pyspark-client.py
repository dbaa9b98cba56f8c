"""Runs orders for PySpark's client, one JSON line in, one JSON line out, and gives values with their types (see exactly.ts)."""

import datetime
import decimal
import json
import math
import os
import struct
import sys
import time

os.environ["TZ"] = "UTC"
time.tzset()

import pyarrow.ipc  # noqa: E402
from pyspark.sql import SparkSession, Window, functions as F  # noqa: E402
from pyspark.sql import types as T  # noqa: E402


def typed(value, kind):
    if value is None:
        return None
    if isinstance(kind, T.BooleanType):
        return value
    if isinstance(kind, T.LongType):
        return {"long": str(value)}
    if isinstance(kind, (T.ByteType, T.ShortType, T.IntegerType)):
        return {"int": str(value)}
    if isinstance(kind, (T.FloatType, T.DoubleType)):
        return typed_float(value)
    if isinstance(kind, (T.StringType, T.CharType, T.VarcharType)):
        return {"text": value}
    if isinstance(kind, T.BinaryType):
        return {"bytes": bytes(value).hex()}
    if isinstance(kind, T.DecimalType):
        return {"decimal": format(value, "f")}
    if isinstance(kind, T.DateType):
        return {"date": value.isoformat()}
    if isinstance(kind, T.TimestampType):
        return {"instant": value.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"}
    if isinstance(kind, T.TimestampNTZType):
        return {"datetime": value.isoformat(timespec="microseconds")}
    if isinstance(kind, T.TimeType):
        return {"time": value.isoformat(timespec="microseconds")}
    if isinstance(kind, T.DayTimeIntervalType):
        return {"micros": str((value.days * 86400 + value.seconds) * 10**6 + value.microseconds)}
    if isinstance(kind, T.VariantType):
        return {"variant": [bytes(value.value).hex(), bytes(value.metadata).hex()]}
    if isinstance(kind, T.ArrayType):
        return [typed(item, kind.elementType) for item in value]
    if isinstance(kind, T.MapType):
        return {"map": [[typed(k, kind.keyType), typed(v, kind.valueType)] for k, v in value.items()]}
    if isinstance(kind, T.StructType):
        return {"struct": [[f.name, typed(v, f.dataType)] for f, v in zip(kind.fields, value)]}
    raise ValueError(f"no form for {kind}")


def typed_float(value):
    whole = math.isfinite(value) and value == int(value) and -(2**31) <= value < 2**31
    if whole and not (value == 0 and math.copysign(1, value) < 0):
        return {"int": str(int(value))}
    return {"double": "NaN" if math.isnan(value) else f"{struct.unpack('>Q', struct.pack('>d', value))[0]:x}"}


def plain(form):
    """The Python value of a typed form."""
    if form is None or isinstance(form, bool):
        return form
    if isinstance(form, list):
        return [plain(item) for item in form]
    (kind, value), = form.items()
    if kind in ("int", "long"):
        return int(value)
    if kind == "double":
        return math.nan if value == "NaN" else struct.unpack(">d", struct.pack(">Q", int(value, 16)))[0]
    if kind == "text":
        return value
    if kind == "bytes":
        return bytes.fromhex(value)
    if kind == "decimal":
        return decimal.Decimal(value)
    if kind == "date":
        return datetime.date.fromisoformat(value)
    if kind == "instant":
        return datetime.datetime.fromisoformat(value[:-1])
    if kind == "datetime":
        return datetime.datetime.fromisoformat(value)
    if kind == "micros":
        return datetime.timedelta(microseconds=int(value))
    if kind == "map":
        return {plain(k): plain(v) for k, v in value}
    if kind == "struct":
        return {name: plain(v) for name, v in value}
    raise ValueError(f"no value for {form}")


def as_kind(value, kind):
    """Whole numbers are floats where their column is."""
    if value is None:
        return None
    if isinstance(kind, (T.FloatType, T.DoubleType)):
        return float(value)
    if isinstance(kind, T.ArrayType):
        return [as_kind(item, kind.elementType) for item in value]
    if isinstance(kind, T.StructType):
        return {f.name: as_kind(value[f.name], f.dataType) for f in kind.fields}
    return value


def answer(frame):
    schema = frame.schema
    rows = [[typed(v, f.dataType) for f, v in zip(schema.fields, row)] for row in frame.collect()]
    return {"schema": schema.simpleString(), "rows": rows}


def run(spark, order):
    kind = order["do"]
    if kind == "sql":
        return answer(spark.sql(order["query"]))
    if kind == "plan":
        return answer(eval(order["python"], {"spark": spark, "F": F, "Window": Window, "col": F.col, "lit": F.lit}))
    if kind == "read":
        return answer(spark.read.parquet(order["path"]).selectExpr(*order["columns"]).orderBy("row"))
    if kind == "write":
        schema = T._parse_datatype_string(order["ddl"])
        rows = [
            tuple(as_kind(plain(v), f.dataType) for f, v in zip(schema.fields, row)) for row in order["rows"]
        ]
        frame = spark.createDataFrame(rows, schema)
        if order["more"]:
            frame = frame.selectExpr("*", *order["more"])
        frame.coalesce(1).write.parquet(order["path"])
        return {}
    if kind == "arrow":
        table = pyarrow.ipc.open_stream(order["path"]).read_all()
        table.validate(full=True)
        schema = ", ".join(table.schema.to_string().split("\n"))
        ids = table.column("id").to_pylist()
        return {"schema": schema, "rows": [[len(ids), min(ids), table.column("s")[ids.index(-1)].as_py()]]}
    if kind == "bench":
        return bench(spark, order)
    raise ValueError(kind)


def bench(spark, order):
    frame = spark.sql(order["query"])
    started = time.perf_counter()
    rows = frame.collect() if order["as"] == "rows" else frame.toArrow()
    return {"ms": (time.perf_counter() - started) * 1000, "rows": len(rows)}


def main():
    spark = SparkSession.builder.remote(sys.argv[1]).getOrCreate()
    for name, value in json.loads(sys.argv[2]).items():
        spark.conf.set(name, value)
    for line in sys.stdin:
        order = json.loads(line)
        try:
            result = run(spark, order)
        except Exception as error:  # the test tells it
            result = {"error": str(error).split("\n")[0]}
        print(json.dumps({"id": order["id"], **result}), flush=True)


main()
