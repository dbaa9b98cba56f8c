/**
 * Room `builtin`: components and hooks that ship in the executable: programs (`exec`), requests, files, `spark.submit`
 * (a folder); logging, audit, metrics. Components have a door of their own, `components.ts`: every worker opens it.
 *
 * Not here: what a hook is (room `sdk`), when hooks are called (room `run`), finding those of plugins (room `plugin`).
 * To add a component: a file with its definition, its row in `components.ts`, its page in docs/components/.
 * To add hooks: a file with a function that gives `PipelineHooks`, and their definition in `builtin-hooks.ts`.
 */
export { auditHooks, type AuditOptions } from "./audit-hooks.ts";
export { builtinHooks, type BuiltinHooksContext } from "./builtin-hooks.ts";
export { loggingHooks, type LoggingOptions, type WriteLine } from "./logging-hooks.ts";
export type { MetricsRegistry } from "./metric-set.ts";
export { metricsFileHooks, metricsHooks, type MetricsOptions, writeMetricsFile } from "./metrics-hooks.ts";
