import type { Field } from "../schema/data-type.ts";
import type { SparkInput } from "../value/spark-value.ts";

import { schemaTable } from "./arrow-schema-writer.ts";
import { type ArrowBody, newBody, writeColumn } from "./column-writer.ts";
import { type FlatFields, writeFlat } from "./flat-writer.ts";

/** Arrow's fifth version of its metadata, which all readers since 2020 take. */
const METADATA_V5 = 4;
const SCHEMA = 1;
const RECORD_BATCH = 3;
const CONTINUATION = 0xff_ff_ff_ff;
const ALIGNMENT = 8;
/** The zone that timestamps are told in; their numbers are UTC in every zone. */
const ZONE = "UTC";

/**
 * Writes columns of values as an Arrow IPC stream of one batch.
 *
 * @param columns the values by column, in the order of `fields`, all of one length
 * @throws CairnError `SPARK_VALUE_INVALID` for a value that its column's type can't hold exactly, with row and column.
 */
export function writeArrow(
  fields: readonly Field[],
  columns: readonly (readonly SparkInput[])[],
  rows: number,
): Uint8Array {
  const body = newBody();
  for (const [index, field] of fields.entries()) {
    writeColumn(body, field.type, field.nullable, columns[index] ?? [], field.name);
  }
  const parts = [
    ...message(SCHEMA, schemaTable(fields, ZONE), 0),
    ...message(RECORD_BATCH, batchTable(body, rows), body.length),
    ...body.parts,
    prefix(0),
  ];
  return new Uint8Array(Buffer.concat(parts));
}

function message(kind: number, header: FlatFields, bodyLength: number): Uint8Array[] {
  const metadata = writeFlat([
    { kind: "short", value: METADATA_V5 },
    { kind: "byte", value: kind },
    { kind: "table", value: header },
    { kind: "long", value: bodyLength },
  ]);
  const padded = Math.ceil(metadata.length / ALIGNMENT) * ALIGNMENT;
  return [prefix(padded), metadata, new Uint8Array(padded - metadata.length)];
}

/** What stands before a message; a length of 0 ends the stream. */
function prefix(length: number): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(8));
  bytes.setUint32(0, CONTINUATION, true);
  bytes.setInt32(4, length, true);
  return new Uint8Array(bytes.buffer);
}

function batchTable(body: ArrowBody, rows: number): FlatFields {
  return [
    { kind: "long", value: rows },
    { kind: "pairs", value: body.nodes },
    { kind: "pairs", value: body.buffers },
  ];
}
