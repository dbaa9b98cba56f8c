import {
  GetStatusResponse_OperationStatus_OperationState as State,
  InterruptRequest_InterruptType,
  SparkConnectService,
} from "../gen/spark/connect/base_pb.ts";
import type { SparkClient } from "./client.ts";

/** What became of an operation, as far as the server knows. */
export type OperationState = "unknown" | "running" | "terminating" | "succeeded" | "failed" | "cancelled";

/** Interrupts the operations of a session that `which` names: all, those with a tag, or one. */
export async function interrupt(
  client: SparkClient,
  which: { readonly tag?: string; readonly operationId?: string },
): Promise<readonly string[]> {
  const { tag, operationId } = which;
  const asked =
    operationId !== undefined
      ? {
          interruptType: InterruptRequest_InterruptType.OPERATION_ID,
          interrupt: { case: "operationId" as const, value: operationId },
        }
      : tag !== undefined
        ? {
            interruptType: InterruptRequest_InterruptType.TAG,
            interrupt: { case: "operationTag" as const, value: tag },
          }
        : { interruptType: InterruptRequest_InterruptType.ALL };
  const answer = await client.unary(SparkConnectService.method.interrupt, (base) => ({ ...base, ...asked }), {
    action: "interrupt operations",
  });
  return answer.interruptedIds;
}

/** The states of operations by ID, in the order asked. */
export async function operationStates(
  client: SparkClient,
  operationIds: readonly string[],
): Promise<ReadonlyMap<string, OperationState>> {
  const answer = await client.unary(
    SparkConnectService.method.getStatus,
    (base) => ({ ...base, operationStatus: { operationIds: [...operationIds] } }),
    { action: "ask for the state of operations" },
  );
  const states = new Map<string, OperationState>(operationIds.map((id) => [id, "unknown"]));
  for (const { operationId, state } of answer.operationStatuses) {
    states.set(operationId, NAMES[state] ?? "unknown");
  }
  return states;
}

const NAMES: Readonly<Partial<Record<State, OperationState>>> = {
  [State.UNSPECIFIED]: "unknown",
  [State.UNKNOWN]: "unknown",
  [State.RUNNING]: "running",
  [State.TERMINATING]: "terminating",
  [State.SUCCEEDED]: "succeeded",
  [State.FAILED]: "failed",
  [State.CANCELLED]: "cancelled",
};
