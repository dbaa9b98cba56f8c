import {
  type Clock,
  createRedactor,
  durationText,
  type JsonObject,
  type Redactor,
  systemClock,
} from "../base/mod.ts";
import type { PipelineHooks } from "../sdk/mod.ts";
import {
  abandonedFields,
  chainFields,
  componentFields,
  errorFields,
  lateFields,
  PIPELINE_STATUS,
  runFields,
  timestampField,
} from "./hook-events.ts";

/** Where a line goes; it comes without a line ending. */
export type WriteLine = (line: string) => void;

export interface LoggingOptions {
  /** Default: standard error, because standard output belongs to results. */
  readonly write?: WriteLine | undefined;
  readonly clock?: Clock | undefined;
  /** Default: one that masks by key name. */
  readonly redactor?: Redactor | undefined;
}

const toStandardError: WriteLine = (line) => {
  process.stderr.write(`${line}\n`);
};

/** Takes one record of the structured log. */
type Emit = (event: string, fields: JsonObject) => void;

function pipelinePoints(emit: Emit): PipelineHooks {
  return {
    beforePipeline(run) {
      emit("pipeline_start", {
        ...runFields(run),
        component_count: run.totalComponents,
        ...chainFields(run),
      });
    },
    afterPipeline(run) {
      emit("pipeline_end", {
        ...runFields(run),
        duration_ms: Math.round(run.durationMs),
        status: PIPELINE_STATUS[run.status],
        components_completed: run.completed,
        components_failed: run.failed,
        ...(run.error === undefined ? {} : errorFields(run.error)),
        ...lateFields(run.late),
      });
    },
    onAbandoned(run) {
      emit("pipeline_abandoned", abandonedFields(run));
    },
  };
}

function componentPoints(emit: Emit): PipelineHooks {
  return {
    beforeComponent(component) {
      emit("component_start", {
        ...componentFields(component),
        component_type: component.type,
        attempt: component.attempt,
      });
    },
    afterComponent(component) {
      // A restored completion did not end now: it has an event of its own, so that nobody counts it as work.
      if (component.status === "restored") {
        emit("component_restored", componentFields(component));
        return;
      }
      emit("component_end", {
        ...componentFields(component),
        duration_ms: Math.round(component.durationMs),
        status: component.status === "skipped" ? "skipped" : "success",
      });
    },
    onComponentFailure(component) {
      emit("component_error", {
        ...componentFields(component),
        duration_ms: Math.round(component.durationMs),
        status: "failure",
        ...errorFields(component.error),
      });
    },
    onRetryAttempt(component) {
      emit("component_retry", {
        ...componentFields(component),
        attempt: component.attempt,
        max_attempts: component.maxAttempts,
        delay_ms: component.delayMs,
        ...errorFields(component.error),
      });
    },
    onCircuitBreakerStateChange(component) {
      emit("circuit_breaker_state_change", {
        ...componentFields(component),
        old_state: component.from,
        new_state: component.to,
      });
    },
  };
}

/** The hooks of a log for people, given where its lines go. */
function humanHooks(say: (line: string) => void): PipelineHooks {
  const at = (component: {
    readonly index: number;
    readonly totalComponents: number;
    readonly name: string;
  }) => `[${component.index + 1}/${component.totalComponents}] ${component.name}`;
  return {
    name: "logging",
    beforePipeline(run) {
      const resumed = run.resumedFrom === undefined ? "" : `, resuming ${run.resumedFrom}`;
      say(
        `Pipeline "${run.pipelineName}" started: ${run.totalComponents} components, run ${run.runId}${resumed}`,
      );
    },
    beforeComponent(component) {
      say(`${at(component)}: started${component.attempt > 1 ? ` (attempt ${component.attempt})` : ""}`);
    },
    afterComponent(component) {
      const time = component.status === "restored" ? "" : ` (${durationText(component.durationMs)})`;
      say(`${at(component)}: ${component.status}${time}`);
    },
    onComponentFailure(component) {
      const { error } = component;
      say(
        `${at(component)}: failed (${durationText(component.durationMs)}): ${error.name}: ${error.message}`,
      );
    },
    onRetryAttempt(component) {
      const { error } = component;
      say(
        `${at(component)}: attempt ${component.attempt} of ${component.maxAttempts} in ` +
          `${durationText(component.delayMs)}, after ${error.name}: ${error.message}`,
      );
    },
    onCircuitBreakerStateChange(component) {
      say(`${at(component)}: circuit breaker ${component.from} → ${component.to}`);
    },
    afterPipeline(run) {
      const failed = run.failed === 0 ? "" : `, ${run.failed} failed`;
      say(
        `Pipeline "${run.pipelineName}" ${run.status} (${durationText(run.durationMs)}): ` +
          `${run.completed} of ${run.totalComponents} components completed${failed}` +
          (run.late === undefined ? "" : `; it ended at ${run.late.endedAt} and was not told then`),
      );
    },
    onAbandoned(run) {
      say(
        `Pipeline "${run.pipelineName}" abandoned: run ${run.runId} was last seen at ${run.lastSeenAt}, with ` +
          `${run.completed} of ${run.totalComponents} components completed`,
      );
    },
  };
}

/**
 * Hooks that log what happens.
 *
 * ```ts
 * const hooks = loggingHooks.structured({ write: (line) => out.push(line) });
 * ```
 */
export const loggingHooks: {
  /** JSON lines with the original's event names and fields. */
  structured(options?: LoggingOptions): PipelineHooks;
  /** Plain sentences. */
  humanReadable(options?: LoggingOptions): PipelineHooks;
} = {
  structured(options = {}) {
    const { write = toStandardError, clock = systemClock, redactor = createRedactor() } = options;
    const emit: Emit = (event, fields) => {
      write(JSON.stringify(redactor.json({ event, ...fields, ...timestampField(clock.now()) })));
    };
    return { name: "logging", ...pipelinePoints(emit), ...componentPoints(emit) };
  },
  humanReadable(options = {}) {
    const { write = toStandardError, redactor = createRedactor() } = options;
    return humanHooks((line) => write(redactor.text(line)));
  },
};
