/** What a program may know of the run it is part of. */
export interface ProgramRun {
  readonly runId: string;
  readonly rootRunId: string;
  readonly runKey: string | undefined;
  readonly pipelineName: string;
  readonly componentName: string;
  readonly attempt: number;
  readonly resumedFrom: string | undefined;
}

/**
 * The variables that tell a program where it is. They have a beginning of their own: `CAIRN_RUN_KEY` and the like
 * would be taken for flags by a cairn that the program starts.
 */
export function contextVariables(run: ProgramRun): Record<string, string> {
  return {
    CAIRN_CONTEXT_RUN_ID: run.runId,
    CAIRN_CONTEXT_ROOT_RUN_ID: run.rootRunId,
    CAIRN_CONTEXT_PIPELINE: run.pipelineName,
    CAIRN_CONTEXT_COMPONENT: run.componentName,
    CAIRN_CONTEXT_ATTEMPT: String(run.attempt),
    ...(run.runKey === undefined ? {} : { CAIRN_CONTEXT_RUN_KEY: run.runKey }),
    ...(run.resumedFrom === undefined ? {} : { CAIRN_CONTEXT_RESUMED_FROM: run.resumedFrom }),
  };
}
