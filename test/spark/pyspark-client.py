"""Runs orders for PySpark's client, one JSON line in, one JSON line out, and gives values with their types (see exactly.ts)."""

import base64
import datetime
import decimal
import inspect
import json
import math
import os
import struct
import sys
import time

os.environ["TZ"] = "UTC"
time.tzset()

import pyarrow.ipc  # noqa: E402
import pyspark.sql.connect.proto as proto  # noqa: E402
from google.protobuf.json_format import MessageToDict  # noqa: E402
from pyspark import StorageLevel  # noqa: E402
from pyspark.sql import Observation, SparkSession, Window, functions as F  # noqa: E402
from pyspark.sql import types as T  # noqa: E402
from pyspark.sql.connect.functions import builtin  # noqa: E402


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
    if type(kind).__name__ == "TimeType":
        return {"time": value.isoformat(timespec="microseconds")}
    if isinstance(kind, T.DayTimeIntervalType):
        return {"micros": str((value.days * 86400 + value.seconds) * 10**6 + value.microseconds)}
    if isinstance(kind, T.UserDefinedType):
        return {"udt": repr(value)}
    # Older versions don't have these classes.
    if type(kind).__name__ == "GeometryType":
        return {"geometry": [value.srid, bytes(value.wkb).hex()]}
    if type(kind).__name__ == "GeographyType":
        return {"geography": [value.srid, bytes(value.wkb).hex()]}
    if type(kind).__name__ == "VariantType":
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
    if kind == "time":
        return datetime.time.fromisoformat(value)
    if kind == "geometry":
        return T.Geometry(bytes.fromhex(value[1]), value[0])
    if kind == "geography":
        return T.Geography(bytes.fromhex(value[1]), value[0])
    if kind == "micros":
        return datetime.timedelta(microseconds=int(value))
    if kind == "map":
        return {plain(k): plain(v) for k, v in value}
    if kind == "struct":
        return T.Row(**{name: plain(v) for name, v in value})  # a key of a map, too
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
        return answer(eval(order["python"], {"spark": spark, "F": F, "Window": Window, "col": F.col, "lit": F.lit, "T": T}))
    if kind == "run":
        import pyspark.ml.linalg as ml
        import pyspark.testing.objects as objects

        result = eval(order["python"], {"spark": spark, "T": T, "ml": ml, "objects": objects})
        return {"schema": result} if isinstance(result, str) else {}
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
    if kind == "message":
        return {"differences": differences(plan_message(spark, order["python"]), given_message(order))}
    if kind == "calls":
        return {"calls": {name: arguments_of(name) for name in order["names"]}}
    if kind == "names":
        found = eval(order["python"])
        names = found.__all__ if inspect.ismodule(found) else dir(type(found))
        return {"names": [name for name in names if not name.startswith("_")]}
    raise ValueError(kind)


def arguments_of(name):
    """Arguments for a function, by its parameters: those that it needs, and all of them."""
    needed, more = [], []
    if not hasattr(builtin, name):
        return []
    for parameter in inspect.signature(getattr(builtin, name)).parameters.values():
        kind = str(parameter.annotation)
        forms = {"ColumnOrName": chr(97 + len(needed + more)), "int": 3, "str": "x", "float": 0.5}
        form = next((value for part, value in forms.items() if part in kind), None)
        if form is None or "Callable" in kind or "Mapping" in kind or "bool" in kind:
            if parameter.default is inspect.Parameter.empty:
                return []
            break
        (needed if parameter.default is inspect.Parameter.empty else more).append(form)
    return [needed, needed + more] if more else [needed]


class Sent(BaseException):
    """Carries a request that would have been sent."""


class Recorder:
    """Stands in for the server's calls; what PySpark asks on the way is asked for real."""

    def __init__(self, stub):
        self.stub = stub

    def __getattr__(self, name):
        def call(request, **options):
            asked = name == "AnalyzePlan" and request.WhichOneof("analyze")
            if name == "Config" or asked in ("schema", "is_streaming", "ddl_parse"):
                return getattr(self.stub, name)(request, **options)
            raise Sent(request)

        return call


def plan_message(spark, python):
    """What PySpark sends for an action, or the plan of a DataFrame, as a dictionary."""
    names = {"spark": spark, "F": F, "Window": Window, "col": F.col, "lit": F.lit, "T": T}
    names |= {"StorageLevel": StorageLevel, "Observation": Observation}
    names |= {"orders": spark.table("orders"), "people": spark.table("people")}
    client = spark.client
    stub, client._stub = client._stub, Recorder(client._stub)
    try:
        made = eval(python, names)
        return normal(made._plan.to_proto(client))
    except Sent as sent:
        (request,) = sent.args
        return normal(request.plan if hasattr(request, "plan") else request)
    finally:
        client._stub = stub


def given_message(order):
    message = (proto.Plan if order["of"] == "plan" else proto.AnalyzePlanRequest)()
    message.ParseFromString(base64.b64decode(order["bytes"]))
    return normal(message)


# Who asks in which session, where in a program a column was written, and what 3.5 takes instead of `renames`.
ACCIDENTS = ("session_id", "user_context", "client_type", "origin", "rename_columns_map")


def normal(message):
    """A message as a dictionary without accidents, its plans numbered as they come."""
    numbers = {}

    def tidy(value):
        if isinstance(value, list):
            return [tidy(item) for item in value]
        if not isinstance(value, dict):
            return value
        found = {}
        for key, inner in value.items():
            # False and "" are what a field is that isn't there.
            if key in ACCIDENTS or key.endswith("server_side_session_id") or inner is False or inner == "":
                continue
            if key == "plan_id":
                found[key] = numbers.setdefault(inner, len(numbers))
            elif key == "name_parts":
                # Parameters of functions are numbered by each client in its own way.
                found[key] = inner[0].split("_")[0]
            else:
                found[key] = json.loads(inner) if key == "metadata" else tidy(inner)
        if found.get("common") == {}:
            del found["common"]
        return found

    return tidy(MessageToDict(message, preserving_proto_field_name=True))


def differences(theirs, ours, path=""):
    """Where two dictionaries aren't equal: `path: theirs | ours`."""
    if isinstance(theirs, dict) and isinstance(ours, dict):
        keys = [*theirs, *(key for key in ours if key not in theirs)]
        return [d for key in keys for d in differences(theirs.get(key), ours.get(key), f"{path}/{key}")]
    if path.endswith("/unresolved_function/arguments") and theirs is not None:
        # PySpark sends the defaults of what isn't given, here the server has them.
        theirs, ours = theirs[: len(ours or [])], ours or []
    if isinstance(theirs, list) and isinstance(ours, list) and len(theirs) == len(ours):
        return [d for i, (a, b) in enumerate(zip(theirs, ours)) for d in differences(a, b, f"{path}/{i}")]
    return [] if theirs == ours else [f"{path}: {theirs} | {ours}"]


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
