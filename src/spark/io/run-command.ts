import type { MessageInitShape } from "@bufbuild/protobuf";
import type { CommandSchema } from "../gen/spark/connect/commands_pb.ts";
import type { ExecuteOptions, ExecutePart, PlanRunner } from "../plan-runner.ts";

/** A plan that gives no rows. */
export type CommandInit = MessageInitShape<typeof CommandSchema>;

/** Runs a command to its end; `take` is given what comes back. */
export async function runCommand(
  runner: PlanRunner,
  command: CommandInit,
  options: ExecuteOptions = {},
  take: (part: ExecutePart) => void = () => undefined,
): Promise<void> {
  const parts = runner.execute({ opType: { case: "command", value: command } }, options);
  for await (const part of parts) take(part);
}
