import {
  CairnError,
  findingsToJson,
  isoTime,
  type JsonObject,
  messageOf,
  sortFindings,
} from "../base/mod.ts";
import type { RunResult } from "../api/mod.ts";
import { exitCodeOf } from "./exit.ts";

/** Under `--log-format=json` what ends a command is a record too: whatever refused it. */
export function errorRecord(thrown: unknown, now: number): JsonObject {
  const known = thrown instanceof CairnError ? thrown : undefined;
  return {
    event: "error",
    level: "error",
    error_code: known?.code ?? "BUG",
    error_message: messageOf(thrown),
    hint: known?.hint ?? null,
    findings: findingsToJson(sortFindings(known?.findings ?? [])),
    exit_code: exitCodeOf(thrown),
    timestamp: isoTime(now),
  };
}

/** The record of a run that did not succeed: what failed, and the command that resumes it. */
export function runFailedRecord(
  result: RunResult,
  endMessage: string | undefined,
  resumeCommand: string | null,
  now: number,
): JsonObject {
  return {
    event: "run_failed",
    level: "error",
    run_id: result.runId,
    pipeline_name: result.pipelineName,
    status: result.status,
    reason: result.reason,
    error_message: endMessage ?? null,
    errors: result.components.flatMap(({ name, status, error }) =>
      status === "failed" && error !== null
        ? [{ component_name: name, error_type: error.name, error_message: error.message }]
        : [],
    ),
    exit_code: result.exitCode,
    resume_command: resumeCommand,
    timestamp: isoTime(now),
  };
}
