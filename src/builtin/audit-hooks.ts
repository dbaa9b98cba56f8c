import { hostname } from "node:os";
import { resolve } from "node:path";
import {
  type Clock,
  createRedactor,
  type JsonObject,
  type JsonValue,
  type Redactor,
  systemClock,
  uuid,
  version,
} from "../base/mod.ts";
import type { HookComponent, PipelineHooks } from "../sdk/mod.ts";
import { openChainedFile } from "./chained-file.ts";
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

/** Variables that the original's audit records hold; nothing else of the environment is recorded. */
export const AUDITED_ENVIRONMENT: readonly string[] = [
  "SPARK_HOME",
  "HADOOP_HOME",
  "HADOOP_CONF_DIR",
  "JAVA_HOME",
  "SCALA_HOME",
  "PATH",
  "USER",
  "HOME",
  "HOSTNAME",
  "PWD",
  "SHELL",
];

export interface AuditOptions {
  readonly clock?: Clock | undefined;
  /** Default: one that masks by key name. */
  readonly redactor?: Redactor | undefined;
  /** Default: the process's. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Names of the variables that are recorded. Default: {@link AUDITED_ENVIRONMENT}. */
  readonly environment?: readonly string[] | undefined;
  /** Default true. */
  readonly includeStackTrace?: boolean | undefined;
  /** A line that can't be written fails the run. Default false. */
  readonly critical?: boolean | undefined;
}

/** The machine and process that write, with the allowed part of the environment. */
function systemContext(options: AuditOptions): JsonObject {
  const env = options.env ?? process.env;
  const environment: Record<string, string> = {};
  for (const name of options.environment ?? AUDITED_ENVIRONMENT) {
    const value = env[name];
    if (value !== undefined) environment[name] = value;
  }
  return {
    hostname: hostname(),
    platform: `${process.platform}-${process.arch}`,
    cairn_version: version,
    bun_version: Bun.version,
    pid: process.pid,
    environment,
  };
}

function auditedComponent(component: HookComponent): JsonObject {
  return {
    ...componentFields(component),
    component_type: component.type,
    component_config: component.config,
  };
}

/** Whether this is what a check of data found; the rest of it is the component's own. */
function isCheck(value: JsonValue): boolean {
  if (typeof value !== "object" || value === null) return false;
  return typeof Reflect.get(value, "name") === "string" && typeof Reflect.get(value, "passed") === "boolean";
}

/** The checks of data that a component's outputs tell, as `quality.check` does: a list `checks` of names and whether they passed. */
function checkFields(outputs: JsonValue | undefined): JsonObject {
  if (typeof outputs !== "object" || outputs === null || Array.isArray(outputs)) return {};
  const { checks } = outputs as JsonObject;
  return Array.isArray(checks) && checks.length > 0 && checks.every(isCheck)
    ? { quality_checks: checks }
    : {};
}

/** The hooks, given where records go. */
function recordingHooks(
  record: (event: string, fields: JsonObject) => Promise<void>,
  includeStackTrace: boolean,
): PipelineHooks {
  return {
    name: "audit",
    beforePipeline: (run) =>
      record("pipeline_start", {
        ...runFields(run),
        component_count: run.totalComponents,
        fail_fast: run.failFast,
        ...chainFields(run),
      }),
    beforeComponent: (component) =>
      record("component_start", { ...auditedComponent(component), attempt: component.attempt }),
    afterComponent: (component) =>
      component.status === "restored"
        ? record("component_restored", auditedComponent(component))
        : record("component_end", {
            ...auditedComponent(component),
            duration_ms: Math.round(component.durationMs),
            status: component.status === "skipped" ? "skipped" : "success",
            ...checkFields(component.outputs),
          }),
    onComponentFailure: (component) =>
      record("component_failure", {
        ...auditedComponent(component),
        duration_ms: Math.round(component.durationMs),
        ...errorFields(component.error),
        ...(includeStackTrace ? { stack_trace: component.error.stack ?? null } : {}),
      }),
    onRetryAttempt: (component) =>
      record("component_retry", {
        ...auditedComponent(component),
        attempt: component.attempt,
        max_attempts: component.maxAttempts,
        delay_ms: component.delayMs,
        ...errorFields(component.error),
      }),
    afterPipeline: (run) =>
      record("pipeline_end", {
        ...runFields(run),
        duration_ms: Math.round(run.durationMs),
        status: PIPELINE_STATUS[run.status],
        components_completed: run.completed,
        components_failed: run.failed,
        ...(run.error === undefined ? {} : errorFields(run.error)),
        ...lateFields(run.late),
      }),
    onAbandoned: (run) => record("pipeline_abandoned", abandonedFields(run)),
  };
}

/**
 * Hooks that keep an audit trail: JSON lines with the original's events and fields, redacted, appended, on the disk
 * before the run goes on, each chained by hash to the line before (see `openChainedFile`).
 *
 * ```ts
 * const hooks = composeHooks(auditHooks.toFile("/var/log/audit.jsonl"), loggingHooks.structured());
 * ```
 */
export const auditHooks: {
  /** @param path Relative paths count from the working directory. */
  toFile(path: string, options?: AuditOptions): PipelineHooks;
} = {
  toFile(path, options = {}) {
    const { clock = systemClock, redactor = createRedactor(), critical = false } = options;
    const context = systemContext(options);
    const tornLine = (bytes: number): JsonObject => ({
      event_id: uuid(),
      event_type: "audit_torn_line",
      ...timestampField(clock.now()),
      torn_bytes: bytes,
    });
    const file = openChainedFile(resolve(path), { clock, tornLine });
    const record = async (event: string, { run_id, ...fields }: JsonObject): Promise<void> => {
      const line = redactor.json({
        event_id: uuid(),
        run_id: run_id ?? null,
        event_type: event,
        ...timestampField(clock.now()),
        ...fields,
        system_context: context,
        spark_context: null,
      });
      await file.append(line as JsonObject);
    };
    return { ...recordingHooks(record, options.includeStackTrace ?? true), critical };
  },
};
