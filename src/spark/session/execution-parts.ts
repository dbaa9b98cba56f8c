import { CairnError } from "../../base/mod.ts";
import type {
  ExecutePlanResponse,
  ExecutePlanResponse_ArrowBatch,
  ExecutePlanResponse_ExecutionProgress,
} from "../gen/spark/connect/base_pb.ts";
import type { ExecutePart, QueryProgress } from "../plan-runner.ts";
import { freeBytes } from "../wire/free-bytes.ts";
import { joinBytes } from "../wire/join-bytes.ts";

/** Arrow readers look at numbers in place, so a batch begins where the largest of them may. */
const ALIGNMENT = 8;

/** Turns an execution's responses into parts; batches that come in chunks are put together. */
export class ExecutionParts {
  #chunks: Uint8Array[] = [];
  #rows = 0n;

  /** Whether a batch has begun and not ended. */
  get partial(): boolean {
    return this.#chunks.length > 0;
  }

  *read(response: ExecutePlanResponse): Generator<ExecutePart> {
    const { responseType, schema, metrics, observedMetrics } = response;
    if (schema !== undefined) yield { kind: "schema", schema };
    if (responseType.case === "arrowBatch") {
      // Metrics may have bytes in the same buffer, which a batch has to itself.
      if (observedMetrics.length > 0) responseType.value.data = new Uint8Array(responseType.value.data);
      const batch = this.#batch(responseType.value);
      if (batch !== undefined) yield batch;
    }
    if (responseType.case === "sqlCommandResult") {
      const { relation } = responseType.value;
      if (relation !== undefined) yield { kind: "relation", relation };
    }
    if (responseType.case === "checkpointCommandResult") {
      const { relation: value } = responseType.value;
      if (value !== undefined) {
        yield { kind: "relation", relation: { relType: { case: "cachedRemoteRelation", value } } };
      }
    }
    for (const observed of observedMetrics) yield { kind: "observed", observed };
    if (metrics !== undefined) yield { kind: "metrics", metrics };
  }

  #batch(batch: ExecutePlanResponse_ArrowBatch): ExecutePart | undefined {
    const { chunkIndex, numChunksInBatch, rowCount, data } = batch;
    if (numChunksInBatch === undefined || numChunksInBatch <= 1n) {
      return { kind: "batch", rows: Number(rowCount), data: aligned(data) };
    }
    if (chunkIndex !== BigInt(this.#chunks.length)) {
      throw new CairnError(
        `Cannot read the rows of a Spark query: chunk ${chunkIndex} of a batch came, ${this.#chunks.length} was due`,
        { code: "SPARK_PROTOCOL", kind: "bug" },
      );
    }
    this.#rows += rowCount;
    this.#chunks.push(data);
    if (BigInt(this.#chunks.length) < numChunksInBatch) return undefined;
    const whole = joinBytes(this.#chunks);
    for (const chunk of this.#chunks) freeBytes(chunk);
    // The server counts the rows of a batch once or in each of its chunks, as its version has it.
    const rows = Number(this.#rows === rowCount * numChunksInBatch ? rowCount : this.#rows);
    this.#chunks = [];
    this.#rows = 0n;
    return { kind: "batch", rows, data: whole };
  }
}

/** Moves bytes down to where readers of numbers can take them, over what stands before them and is read already. */
function aligned(data: Uint8Array): Uint8Array {
  const { buffer, byteOffset, byteLength } = data;
  const shift = byteOffset % ALIGNMENT;
  if (shift === 0) return data;
  const start = byteOffset - shift;
  new Uint8Array(buffer).copyWithin(start, byteOffset, byteOffset + byteLength);
  return new Uint8Array(buffer, start, byteLength);
}

/** The server's words on how far it is, added up over the stages. */
export function progressOf(
  operationId: string,
  { stages, numInflightTasks }: ExecutePlanResponse_ExecutionProgress,
): QueryProgress {
  let tasks = 0n;
  let tasksDone = 0n;
  let inputBytes = 0n;
  let stagesDone = 0;
  for (const stage of stages) {
    tasks += stage.numTasks;
    tasksDone += stage.numCompletedTasks;
    inputBytes += stage.inputBytesRead;
    if (stage.done) stagesDone++;
  }
  return {
    operationId,
    tasks: Number(tasks),
    tasksDone: Number(tasksDone),
    tasksRunning: Number(numInflightTasks),
    stages: stages.length,
    stagesDone,
    inputBytes,
  };
}
