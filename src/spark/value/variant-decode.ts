import { CairnError } from "../../base/mod.ts";

import { Decimal } from "./decimal.ts";
import type { SparkValue } from "./spark-value.ts";
import { dateOf, dateTimeOf, dateTimeOfNanos, instantOf, timeOf } from "./time-values.ts";

// The Parquet variant encoding: the low two bits of a value's first byte are its kind, the others its header.
const KIND_MASK = 3;
const PRIMITIVE = 0;
const SHORT_STRING = 1;
const OBJECT = 2;

const MAX_DEPTH = 1000;
const SIZE_BITS = 3;

/** The value that a variant's two byte strings say. @throws RangeError where they end too early. */
export function decodeVariant(value: Uint8Array, metadata: Uint8Array): SparkValue {
  return new VariantReader(value, keysOf(metadata)).read(0, 0);
}

/** The object keys: header byte, count, offsets, characters. */
function keysOf(metadata: Uint8Array): readonly string[] {
  const view = viewOf(metadata);
  const size = ((view.getUint8(0) >> 6) & SIZE_BITS) + 1;
  const count = unsigned(view, 1, size);
  const offsets = 1 + size;
  const characters = offsets + (count + 1) * size;
  return Array.from({ length: count }, (_, index) => {
    const start = unsigned(view, offsets + index * size, size);
    const end = unsigned(view, offsets + (index + 1) * size, size);
    return text(metadata, characters + start, end - start);
  });
}

class VariantReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #keys: readonly string[];

  constructor(bytes: Uint8Array, keys: readonly string[]) {
    this.#bytes = bytes;
    this.#view = viewOf(bytes);
    this.#keys = keys;
  }

  read(at: number, depth: number): SparkValue {
    if (depth > MAX_DEPTH) throw invalid(`it is nested deeper than ${MAX_DEPTH}`);
    const first = this.#view.getUint8(at);
    const header = first >> 2;
    switch (first & KIND_MASK) {
      case PRIMITIVE:
        return this.#primitive(header, at + 1);
      case SHORT_STRING:
        return text(this.#bytes, at + 1, header);
      case OBJECT:
        return this.#object(header, at + 1, depth);
      default:
        return this.#array(header, at + 1, depth);
    }
  }

  #object(header: number, at: number, depth: number): SparkValue {
    const offsetSize = (header & SIZE_BITS) + 1;
    const idSize = ((header >> 2) & SIZE_BITS) + 1;
    const countSize = (header >> 4) & 1 ? 4 : 1;
    const count = unsigned(this.#view, at, countSize);
    const ids = at + countSize;
    const offsets = ids + count * idSize;
    const values = offsets + (count + 1) * offsetSize;
    const entries = Array.from({ length: count }, (_, index): [string, SparkValue] => {
      const key = this.#keys[unsigned(this.#view, ids + index * idSize, idSize)];
      if (key === undefined) throw invalid("a key of an object is missing in its metadata");
      const start = unsigned(this.#view, offsets + index * offsetSize, offsetSize);
      return [key, this.read(values + start, depth + 1)];
    });
    return Object.fromEntries(entries);
  }

  #array(header: number, at: number, depth: number): SparkValue {
    const offsetSize = (header & SIZE_BITS) + 1;
    const countSize = (header >> 2) & 1 ? 4 : 1;
    const count = unsigned(this.#view, at, countSize);
    const offsets = at + countSize;
    const values = offsets + (count + 1) * offsetSize;
    return Array.from({ length: count }, (_, index) =>
      this.read(values + unsigned(this.#view, offsets + index * offsetSize, offsetSize), depth + 1),
    );
  }

  #primitive(type: number, at: number): SparkValue {
    const view = this.#view;
    switch (type) {
      case 0:
        return null;
      case 1:
      case 2:
        return type === 1;
      case 3:
        return view.getInt8(at);
      case 4:
        return view.getInt16(at, true);
      case 5:
        return view.getInt32(at, true);
      case 6:
        return integer(view.getBigInt64(at, true));
      case 7:
        return view.getFloat64(at, true);
      case 8:
        return new Decimal(BigInt(view.getInt32(at + 1, true)), view.getUint8(at));
      case 9:
        return new Decimal(view.getBigInt64(at + 1, true), view.getUint8(at));
      case 10: {
        const high = view.getBigInt64(at + 9, true);
        return new Decimal((high << 64n) | view.getBigUint64(at + 1, true), view.getUint8(at));
      }
      case 14:
        return view.getFloat32(at, true);
      default:
        return this.#sizedOrTime(type, at);
    }
  }

  #sizedOrTime(type: number, at: number): SparkValue {
    const view = this.#view;
    switch (type) {
      case 11:
        return dateOf(view.getInt32(at, true));
      case 12:
        return instantOf(view.getBigInt64(at, true));
      case 13:
        return dateTimeOf(view.getBigInt64(at, true));
      case 15:
        return this.#bytes.slice(at + 4, at + 4 + view.getUint32(at, true));
      case 16:
        return text(this.#bytes, at + 4, view.getUint32(at, true));
      case 17:
        return timeOf(view.getBigInt64(at, true) * 1000n);
      case 18:
        return new Temporal.Instant(view.getBigInt64(at, true));
      case 19:
        return dateTimeOfNanos(view.getBigInt64(at, true));
      case 20:
        return uuid(this.#bytes.subarray(at, at + 16));
      default:
        throw invalid(`the type ${type} in it is unknown`);
    }
  }
}

function integer(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function uuid(bytes: Uint8Array): string {
  return bytes.toHex().replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

function unsigned(view: DataView, at: number, size: number): number {
  let value = 0;
  for (let index = size - 1; index >= 0; index -= 1) value = value * 256 + view.getUint8(at + index);
  return value;
}

function text(bytes: Uint8Array, at: number, length: number): string {
  if (at + length > bytes.length) throw new RangeError("text ends after the variant");
  return Buffer.from(bytes.buffer, bytes.byteOffset + at, length).toString("utf8");
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function invalid(state: string): CairnError {
  return new CairnError(`Cannot read a variant: ${state}`, { code: "SPARK_VALUE_INVALID", kind: "world" });
}
