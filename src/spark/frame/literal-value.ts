import type { Expression_Literal } from "../gen/spark/connect/expressions_pb.ts";
import { fieldsFromMessage } from "../schema/type-message.ts";
import { CalendarInterval } from "../value/calendar-interval.ts";
import { Decimal } from "../value/decimal.ts";
import type { SparkValue } from "../value/spark-value.ts";
import {
  dateOf,
  dateTimeOf,
  dateTimeOfParts,
  dayTimeOf,
  instantOf,
  instantOfParts,
  timeOf,
  yearMonthOf,
} from "../value/time-values.ts";
import { planError } from "./plan.ts";

type Kind = Expression_Literal["literalType"];

/** The value of a literal that the server sends. @throws CairnError `SPARK_PLAN_INVALID` for one of another protocol. */
export function literalValue(literal: Expression_Literal): SparkValue {
  const { literalType: kind } = literal;
  switch (kind.case) {
    case "null":
      return null;
    case "array":
      return kind.value.elements.map(literalValue);
    case "specializedArray":
      return kind.value.valueType.value?.values ?? [];
    case "map": {
      const { keys, values } = kind.value;
      return new Map(keys.map((key, index) => [literalValue(key), valueAt(values, index)] as const));
    }
    case "struct":
      return structValue(literal, kind.value.elements);
    case "decimal":
      return Decimal.parse(kind.value.value);
    case "boolean":
    case "byte":
    case "short":
    case "integer":
    case "long":
    case "float":
    case "double":
    case "string":
    case "binary":
      return kind.value;
    default:
      return timeValue(kind);
  }
}

function timeValue(kind: Kind): SparkValue {
  switch (kind.case) {
    case "date":
      return dateOf(kind.value);
    case "timestamp":
      return instantOf(kind.value);
    case "timestampNtz":
      return dateTimeOf(kind.value);
    case "timestampLtzNanos":
      return instantOfParts(kind.value.epochMicros, kind.value.nanosWithinMicro);
    case "timestampNtzNanos":
      return dateTimeOfParts(kind.value.epochMicros, kind.value.nanosWithinMicro);
    case "time":
      return timeOf(kind.value.nano);
    case "yearMonthInterval":
      return yearMonthOf(kind.value);
    case "dayTimeInterval":
      return dayTimeOf(kind.value);
    case "calendarInterval":
      return new CalendarInterval(kind.value.months, kind.value.days, kind.value.microseconds);
    default:
      throw planError(`Cannot read what the server sends: a literal of the kind ${kind.case ?? "none"}`);
  }
}

function structValue(literal: Expression_Literal, elements: readonly Expression_Literal[]): SparkValue {
  const { literalType: kind, dataType } = literal;
  // eslint-disable-next-line typescript/no-deprecated -- servers before 4.1 have it here alone
  const type = dataType ?? (kind.case === "struct" ? kind.value.structType : undefined);
  const fields = type === undefined ? [] : fieldsFromMessage(type);
  return Object.fromEntries(
    elements.map((_, index) => [fields[index]?.name ?? `_${index + 1}`, valueAt(elements, index)] as const),
  );
}

function valueAt(literals: readonly Expression_Literal[], index: number): SparkValue {
  const literal = literals[index];
  return literal === undefined ? null : literalValue(literal);
}
