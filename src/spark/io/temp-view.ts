import type { RelationInit } from "../frame/plan.ts";
import type { ExecuteOptions, PlanRunner } from "../plan-runner.ts";
import { runCommand } from "./run-command.ts";

export interface TempViewOptions extends ExecuteOptions {
  /** Take the place of a view of this name; else it is an error. Default true. */
  readonly replace?: boolean;
  /** Seen by all sessions, as `global_temp.NAME`. */
  readonly global?: boolean;
}

/** Gives a relation a name in SQL for as long as the session lives. */
export async function createTempView(
  runner: PlanRunner,
  input: RelationInit,
  name: string,
  { replace = true, global = false, ...options }: TempViewOptions = {},
): Promise<void> {
  const value = { input, name, replace, isGlobal: global };
  await runCommand(runner, { commandType: { case: "createDataframeView", value } }, options);
}
