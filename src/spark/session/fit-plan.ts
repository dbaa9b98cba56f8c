import {
  create,
  type DescField,
  type DescMessage,
  isFieldSet,
  isMessage,
  type Message,
  type MessageInitShape,
} from "@bufbuild/protobuf";
import { CairnError } from "../../base/mod.ts";
import { AnalyzePlanRequestSchema, PlanSchema } from "../gen/spark/connect/base_pb.ts";
import { type Expression, ExpressionSchema } from "../gen/spark/connect/expressions_pb.ts";
import { LocalRelationSchema } from "../gen/spark/connect/relations_pb.ts";
import { DataType_StringSchema, DataTypeSchema } from "../gen/spark/connect/types_pb.ts";
import type { AnalyzeQuestion } from "../plan-runner.ts";
import { readSentSchema } from "../schema/sent-schema.ts";
import { typeToMessage } from "../schema/type-message.ts";
import { literalCall, partsProblem } from "./literal-parts.ts";
import { PROTOCOL, SINCE } from "./protocol-since.ts";
import { isBefore } from "./server-version.ts";
import { steer } from "./steering.ts";

type PlanInit = MessageInitShape<typeof PlanSchema>;

const PACKAGE = "spark.connect.";
const DEFAULT_COLLATION = "UTF8_BINARY";

/**
 * A plan as a server of `version` understands it.
 * @throws CairnError `SPARK_UNSUPPORTED` for what the server would leave out
 */
export function fitPlan(plan: PlanInit, version: string): PlanInit {
  if (!isBefore(version, PROTOCOL)) return plan;
  const message = create(PlanSchema, plan);
  fit(message, PlanSchema, version);
  return message;
}

/** The same for what is asked of the analyzer. */
export function fitQuestion(question: AnalyzeQuestion, version: string): AnalyzeQuestion {
  if (!isBefore(version, PROTOCOL)) return question;
  const message = create(AnalyzePlanRequestSchema, { analyze: question });
  fit(message, AnalyzePlanRequestSchema, version);
  return message.analyze.case === undefined ? question : message.analyze;
}

function fit(message: Message, type: DescMessage, version: string): void {
  if (type.typeName === ExpressionSchema.typeName) fitLiteral(message as Expression, version);
  if (isMessage(message, LocalRelationSchema)) fitSchema(message.schema, version);
  for (const field of type.fields) {
    if (!isFieldSet(message, field)) continue;
    const since = SINCE[`${type.typeName.slice(PACKAGE.length)}.${field.name}`];
    if (since !== undefined && isBefore(version, since[0]) && !isDefault(message)) {
      throw tooOld(version, since);
    }
    const inner = messageTypeOf(field);
    if (inner === undefined) continue;
    for (const value of valuesOf(message, field)) fit(value, inner, version);
  }
}

/** Of rows with a type that a server doesn't know it says no more than that their schema is wrong SQL. */
function fitSchema(text: string | undefined, version: string): void {
  if (text === undefined) return;
  const type = readSentSchema(text).type();
  fit(create(DataTypeSchema, typeToMessage(type)), DataTypeSchema, version);
}

/** A literal that the server doesn't read right becomes the call that makes the same value. */
function fitLiteral(expression: Expression, version: string): void {
  const { exprType } = expression;
  if (exprType.case !== "literal" || partsProblem(exprType.value, version) === undefined) return;
  expression.exprType = create(ExpressionSchema, literalCall(exprType.value)).exprType;
}

/** The collation that all text had before there were others. */
function isDefault(message: Message): boolean {
  return isMessage(message, DataType_StringSchema) && message.collation === DEFAULT_COLLATION;
}

function messageTypeOf(field: DescField): DescMessage | undefined {
  if (field.fieldKind === "message") return field.message;
  if (field.fieldKind === "list" && field.listKind === "message") return field.message;
  return field.fieldKind === "map" && field.mapKind === "message" ? field.message : undefined;
}

function valuesOf(message: Message, field: DescField): readonly Message[] {
  const held = message as unknown as Readonly<Record<string, unknown>>;
  const value =
    field.oneof === undefined
      ? held[field.localName]
      : (held[field.oneof.localName] as { readonly value?: unknown }).value;
  if (field.fieldKind === "list") return value as readonly Message[];
  return field.fieldKind === "map" ? Object.values(value as Record<string, Message>) : [value as Message];
}

function tooOld(version: string, [since, what]: readonly [string, string]): CairnError {
  const error = new CairnError(`Cannot run this on Spark ${version}: ${what} came with Spark ${since}`, {
    code: "SPARK_UNSUPPORTED",
    kind: "world",
    hint: "Use a newer server, or say it otherwise; docs/spark.md lists what each version has.",
  });
  return steer(error, "permanent");
}
