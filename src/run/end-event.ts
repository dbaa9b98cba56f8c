import type { RunEvent } from "../checkpoint/mod.ts";
import type { Execution } from "./execution.ts";
import type { EndFacts } from "./stop-reason.ts";

/** The event that ends a run's journal. */
export function endEvent(end: EndFacts, execution: Execution): RunEvent {
  const { failed } = execution;
  switch (end.status) {
    case "completed":
      return { type: "run-completed" };
    case "interrupted":
      return { type: "run-interrupted", reason: end.reason ?? "SIGTERM" };
    case "partial":
      return { type: "run-failed", reason: "partial", failed };
    case "failed":
      return { type: "run-failed", reason: end.reason === "timeout" ? "timeout" : "component", failed };
  }
}
