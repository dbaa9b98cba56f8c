import { CairnError } from "../../base/mod.ts";
import type { ExecuteOptions } from "../plan-runner.ts";
import { SparkError } from "./spark-error.ts";
import type { SparkSession } from "./spark-session.ts";

/**
 * How an operation ended. `absent`: this session, as it is on the server, doesn't know it and has not thrown it away.
 * `lost`: the server has thrown it away, so that nobody can say.
 */
export type OperationEnd =
  | { readonly how: "succeeded" | "cancelled" | "absent" | "lost" }
  | { readonly how: "failed"; readonly error: SparkError | undefined };

/** Waits for an operation that someone began in this session; what it gave stays on the server. */
export async function operationEnd(
  session: Pick<SparkSession, "operationStates" | "attach">,
  operationId: string,
  options: Pick<ExecuteOptions, "signal">,
): Promise<OperationEnd> {
  const state = (await session.operationStates([operationId])).get(operationId);
  if (state === "succeeded" || state === "cancelled") return { how: state };
  if (state === "failed") return { how: "failed", error: undefined };
  const parts = session.attach(operationId, { ...options, keep: true });
  try {
    for (let part = await parts.next(); part.done !== true;) part = await parts.next();
    return { how: "succeeded" };
  } catch (thrown) {
    options.signal?.throwIfAborted();
    if (thrown instanceof SparkError && thrown.operationId === operationId) {
      return thrown.errorClass === "OPERATION_CANCELED"
        ? { how: "cancelled" }
        : { how: "failed", error: thrown };
    }
    if (!(thrown instanceof CairnError) || thrown.code !== "SPARK_OUTCOME_UNKNOWN") throw thrown;
    return { how: isUnheardOf(thrown.cause) ? "absent" : "lost" };
  }
}

function isUnheardOf(cause: unknown): boolean {
  return cause instanceof Error && cause.message.includes("INVALID_HANDLE.OPERATION_NOT_FOUND");
}
