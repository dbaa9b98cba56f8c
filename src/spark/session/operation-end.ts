import { CairnError } from "../../base/mod.ts";
import type { ExecuteOptions } from "../plan-runner.ts";
import type { OperationState } from "./operations.ts";
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
  session: Pick<SparkSession, "operationStates" | "attach" | "serverSession">,
  operationId: string,
  options: Pick<ExecuteOptions, "signal">,
): Promise<OperationEnd> {
  const state = await stateOf(session, operationId);
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
    // A server that doesn't tell its sessions apart may have forgotten this one, and all that ran in it.
    const isSame = (await session.serverSession()) !== undefined;
    return { how: isSame && isUnheardOf(thrown.cause) ? "absent" : "lost" };
  }
}

/** Undefined where the server is too old to be asked: it then says all that it knows to whoever listens. */
async function stateOf(
  session: Pick<SparkSession, "operationStates">,
  operationId: string,
): Promise<OperationState | undefined> {
  try {
    return (await session.operationStates([operationId])).get(operationId);
  } catch (thrown) {
    if (thrown instanceof CairnError && thrown.code === "SPARK_UNSUPPORTED") return undefined;
    throw thrown;
  }
}

function isUnheardOf(cause: unknown): boolean {
  return cause instanceof Error && cause.message.includes("INVALID_HANDLE.OPERATION_NOT_FOUND");
}
