import type { AnalyzeQuestion, ExecuteOptions, PlanRunner } from "../plan-runner.ts";
import { Schema } from "../schema/schema.ts";
import { fieldsFromMessage } from "../schema/type-message.ts";
import { planError, type RelationInit, type RelationKind } from "./plan.ts";

/** A relation with a number of its own in its session, by which columns name it. */
export function planned(runner: PlanRunner, relType: RelationKind): RelationInit {
  return { common: { planId: runner.nextPlanId() }, relType };
}

/** The schema of a relation, as the server's analyzer says it. */
export async function schemaOf(
  runner: PlanRunner,
  relation: RelationInit,
  options: Pick<ExecuteOptions, "signal">,
): Promise<Schema> {
  const question: AnalyzeQuestion = {
    case: "schema",
    value: { plan: { opType: { case: "root", value: relation } } },
  };
  const answer = await runner.analyze(question, options);
  if (answer.case !== "schema" || !answer.value.schema) {
    throw planError("Cannot read a schema: the server's answer has none");
  }
  return new Schema(fieldsFromMessage(answer.value.schema));
}

const EXPLAIN_MODES = { simple: 1, extended: 2, codegen: 3, cost: 4, formatted: 5 } as const;

/** What `explain` can say: the physical plan, all plans, the generated code, with statistics, formatted. */
export type ExplainMode = keyof typeof EXPLAIN_MODES;

/** The plan of a relation as text. */
export async function explainOf(
  runner: PlanRunner,
  relation: RelationInit,
  mode: ExplainMode,
  options: Pick<ExecuteOptions, "signal">,
): Promise<string> {
  const explainMode = Object.hasOwn(EXPLAIN_MODES, mode) ? EXPLAIN_MODES[mode] : undefined;
  if (explainMode === undefined) {
    throw planError(
      `Cannot explain a plan: "${mode}" is no mode`,
      `The modes are ${Object.keys(EXPLAIN_MODES).join(", ")}.`,
    );
  }
  const question: AnalyzeQuestion = {
    case: "explain",
    value: { plan: { opType: { case: "root", value: relation } }, explainMode },
  };
  const answer = await runner.analyze(question, options);
  return answer.case === "explain" ? answer.value.explainString : "";
}
