import { durationText, type JsonObject } from "../base/mod.ts";
import type { Checkpoint, CheckpointState, LeaseHolder } from "../api/mod.ts";
import { type Style, visible } from "./style.ts";
import { table } from "./wrap.ts";

/** All states, in the order in which help lists them. */
export const STATES: readonly CheckpointState[] = [
  "running",
  "interrupted",
  "failed",
  "partial",
  "completed",
  "superseded",
  "poisoned",
  "deleted",
  "corrupt",
];

/** `failed at 3/7 Transform(clean)`: the state with how far it came. */
export function stateText(checkpoint: Checkpoint): string {
  const { state, failedAt, totalComponents } = checkpoint;
  if (failedAt === null) return state;
  return `${state} at ${failedAt.index + 1}/${totalComponents} ${visible(failedAt.name)}`;
}

/** The state in its colour. */
export function paintState(state: CheckpointState, text: string, style: Style): string {
  switch (state) {
    case "completed":
      return style.green(text);
    case "failed":
    case "poisoned":
    case "corrupt":
      return style.red(text);
    case "running":
      return style.cyan(text);
    case "interrupted":
    case "partial":
      return style.yellow(text);
    case "superseded":
    case "deleted":
      return style.dim(text);
  }
}

/** `host, pid 4711, since 2026-11-23T20:11:02.113Z`. */
export function holderText(holder: LeaseHolder): string {
  return `${visible(holder.host)}, pid ${holder.pid}, since ${holder.since}`;
}

/** The runs of a location, as a table. */
export function checkpointTable(checkpoints: readonly Checkpoint[], now: number, style: Style): string {
  const rows = checkpoints.map((each) => [
    visible(each.runId),
    visible(each.pipelineName),
    each.runKey === null ? "" : visible(each.runKey),
    paintState(each.state, stateText(each), style),
    secondsText(each.startedAt),
    ageText(each.startedAt, now),
    each.holder === null ? "" : holderText(each.holder),
  ]);
  return table(["RUN ID", "PIPELINE", "KEY", "STATE", "STARTED", "AGE", "HOLDER"], rows).join("\n");
}

/** An instant to the second, for tables. */
function secondsText(instant: string): string {
  return instant.replace(/\.\d+Z$/u, "Z");
}

/** Time since an instant; nothing where it is unknown (a corrupt checkpoint). */
export function ageText(instant: string, now: number): string {
  const since = Date.parse(instant);
  return Number.isNaN(since) ? "" : durationText(Math.max(0, now - since));
}

/** A checkpoint as documents have it. */
export function checkpointJson(checkpoint: Checkpoint): JsonObject {
  const { failedAt, holder } = checkpoint;
  return {
    runId: checkpoint.runId,
    rootRunId: checkpoint.rootRunId,
    runKey: checkpoint.runKey,
    pipelineName: checkpoint.pipelineName,
    state: checkpoint.state,
    status: checkpoint.status,
    startedAt: checkpoint.startedAt,
    completedComponents: checkpoint.completedComponents.map((each) => ({ ...each })),
    lastCheckpointedIndex: checkpoint.lastCheckpointedIndex,
    totalComponents: checkpoint.totalComponents,
    resumedFrom: checkpoint.resumedFrom,
    failedAt:
      failedAt === null
        ? null
        : {
            index: failedAt.index,
            name: failedAt.name,
            error:
              failedAt.error === undefined
                ? null
                : {
                    name: failedAt.error.name,
                    message: failedAt.error.message,
                    code: failedAt.error.code ?? null,
                    hint: failedAt.error.hint ?? null,
                  },
          },
    holder: holder === null ? null : { host: holder.host, pid: holder.pid, since: holder.since },
  };
}
