import type { RunEnd, RunEvent } from "../checkpoint/mod.ts";
import type { Execution } from "./execution.ts";
import type { EndFacts } from "./stop-reason.ts";

/** The event that ends a run's journal, with what hooks are to be told of it. */
export function endEvent({ status, reason }: EndFacts, execution: Execution, end: RunEnd): RunEvent {
  const { failed } = execution;
  switch (status) {
    case "completed":
      return { type: "run-completed", end };
    case "interrupted":
      return { type: "run-interrupted", reason: reason ?? "SIGTERM", end };
    case "partial":
      return { type: "run-failed", reason: "partial", failed, end };
    case "failed":
      return { type: "run-failed", reason: reason === "timeout" ? "timeout" : "component", failed, end };
  }
}
