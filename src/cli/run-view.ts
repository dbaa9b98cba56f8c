import { durationText } from "../base/mod.ts";
import type { PipelineHooks, RunObserver } from "../api/mod.ts";
import type { Log } from "./log.ts";
import { visible } from "./style.ts";

/** How a run shows itself while it goes on. */
export interface RunView {
  readonly hooks: PipelineHooks;
  readonly observer: RunObserver;
  /** Takes away what is only for the time of the run. */
  close(): void;
}

/** A component as `2/7 Transform(clean)`. */
export function placeText(component: {
  readonly index: number;
  readonly totalComponents: number;
  readonly name: string;
}): string {
  return `${component.index + 1}/${component.totalComponents} ${visible(component.name)}`;
}

/** One plain line per event, for files and pipes. */
export function plainView(log: Log): RunView {
  const hooks: PipelineHooks = {
    name: "cairn.log",
    beforePipeline(run) {
      const resumes = run.resumedFrom === undefined ? "" : `, resumes ${run.resumedFrom}`;
      const count = `${run.totalComponents} ${run.totalComponents === 1 ? "component" : "components"}`;
      log.say(
        "info",
        `pipeline ${JSON.stringify(run.pipelineName)} started: run ${run.runId}, ${count}${resumes}`,
      );
    },
    beforeComponent(component) {
      const attempt = component.attempt > 1 ? ` (attempt ${component.attempt})` : "";
      log.say("info", `${placeText(component)} started${attempt}`);
    },
    afterComponent(component) {
      const time = component.status === "restored" ? "" : ` in ${durationText(component.durationMs)}`;
      log.say("info", `${placeText(component)} ${component.status}${time}`);
    },
    onComponentFailure(component) {
      const { error } = component;
      log.say(
        "error",
        `${placeText(component)} failed after ${durationText(component.durationMs)}: ${error.name}: ${error.message}`,
      );
      if (error.stack !== undefined) log.say("debug", `${placeText(component)}: ${error.stack}`);
    },
    // That another attempt follows is a line of the run's own log.
    onRetryAttempt(component) {
      const { stack } = component.error;
      if (stack !== undefined) log.say("debug", `${placeText(component)}: ${stack}`);
    },
    afterPipeline(run) {
      const failed = run.failed === 0 ? "" : `, ${run.failed} failed`;
      const done = `${run.completed} of ${run.totalComponents} completed${failed}`;
      log.say(
        "info",
        `pipeline ${JSON.stringify(run.pipelineName)} ${run.status} in ${durationText(run.durationMs)}: ${done}`,
      );
    },
  };
  return { hooks, observer: { log: (line) => log.line(line) }, close: () => undefined };
}

/** Nothing on success: warnings and errors only. */
export function quietView(log: Log): RunView {
  return {
    hooks: { name: "cairn.quiet" },
    observer: { log: (line) => log.line(line) },
    close: () => undefined,
  };
}

/** JSON lines: the structured logging hooks, and log lines between them. `structured` are the API's hooks writing to the same place. */
export function jsonView(log: Log, structured: PipelineHooks): RunView {
  return { hooks: structured, observer: { log: (line) => log.line(line) }, close: () => undefined };
}
