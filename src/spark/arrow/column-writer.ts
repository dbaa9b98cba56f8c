import {
  type DataType,
  type MapType,
  type SpatialType,
  storedType,
  type TimestampNanosType,
} from "../schema/data-type.ts";
import type { SparkInput } from "../value/spark-value.ts";

import { unsupported } from "./batch-cursor.ts";
import {
  binaryOf,
  bitsOf,
  booleanOf,
  calendarOf,
  daysOfValue,
  entriesOf,
  fieldsOf,
  integerOf,
  itemsOf,
  longOf,
  nanoPartsOf,
  notNull,
  numberOf,
  shapeOf,
  textOf,
  unscaledOf,
  variantOf,
  yearMonthsOf,
} from "./checked-values.ts";

/** The body of a record batch as it grows. */
export interface ArrowBody {
  readonly nodes: [number, number][];
  readonly buffers: [number, number][];
  readonly parts: Uint8Array[];
  length: number;
}

const ALIGNMENT = 8;
const NO_BYTES = new Uint8Array();

export function newBody(): ArrowBody {
  return { nodes: [], buffers: [], parts: [], length: 0 };
}

/**
 * Adds the vector of one column, its children after it.
 *
 * @param where the column's name, or the path to a nested value, for messages
 */
export function writeColumn(
  body: ArrowBody,
  given: DataType,
  nullable: boolean,
  values: readonly SparkInput[],
  where: string,
): void {
  const type = storedType(given);
  const nulls = values.reduce<number>((count, value) => (value == null ? count + 1 : count), 0);
  body.nodes.push([values.length, nulls]);
  if (type.type === "null") return;
  if (nulls > 0 && !nullable) notNull(values, where);
  add(body, nulls === 0 ? NO_BYTES : bitsOf(values, (value) => value != null));
  switch (type.type) {
    case "array":
      return writeArray(body, type.element, type.containsNull, values, where);
    case "map":
      return writeMap(body, type, values, where);
    case "struct":
      for (const [index, field] of type.fields.entries()) {
        const inner = fieldsOf(values, type, index, where);
        writeColumn(body, field.type, field.nullable || nulls > 0, inner, `${where}.${field.name}`);
      }
      return;
    case "variant":
      return writeVariants(body, values, where);
    case "timestamp_ltz nanos":
    case "timestamp_ntz nanos":
      return writeNanos(body, type, values, where);
    case "geometry":
    case "geography":
      return writeShapes(body, type, values, where);
    case "string":
    case "char":
    case "varchar":
      return addSized(
        body,
        values.map((value, row) => encoded(value, row, where)),
      );
    case "binary":
      return addSized(
        body,
        values.map((value, row) => (value == null ? NO_BYTES : binaryOf(value, row, where))),
      );
    default:
      return add(body, fixedWidth(type, values, where));
  }
}

function encoded(value: SparkInput, row: number, where: string): Uint8Array {
  return value == null ? NO_BYTES : Buffer.from(textOf(value, row, where), "utf8");
}

function writeArray(
  body: ArrowBody,
  element: DataType,
  containsNull: boolean,
  values: readonly SparkInput[],
  where: string,
): void {
  const lists = values.map((value, row) => (value == null ? [] : itemsOf(value, row, where)));
  add(body, offsetsOf(lists));
  writeColumn(body, element, containsNull, lists.flat(), `${where}[]`);
}

function writeMap(body: ArrowBody, type: MapType, values: readonly SparkInput[], where: string): void {
  const maps = values.map((value, row) => (value == null ? [] : entriesOf(value, row, where)));
  add(body, offsetsOf(maps));
  const entries = maps.flat();
  body.nodes.push([entries.length, 0]);
  add(body, NO_BYTES);
  writeColumn(
    body,
    type.key,
    false,
    entries.map(([key]) => key),
    `${where}.key`,
  );
  writeColumn(
    body,
    type.value,
    type.valueContainsNull,
    entries.map(([, value]) => value),
    `${where}.value`,
  );
}

/** A variant is a struct of two byte strings; neither is ever null. */
function writeVariants(body: ArrowBody, values: readonly SparkInput[], where: string): void {
  const variants = values.map((value, row) => (value == null ? undefined : variantOf(value, row, where)));
  const parts = [variants.map((variant) => variant?.value), variants.map((variant) => variant?.metadata)];
  for (const part of parts) {
    body.nodes.push([part.length, 0]);
    add(body, NO_BYTES);
    addSized(
      body,
      part.map((bytes) => bytes ?? NO_BYTES),
    );
  }
}

