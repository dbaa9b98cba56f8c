import { appendFileSync, mkdirSync } from "node:fs";
import { dirname, resolve } from "node:path";
import * as v from "valibot";
import type { Clock, Redactor } from "../base/mod.ts";
import { defineHooks, type HooksDefinition } from "../sdk/mod.ts";
import { auditHooks, AUDITED_ENVIRONMENT } from "./audit-hooks.ts";
import { loggingHooks, type WriteLine } from "./logging-hooks.ts";
import { metricsFileHooks } from "./metrics-hooks.ts";

/** What the built-in hooks of a configuration are given besides their settings. */
export interface BuiltinHooksContext {
  /** Absolute folder that relative paths count from: the configuration file's. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly redactor: Redactor;
  /** Where `logging` without a file writes: standard error. */
  readonly write: WriteLine;
}

const path = v.pipe(v.string(), v.nonEmpty("must not be empty"));
const METRIC_PREFIX = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/u;
const METRIC_LABEL = /^[a-zA-Z_][a-zA-Z0-9_]*$/u;

function logging(context: BuiltinHooksContext): HooksDefinition {
  return defineHooks({
    description: "Logs the run's events as JSON lines or as sentences.",
    config: v.strictObject({
      format: v.optional(v.picklist(["structured", "human-readable"]), "structured"),
      file: v.optional(path),
    }),
    open({ format, file }) {
      const options = { clock: context.clock, redactor: context.redactor, write: context.write };
      const target = file === undefined ? undefined : resolve(context.folder, file);
      if (target !== undefined) {
        mkdirSync(dirname(target), { recursive: true });
        options.write = (line) => appendFileSync(target, `${line}\n`, { mode: 0o600 });
      }
      return format === "structured" ? loggingHooks.structured(options) : loggingHooks.humanReadable(options);
    },
  });
}

function audit(context: BuiltinHooksContext): HooksDefinition {
  return defineHooks({
    description: "Keeps an audit trail: JSON lines, on the disk at once, chained by hash.",
    config: v.strictObject({
      path,
      includeStackTrace: v.optional(v.boolean(), true),
      environment: v.optional(v.array(v.string()), [...AUDITED_ENVIRONMENT]),
      critical: v.optional(v.boolean(), false),
    }),
    open: (settings) =>
      auditHooks.toFile(resolve(context.folder, settings.path), {
        ...settings,
        clock: context.clock,
        redactor: context.redactor,
        env: context.env,
      }),
  });
}

function metrics(context: BuiltinHooksContext): HooksDefinition {
  return defineHooks({
    description: "Writes the run's metrics to a file for node_exporter's textfile collector.",
    config: v.strictObject({
      file: path,
      prefix: v.optional(v.pipe(v.string(), v.regex(METRIC_PREFIX, "is no name of a metric")), "pipeline"),
      tags: v.optional(
        v.record(v.pipe(v.string(), v.regex(METRIC_LABEL, "is no name of a label")), v.string()),
        {},
      ),
    }),
    open: ({ file, prefix, tags }) =>
      metricsFileHooks(resolve(context.folder, file), { prefix, tags, clock: context.clock }),
  });
}

/**
 * The hooks that a configuration can name without a plugin: `hooks = [{ type = "audit", path = "audit.jsonl" }]`.
 * They are defined as a plugin's are, so whoever opens plugins' hooks opens these.
 */
export function builtinHooks(context: BuiltinHooksContext): ReadonlyMap<string, HooksDefinition> {
  return new Map([
    ["audit", audit(context)],
    ["logging", logging(context)],
    ["metrics", metrics(context)],
  ]);
}
