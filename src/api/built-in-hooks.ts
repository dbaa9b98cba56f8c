export { auditHooks, loggingHooks, metricsFileHooks, metricsHooks } from "../builtin/mod.ts";
