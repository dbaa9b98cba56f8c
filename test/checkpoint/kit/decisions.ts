import {
  type Artifact,
  type ComponentHeader,
  decide,
  type Decision,
  type DecisionPolicy,
  foldRun,
  type RunEvent,
  type RunState,
} from "../../../src/checkpoint/mod.ts";
import { completed, failed, PIPELINE, sequence } from "./runs.ts";

export const AT: string = "2026-11-23T20:11:02.113Z";

export function state(components: readonly ComponentHeader[], ...events: readonly RunEvent[]): RunState {
  const started: RunEvent = {
    type: "run-started",
    format: 1,
    runId: "old",
    rootRunId: "old",
    pipelineName: PIPELINE,
    startedAt: AT,
    components,
    options: {},
  };
  const folded = foldRun([{ seq: 1, nonce: "", prev: "", sum: "", at: AT, events: [started, ...events] }]);
  if (folded === undefined) throw new Error("nothing folded");
  return folded;
}

export interface Asked {
  readonly policy?: Partial<DecisionPolicy>;
  readonly now?: number;
  readonly check?: (artifact: Artifact) => "same" | "changed" | "missing";
}

export async function decided(
  previous: RunState | undefined,
  components: readonly ComponentHeader[],
  asked: Asked = {},
): Promise<Decision> {
  return decide({
    previous,
    components,
    policy: { onConfigChange: "refuse", onCodeChange: "warn", ...asked.policy },
    now: asked.now,
    checkArtifact: async (artifact) => Promise.resolve(asked.check?.(artifact) ?? "same"),
  });
}

/** `A:restore completed` for each component. */
export function table({ components }: Decision, names: readonly ComponentHeader[]): string[] {
  return components.map(({ index, action, reason }) => `${names[index]?.name}:${action} ${reason}`);
}

export const ABCD: readonly ComponentHeader[] = sequence(["A", "B", "C", "D"]);
export const AB_DONE: readonly RunEvent[] = [completed(0), completed(1), failed(2)];