/**
 * Timestamps in nanoseconds are sent as a struct of microseconds and what is left: Arrow's own, of 64 bits, end in 1677
 * and 2262.
 */
function writeNanos(
  body: ArrowBody,
  type: TimestampNanosType,
  values: readonly SparkInput[],
  where: string,
): void {
  const parts = values.map((value, row) => nanoPartsOf(value, type, row, where));
  for (const part of [
    BigInt64Array.from(parts, ([micros]) => micros),
    Int16Array.from(parts, ([, nanos]) => nanos),
  ]) {
    body.nodes.push([part.length, 0]);
    add(body, NO_BYTES);
    add(body, bytesOf(part));
  }
}

/** A shape is a struct of its system's number and its bytes; neither is ever null. */
function writeShapes(body: ArrowBody, type: SpatialType, values: readonly SparkInput[], where: string): void {
  const shapes = values.map((value, row) => (value == null ? undefined : shapeOf(value, type, row, where)));
  body.nodes.push([shapes.length, 0]);
  add(body, NO_BYTES);
  add(body, bytesOf(Int32Array.from(shapes, (shape) => shape?.srid ?? 0)));
  body.nodes.push([shapes.length, 0]);
  add(body, NO_BYTES);
  addSized(
    body,
    shapes.map((shape) => shape?.wkb ?? NO_BYTES),
  );
}

function fixedWidth(type: DataType, values: readonly SparkInput[], where: string): Uint8Array {
  switch (type.type) {
    case "boolean":
      return bitsOf(values, (value, row) => booleanOf(value, row, where));
    case "byte":
      return bytesOf(Int8Array.from(values, (value, row) => integerOf(value, 8, row, where)));
    case "short":
      return bytesOf(Int16Array.from(values, (value, row) => integerOf(value, 16, row, where)));
    case "integer":
      return bytesOf(Int32Array.from(values, (value, row) => integerOf(value, 32, row, where)));
    case "date":
      return bytesOf(Int32Array.from(values, (value, row) => daysOfValue(value, row, where)));
    case "float":
      return bytesOf(Float32Array.from(values, (value, row) => numberOf(value, row, where)));
    case "double":
      return bytesOf(Float64Array.from(values, (value, row) => numberOf(value, row, where)));
    case "long":
    case "timestamp":
    case "timestamp_ntz":
    case "time":
    case "day-time interval":
      return bytesOf(BigInt64Array.from(values, (value, row) => longOf(value, type, row, where)));
    case "year-month interval":
      return bytesOf(Int32Array.from(values, (value, row) => yearMonthsOf(value, row, where)));
    case "decimal": {
      const halves = values.flatMap((value, row) => {
        const unscaled = unscaledOf(value, type, row, where);
        return [BigInt.asIntN(64, unscaled), BigInt.asIntN(64, unscaled >> 64n)];
      });
      return bytesOf(BigInt64Array.from(halves));
    }
    case "interval":
      return calendarOf(values, where);
    default:
      throw unsupported(type);
  }
}

/** Where each value's part of the child begins, and where the last ends. */
function offsetsOf(lists: readonly { readonly length: number }[]): Uint8Array {
  const offsets = new Int32Array(lists.length + 1);
  let end = 0;
  for (const [index, list] of lists.entries()) {
    end += list.length;
    offsets[index + 1] = end;
  }
  return bytesOf(offsets);
}

function addSized(body: ArrowBody, values: readonly Uint8Array[]): void {
  add(body, offsetsOf(values));
  add(body, new Uint8Array(Buffer.concat(values)));
}

function bytesOf(
  values: Int8Array | Int16Array | Int32Array | BigInt64Array | Float32Array | Float64Array,
): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

function add(body: ArrowBody, buffer: Uint8Array): void {
  body.buffers.push([body.length, buffer.length]);
  const rest = (ALIGNMENT - (buffer.length % ALIGNMENT)) % ALIGNMENT;
  body.parts.push(buffer, new Uint8Array(rest));
  // eslint-disable-next-line eslint/no-param-reassign -- the body grows
  body.length += buffer.length + rest;
}
