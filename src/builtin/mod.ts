/**
 * Room `builtin`: components and hooks that ship in the executable: logging, audit, metrics.
 *
 * Not here: what a hook is (room `sdk`), when hooks are called (room `run`), finding those of plugins (room `plugin`).
 * To add hooks: a file with a function that gives `PipelineHooks`, and their definition in `builtin-hooks.ts`.
 */
export { auditHooks, type AuditOptions } from "./audit-hooks.ts";
export { builtinHooks, type BuiltinHooksContext } from "./builtin-hooks.ts";
export { loggingHooks, type LoggingOptions, type WriteLine } from "./logging-hooks.ts";
export type { MetricsRegistry } from "./metric-set.ts";
export { metricsFileHooks, metricsHooks, type MetricsOptions, writeMetricsFile } from "./metrics-hooks.ts";
