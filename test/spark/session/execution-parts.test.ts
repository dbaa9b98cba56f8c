import { create, fromBinary, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { describe, expect, test } from "bun:test";
import { arrowRows } from "../../../src/spark/arrow/batch-rows.ts";
import { rowsToArrow } from "../../../src/spark/arrow/rows-to-arrow.ts";
import {
  type ExecutePlanResponse,
  type ExecutePlanResponse_ObservedMetrics,
  ExecutePlanResponse_ObservedMetricsSchema,
  ExecutePlanResponseSchema,
} from "../../../src/spark/gen/spark/connect/base_pb.ts";
import { Expression_LiteralSchema } from "../../../src/spark/gen/spark/connect/expressions_pb.ts";
import type { ExecutePart } from "../../../src/spark/plan-runner.ts";
import { ExecutionParts } from "../../../src/spark/session/execution-parts.ts";
import { freeBytes } from "../../../src/spark/wire/free-bytes.ts";

const ROWS = [
  { n: 1n, x: 0.5, s: "a" },
  { n: -(2n ** 63n), x: Number.NaN, s: "häßlich" },
  { n: 3n, x: null, s: null },
];
const { data: STREAM } = rowsToArrow(ROWS, "n bigint, x double, s string");

/** A response as the wire gives it: its bytes are a view of the message. */
function received(init: MessageInitShape<typeof ExecutePlanResponseSchema>): ExecutePlanResponse {
  return fromBinary(
    ExecutePlanResponseSchema,
    toBinary(ExecutePlanResponseSchema, create(ExecutePlanResponseSchema, init)),
  );
}

function batch(
  data: Uint8Array,
  chunk?: { readonly index: number; readonly of: number },
): MessageInitShape<typeof ExecutePlanResponseSchema> {
  const value = {
    data,
    rowCount: BigInt(ROWS.length),
    ...(chunk && { chunkIndex: BigInt(chunk.index), numChunksInBatch: BigInt(chunk.of) }),
  };
  return { responseType: { case: "arrowBatch", value } };
}

function observedBytes(value: Uint8Array): ExecutePlanResponse_ObservedMetrics {
  const literal = create(Expression_LiteralSchema, { literalType: { case: "binary", value } });
  return create(ExecutePlanResponse_ObservedMetricsSchema, { name: "m", keys: ["b"], values: [literal] });
}

function rowsOf(parts: readonly ExecutePart[]): unknown[] {
  return parts.flatMap((part) => (part.kind === "batch" ? [...arrowRows(part.data, undefined)].flat() : []));
}

describe("the batches of an execution", () => {
  test("begin where readers of numbers can take them, wherever they lie in their message", () => {
    const offsets = new Set<number>();
    for (let length = 1; length <= 8; length++) {
      const response = received({ ...batch(STREAM), sessionId: "x".repeat(length) });
      if (response.responseType.case !== "arrowBatch") throw new Error("no batch");
      offsets.add(response.responseType.value.data.byteOffset % 8);
      const parts = [...new ExecutionParts().read(response)];
      const [part] = parts;
      if (part?.kind !== "batch") throw new Error("no batch");
      expect(part.data.byteOffset % 8).toBe(0);
      expect(part.data).toEqual(STREAM);
      expect(rowsOf(parts)).toEqual(ROWS);
    }
    expect(offsets.size).toBe(8);
  });

  test("are put together from chunks, cut at any byte", () => {
    for (let cut = 1; cut < STREAM.length; cut++) {
      const reading = new ExecutionParts();
      const chunks = [STREAM.subarray(0, cut), STREAM.subarray(cut)];
      const parts = chunks.flatMap((chunk, index) => [
        ...reading.read(received(batch(chunk, { index, of: 2 }))),
      ]);
      expect(parts.map(({ kind }) => kind)).toEqual(["batch"]);
      expect(rowsOf(parts)).toEqual(ROWS);
      expect(reading.partial).toBe(false);
    }
  });

  test("share no bytes with the metrics of their response", () => {
    const bytes = Uint8Array.of(1, 2, 3, 4, 5, 6, 7);
    const response = received({ ...batch(STREAM), observedMetrics: [observedBytes(bytes)] });
    const parts = [...new ExecutionParts().read(response)];
    const [first, second] = parts;
    if (first?.kind !== "batch" || second?.kind !== "observed") throw new Error("other parts came");
    freeBytes(first.data);
    expect(second.observed.values[0]?.literalType).toEqual({ case: "binary", value: bytes });
  });
});
