import { CairnError } from "../../base/mod.ts";

import { ARROW_TYPE, type ArrowField, type ArrowTypeName } from "./arrow-field.ts";
import { FlatTable } from "./flat-table.ts";

/** What begins each message of a stream, before the length of its metadata. */
const CONTINUATION = 0xff_ff_ff_ff;
/** Kinds of messages, as `Message.fbs` numbers them. */
const SCHEMA = 1;
const DICTIONARY_BATCH = 2;
const RECORD_BATCH = 3;

const ZSTD = 1;
/** Before a compressed buffer stands its length, 8 bytes; -1 says that it isn't compressed. */
const LENGTH_BYTES = 8;
/** Numbers are looked at in place. */
const ALIGNMENT = 8;
const DEFAULT_UNIT_MILLI = 1;
const DECIMAL_BITS = 128;
const TIME_BITS = 32;
const FLOAT_BITS = [16, 32, 64];

const TYPE_NAMES: ReadonlyMap<number, ArrowTypeName> = new Map(
  Object.entries(ARROW_TYPE).map(([name, id]) => [id, name as ArrowTypeName]),
);

/** Rows as they lie in memory: the buffers of all columns, in the order of the schema. */
export interface RecordBatch {
  readonly rows: number;
  /** Length and count of nulls of each vector, parents before their children. */
  readonly nodes: readonly (readonly [number, number])[];
  /** The vectors' buffers; all begin at a multiple of 8 bytes. */
  readonly buffers: readonly Uint8Array[];
  /** Those of them that were compressed: they are no views of the stream. */
  readonly expanded: readonly Uint8Array[];
}

/** A message of a stream, with its place in it. */
export interface ArrowMessage {
  readonly kind: "schema" | "batch";
  /** Where it begins and ends, its body included. */
  readonly start: number;
  readonly end: number;
}

/** A stream's schema, and its batches, read one by one. */
export interface ArrowReading {
  readonly fields: readonly ArrowField[];
  readonly batches: IterableIterator<RecordBatch>;
}

/**
 * Reads an Arrow IPC stream. The buffers are views of `bytes` where those lie at a multiple of 8, else of a copy.
 *
 * @throws CairnError `SPARK_ARROW_INVALID` for bytes that are no such stream, or use what Spark never sends
 *   (dictionaries, LZ4).
 */
export function readArrow(bytes: Uint8Array): ArrowReading {
  const aligned = bytes.byteOffset % 8 === 0 ? bytes : new Uint8Array(bytes);
  const messages = messagesOf(aligned);
  const first = messages.next();
  const header = first.done === true ? undefined : first.value.header;
  if (first.done === true || first.value.kind !== "schema" || !header) {
    throw invalid("it doesn't begin with a schema");
  }
  return { fields: header.tables(1).map(fieldOf), batches: batchesOf(aligned, messages) };
}

function* batchesOf(bytes: Uint8Array, messages: Iterable<Message>): Generator<RecordBatch> {
  for (const message of messages) if (message.kind === "batch") yield batchOf(bytes, message);
}

/** Where the messages of a stream lie, without their ends; for putting streams together. */
export function arrowMessages(bytes: Uint8Array): readonly ArrowMessage[] {
  return Array.from(messagesOf(bytes), ({ kind, start, end }) => ({ kind, start, end }));
}

interface Message extends ArrowMessage {
  readonly header: FlatTable;
  readonly body: number;
}

function* messagesOf(bytes: Uint8Array): Generator<Message, undefined> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  while (at + 4 <= bytes.length) {
    const start = at;
    let length = view.getUint32(at, true);
    at += 4;
    if (length === CONTINUATION) {
      if (at + 4 > bytes.length) throw invalid("it ends within a message");
      length = view.getUint32(at, true);
      at += 4;
    }
    if (length === 0) return undefined;
    if (at + length > bytes.length) throw invalid("it ends within a message");
    const message = FlatTable.root(bytes.subarray(at, at + length));
    const body = at + length;
    const end = body + message.long(3);
    if (end > bytes.length) throw invalid("it ends within a batch");
    const header = message.table(2);
    if (!header) throw invalid("a message has no header");
    yield { kind: kindOf(message.byte(1)), start, end, header, body };
    at = end;
  }
  return undefined;
}

function kindOf(type: number): "schema" | "batch" {
  if (type === SCHEMA) return "schema";
  if (type === RECORD_BATCH) return "batch";
  throw invalid(type === DICTIONARY_BATCH ? "it has dictionaries" : `it has a message of kind ${type}`);
}

function fieldOf(table: FlatTable): ArrowField {
  const type = TYPE_NAMES.get(table.byte(2));
  const facts = table.table(3);
  const name = table.text(0) ?? "";
  if (!type || !facts) throw invalid(`its column "${name}" has Arrow's type ${table.byte(2)}`);
  if (table.table(4)) throw invalid(`its column "${name}" is a dictionary`);
  return {
    name,
    type,
    nullable: table.bool(1),
    children: table.tables(5).map(fieldOf),
    metadata: new Map(table.tables(6).map((pair) => [pair.text(0) ?? "", pair.text(1) ?? ""])),
    ...factsOf(type, facts),
  };
}

type Facts = Pick<ArrowField, "bits" | "signed" | "precision" | "scale" | "unit" | "zone">;

const NO_FACTS: Facts = { bits: 0, signed: true, precision: 0, scale: 0, unit: 0, zone: undefined };

function factsOf(type: ArrowTypeName, table: FlatTable): Facts {
  switch (type) {
    case "int":
      return { ...NO_FACTS, bits: table.int(0), signed: table.bool(1) };
    case "float":
      return { ...NO_FACTS, bits: FLOAT_BITS[table.short(0)] ?? 0 };
    case "decimal":
      return {
        ...NO_FACTS,
        precision: table.int(0),
        scale: table.int(1),
        bits: table.int(2, DECIMAL_BITS),
      };
    case "date":
    case "duration":
      return { ...NO_FACTS, unit: table.short(0, DEFAULT_UNIT_MILLI) };
    case "time":
      return { ...NO_FACTS, unit: table.short(0, DEFAULT_UNIT_MILLI), bits: table.int(1, TIME_BITS) };
    case "timestamp":
      return { ...NO_FACTS, unit: table.short(0), zone: table.text(1) };
    case "interval":
      return { ...NO_FACTS, unit: table.short(0) };
    default:
      return NO_FACTS;
  }
}

function batchOf(bytes: Uint8Array, message: Message): RecordBatch {
  const { header, body } = message;
  const compression = header.table(3);
  if (compression && compression.byte(0) !== ZSTD) {
    throw invalid("its batches are compressed with LZ4; zstd and none can be read");
  }
  const buffers = header.pairs(2).map(([offset, length]) => {
    const buffer = bytes.subarray(body + offset, body + offset + length);
    return compression && length > 0 ? expanded(buffer) : buffer;
  });
  return {
    rows: header.long(0),
    nodes: header.pairs(1),
    buffers,
    expanded: buffers.filter((buffer) => buffer.buffer !== bytes.buffer),
  };
}

function expanded(buffer: Uint8Array): Uint8Array {
  const view = new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
  const content = buffer.subarray(LENGTH_BYTES);
  if (view.getBigInt64(0, true) === -1n) return content;
  const made = Bun.zstdDecompressSync(content);
  return made.byteOffset % ALIGNMENT === 0 ? made : new Uint8Array(made);
}

function invalid(state: string): CairnError {
  return new CairnError(`Cannot read the Arrow data from Spark: ${state}`, {
    code: "SPARK_ARROW_INVALID",
    kind: "world",
  });
}
