import type { DataType, MapType, SpatialType, TimestampNanosType } from "../schema/data-type.ts";
import type { SparkValue } from "../value/spark-value.ts";
import { Geography } from "../value/geography.ts";
import { Geometry } from "../value/geometry.ts";
import { dateTimeOfParts, instantOfParts } from "../value/time-values.ts";
import { Variant } from "../value/variant.ts";

import type { ArrowField } from "./arrow-field.ts";
import { type BatchCursor, offsets, unsupported, type ValueReader, viewLong } from "./batch-cursor.ts";
import { hasDuplicates, objectMaker } from "./object-maker.ts";

/** Reads the vector of a child. */
type ReadVector = (cursor: BatchCursor, field: ArrowField, type: DataType) => ValueReader;

/** The values of a vector of lists, maps, structs or variants; `readVector` reads what they hold. */
export function nestedReader(
  cursor: BatchCursor,
  field: ArrowField,
  type: DataType,
  readVector: ReadVector,
): ValueReader {
  if ((field.type === "list" || field.type === "largeList") && type.type === "array") {
    const at = offsets(cursor.buffer(), field.type === "largeList");
    const [child] = field.children;
    if (!child) throw unsupported(type);
    const read = readVector(cursor, child, type.element);
    return (index) => list(read, at(index), at(index + 1));
  }
  if (field.type === "map" && type.type === "map") return mapReader(cursor, field, type, readVector);
  if (field.type === "struct" && type.type === "variant") return variantReader(cursor, field, readVector);
  if (
    field.type === "struct" &&
    (type.type === "timestamp_ltz nanos" || type.type === "timestamp_ntz nanos")
  ) {
    return nanosReader(cursor, field, type, readVector);
  }
  if (field.type === "struct" && (type.type === "geometry" || type.type === "geography")) {
    return spatialReader(cursor, field, type, readVector);
  }
  if (field.type === "struct" && type.type === "struct") {
    const reads = field.children.map((child, index) =>
      readVector(cursor, child, type.fields[index]?.type ?? { type: "null" }),
    );
    const names = type.fields.map((inner) => inner.name);
    if (cursor.options.repeatedNames === "arrays" && hasDuplicates(names)) {
      return (index) => reads.map((read) => read(index));
    }
    const make = objectMaker(names);
    return (index) => make(reads.map((read) => read(index)));
  }
  throw unsupported(type);
}

function list(read: ValueReader, start: number, end: number): SparkValue[] {
  const values: SparkValue[] = [];
  for (let index = start; index < end; index += 1) values.push(read(index));
  return values;
}

function mapReader(
  cursor: BatchCursor,
  field: ArrowField,
  type: MapType,
  readVector: ReadVector,
): ValueReader {
  const at = offsets(cursor.buffer(), false);
  const [keyField, valueField] = field.children[0]?.children ?? [];
  if (!keyField || !valueField) throw unsupported(type);
  cursor.node();
  cursor.buffer(); // Entries of maps are never null.
  const readKey = readVector(cursor, keyField, type.key);
  const readValue = readVector(cursor, valueField, type.value);
  return (index) => {
    const map = new Map<SparkValue, SparkValue>();
    for (let entry = at(index), end = at(index + 1); entry < end; entry += 1) {
      map.set(readKey(entry), readValue(entry));
    }
    return map;
  };
}

function variantReader(cursor: BatchCursor, field: ArrowField, readVector: ReadVector): ValueReader {
  const reads = new Map(
    field.children.map((child) => [child.name, readVector(cursor, child, { type: "binary" })]),
  );
  const [value, metadata] = [reads.get("value"), reads.get("metadata")];
  if (!value || !metadata) throw unsupported({ type: "variant" });
  return (index) => new Variant(bytes(value(index)), bytes(metadata(index)));
}

/** Timestamps in nanoseconds of all years: Spark has this form besides Arrow's own. */
function nanosReader(
  cursor: BatchCursor,
  field: ArrowField,
  type: TimestampNanosType,
  readVector: ReadVector,
): ValueReader {
  const [microsField, nanosField] = field.children;
  if (microsField?.bits !== 64 || !nanosField) throw unsupported(type);
  cursor.node();
  cursor.buffer(); // The parts are never null.
  const micros = viewLong(cursor.buffer());
  const nanos = readVector(cursor, nanosField, { type: "short" });
  const make = type.type === "timestamp_ltz nanos" ? instantOfParts : dateTimeOfParts;
  return (index) => make(micros[index] ?? 0n, Number(nanos(index)));
}

function spatialReader(
  cursor: BatchCursor,
  field: ArrowField,
  type: SpatialType,
  readVector: ReadVector,
): ValueReader {
  const reads = new Map(
    field.children.map((child) => {
      const stored: DataType = child.name === "srid" ? { type: "integer" } : { type: "binary" };
      return [child.name, readVector(cursor, child, stored)];
    }),
  );
  const [srid, wkb] = [reads.get("srid"), reads.get("wkb")];
  if (!srid || !wkb) throw unsupported(type);
  const Value = type.type === "geometry" ? Geometry : Geography;
  return (index) => new Value(bytes(wkb(index)), Number(srid(index)));
}

function bytes(value: SparkValue): Uint8Array {
  return value instanceof Uint8Array ? value : new Uint8Array();
}
