import type { MessageInitShape } from "@bufbuild/protobuf";
import { call } from "../frame/expression.ts";
import type { ExpressionInit, LiteralInit } from "../frame/plan.ts";
import type { DataTypeSchema } from "../gen/spark/connect/types_pb.ts";
import { isBefore } from "./server-version.ts";

/** The first version that reads each literal as it is meant. */
const READ_RIGHT_SINCE = "4.1";
/** What older versions can't have in an object. */
const TIMES: ReadonlySet<string | undefined> = new Set([
  "date",
  "timestamp",
  "timestampNtz",
  "dayTimeInterval",
  "yearMonthInterval",
  "calendarInterval",
]);

/** A literal that has others in it. */
interface Made {
  readonly kind: "array" | "map" | "object";
  readonly parts: readonly LiteralInit[];
  /** Whether the types are said that an empty one would have. */
  readonly isTyped: boolean;
}

type TypeInit = MessageInitShape<typeof DataTypeSchema>;

/** Where older servers look for a literal's type, which is where plans have it; the newest name it for old. */
interface Typed {
  readonly elementType?: TypeInit | undefined;
  readonly keyType?: TypeInit | undefined;
  readonly structType?: TypeInit | undefined;
}

function typed(literal: Typed): Typed {
  return literal;
}

function made({ literalType }: LiteralInit): Made | undefined {
  switch (literalType?.case) {
    case "array": {
      const { elements = [] } = literalType.value;
      const { elementType } = typed(literalType.value);
      return { kind: "array", parts: elements, isTyped: elementType?.kind?.case !== "null" };
    }
    case "map": {
      const { keys = [], values = [] } = literalType.value;
      const { keyType } = typed(literalType.value);
      return { kind: "map", parts: [...keys, ...values], isTyped: keyType?.kind?.case !== "null" };
    }
    case "struct":
      return { kind: "object", parts: literalType.value.elements ?? [], isTyped: false };
    default:
      return undefined;
  }
}

/**
 * What a server of `version` doesn't read right in a literal, or undefined. 3.5 takes nulls in arrays and maps for 0, ""
 * or 1970, without a word; the rest it and 4.0 refuse.
 */
export function partsProblem(literal: LiteralInit, version: string): string | undefined {
  return isBefore(version, READ_RIGHT_SINCE) ? problemOf(literal, false) : undefined;
}

function problemOf(literal: LiteralInit, inObject: boolean): string | undefined {
  if (inObject && TIMES.has(literal.literalType?.case)) return "a date, time or interval within an object";
  const whole = made(literal);
  if (whole === undefined) return undefined;
  const { kind, parts, isTyped } = whole;
  const article = kind === "map" ? "a" : "an";
  if (parts.length === 0 && !isTyped) return `an empty ${kind}`;
  for (const part of parts) {
    const of = part.literalType?.case;
    if (of === "null") return `a null within ${article} ${kind}`;
    if (of === "struct" && kind !== "object") return `an object within ${article} ${kind}`;
    const problem = problemOf(part, inObject || kind === "object");
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/**
 * The call of a function that makes what a literal means: `array`, `map` or `named_struct`. Parts that can be read right
 * stay literals: they know their types, even where they are empty.
 */
export function literalCall(literal: LiteralInit): ExpressionInit {
  const { literalType } = literal;
  if (problemOf(literal, false) === undefined) return { exprType: { case: "literal", value: literal } };
  switch (literalType?.case) {
    case "array":
      return call("array", (literalType.value.elements ?? []).map(literalCall));
    case "map": {
      const { keys = [], values = [] } = literalType.value;
      return call(
        "map",
        keys.flatMap((key, index) => [literalCall(key), literalCall(values[index] ?? {})]),
      );
    }
    case "struct": {
      const { elements = [] } = literalType.value;
      const { structType } = typed(literalType.value);
      const type = structType?.kind;
      const fields = type?.case === "struct" ? (type.value.fields ?? []) : [];
      const named = elements.flatMap((element, index) => [
        text(fields[index]?.name ?? ""),
        literalCall(element),
      ]);
      return named.length === 0 ? call("struct", []) : call("named_struct", named);
    }
    default:
      return { exprType: { case: "literal", value: literal } };
  }
}

function text(value: string): ExpressionInit {
  return { exprType: { case: "literal", value: { literalType: { case: "string", value } } } };
}
