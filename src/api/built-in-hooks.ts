import type { PipelineHooks } from "../sdk/mod.ts";
import { unfinished } from "./unfinished.ts";

/** Hooks that log the run; to stderr unless `write` says otherwise. */
export const loggingHooks: {
  structured(options?: { readonly write?: (line: string) => void }): PipelineHooks;
  humanReadable(options?: { readonly write?: (line: string) => void }): PipelineHooks;
} = { structured: () => unfinished(), humanReadable: () => unfinished() };
/** Hooks that append to an audit file. */
export const auditHooks: { toFile(path: string): PipelineHooks } = { toFile: () => unfinished() };
/** Hooks that keep metrics in a prom-client registry. */
export function metricsHooks(registry: unknown): PipelineHooks {
  return unfinished();
}
