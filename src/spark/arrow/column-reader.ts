import { CairnError } from "../../base/mod.ts";
import { type DataType, storedType } from "../schema/data-type.ts";
import { Decimal } from "../value/decimal.ts";

import { type ArrowField, ARROW_UNIT } from "./arrow-field.ts";
import {
  type BatchCursor,
  offsets,
  unsupported,
  type ValueReader,
  view32,
  viewLong,
} from "./batch-cursor.ts";
import { dateReader } from "./date-reader.ts";
import { nestedReader } from "./nested-reader.ts";
import { timeReader } from "./time-reader.ts";

/**
 * The values of the next vector of a batch.
 *
 * @throws CairnError `SPARK_TYPE_UNSUPPORTED` where the server's type has no values in this client.
 */
export function columnReader(cursor: BatchCursor, field: ArrowField, type: DataType): ValueReader {
  const [, nulls] = cursor.node();
  if (field.type === "null") return () => null;
  const validity = cursor.buffer();
  const read = valueReader(cursor, field, storedType(type));
  if (nulls === 0 || validity.length === 0) return read;
  return (index) => (((validity[index >> 3] ?? 0) >> (index & 7)) & 1 ? read(index) : null);
}

function valueReader(cursor: BatchCursor, field: ArrowField, type: DataType): ValueReader {
  switch (field.type) {
    case "bool": {
      const bits = cursor.buffer();
      return (index) => (((bits[index >> 3] ?? 0) >> (index & 7)) & 1) === 1;
    }
    case "int":
      return integerReader(cursor, field);
    case "float":
      return numbers(field.bits === 64 ? view64(cursor.buffer()) : viewFloat(cursor.buffer()));
    case "decimal":
      return decimalReader(cursor, field);
    case "utf8":
    case "largeUtf8":
      return textReader(cursor, field.type === "largeUtf8");
    case "binary":
    case "largeBinary":
      return bytesReader(cursor, field.type === "largeBinary");
    case "date": {
      if (field.unit !== 0) throw unsupported(type);
      return dateReader(view32(cursor.buffer()));
    }
    case "timestamp":
    case "time":
    case "duration":
    case "interval":
      if (field.type !== "interval" && field.unit < ARROW_UNIT.micro) throw unsupported(type);
      return timeReader(field, type, cursor.buffer());
    default:
      return nestedReader(cursor, field, type, columnReader);
  }
}

/** `Number` arrays of any width. */
function numbers(values: Float64Array | Float32Array | Int8Array | Int16Array | Int32Array): ValueReader {
  return (index) => values[index] ?? 0;
}

function integerReader(cursor: BatchCursor, field: ArrowField): ValueReader {
  const buffer = cursor.buffer();
  switch (field.bits) {
    case 8:
      return numbers(new Int8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength));
    case 16:
      return numbers(new Int16Array(buffer.buffer, buffer.byteOffset, buffer.byteLength >> 1));
    case 32:
      return numbers(view32(buffer));
    default:
      return cursor.options.longs === "number" ? safeLongs(buffer, field.name) : longs(buffer);
  }
}

/** Small numbers are common, and a bigint made for each takes time and memory. */
const SMALL: readonly bigint[] = Array.from({ length: 1024 }, (_, value) => BigInt(value));

function longs(buffer: Uint8Array): ValueReader {
  const values = viewLong(buffer);
  const halves = view32(buffer);
  return (index) => {
    const low = halves[index * 2] ?? 0;
    const small = low >= 0 && low < SMALL.length && halves[index * 2 + 1] === 0 ? SMALL[low] : undefined;
    return small ?? values[index] ?? 0n;
  };
}

function safeLongs(buffer: Uint8Array, name: string): ValueReader {
  const halves = view32(buffer);
  return (index) => {
    const value = (halves[index * 2 + 1] ?? 0) * 2 ** 32 + ((halves[index * 2] ?? 0) >>> 0);
    if (Number.isSafeInteger(value)) return value;
    throw new CairnError(
      `Cannot read the column "${name}" as numbers: ${viewLong(buffer)[index]} isn't exact as a number`,
      { code: "SPARK_VALUE_INVALID", kind: "config", hint: 'Leave out longs: "number" to get bigints.' },
    );
  };
}

function decimalReader(cursor: BatchCursor, field: ArrowField): ValueReader {
  const buffer = cursor.buffer();
  const { scale } = field;
  const high = viewLong(buffer);
  if (field.bits !== 128) throw unsupported({ type: "decimal", precision: field.precision, scale });
  const low = new BigUint64Array(buffer.buffer, buffer.byteOffset, buffer.byteLength >> 3);
  return (index) => {
    const upper = high[index * 2 + 1] ?? 0n;
    const lower = low[index * 2] ?? 0n;
    if (upper === 0n) return new Decimal(lower, scale);
    // Small negative numbers have nothing but the sign in their upper half.
    if (upper === -1n && lower >= 0x8000_0000_0000_0000n) return new Decimal(BigInt.asIntN(64, lower), scale);
    return new Decimal((upper << 64n) | lower, scale);
  };
}

function textReader(cursor: BatchCursor, large: boolean): ValueReader {
  const at = offsets(cursor.buffer(), large);
  const data = cursor.buffer();
  const text = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return (index) => text.toString("utf8", at(index), at(index + 1));
}

function bytesReader(cursor: BatchCursor, large: boolean): ValueReader {
  const at = offsets(cursor.buffer(), large);
  const data = cursor.buffer();
  // Copies: a view would keep the whole batch in memory.
  return (index) => new Uint8Array(data.subarray(at(index), at(index + 1)));
}

function view64(buffer: Uint8Array): Float64Array {
  return new Float64Array(buffer.buffer, buffer.byteOffset, buffer.byteLength >> 3);
}

function viewFloat(buffer: Uint8Array): Float32Array {
  return new Float32Array(buffer.buffer, buffer.byteOffset, buffer.byteLength >> 2);
}
