import type { CairnError } from "../../base/mod.ts";
import { isRecord, shown } from "../arrow/checked-values.ts";
import type { DataType, DecimalType, Field } from "../schema/data-type.ts";
import { simpleString } from "../schema/simple-string.ts";
import { typeToMessage } from "../schema/type-message.ts";
import { Decimal } from "../value/decimal.ts";
import { Geography } from "../value/geography.ts";
import { Geometry } from "../value/geometry.ts";
import type { SparkInput } from "../value/spark-value.ts";
import { Variant } from "../value/variant.ts";
import { plainLiteral, plainType, timeLiteral } from "./plain-literal.ts";
import { type LiteralInit, planError } from "./plan.ts";

const MAX_DIGITS = 38;

/**
 * A literal for any value. Whole numbers are `integer` where they fit, else `long`; other numbers are `double`; a bigint
 * is a `long`. Elements of one array, and values of one map, become one type: with one `double` among the numbers all
 * are.
 *
 * @throws CairnError `SPARK_VALUE_INVALID` for a value that Spark can't hold exactly; `SPARK_PLAN_INVALID` for one
 *   that isn't of Spark at all, and for elements of different types.
 */
export function literalOf(value: SparkInput): LiteralInit {
  return literalAs(value, typeOfLiteral(value));
}

function typeOfLiteral(value: SparkInput): DataType {
  const plain = plainType(value);
  if (plain) return plain;
  if (Array.isArray(value)) {
    return { type: "array", element: typeOfAll(value as readonly SparkInput[]), containsNull: true };
  }
  if (value instanceof Map) {
    const map = value as ReadonlyMap<SparkInput, SparkInput>;
    const [key, inner] = [typeOfAll([...map.keys()]), typeOfAll([...map.values()])];
    return { type: "map", key, value: inner, valueContainsNull: true };
  }
  if (!isRecord(value)) throw noLiteral(value);
  const fields = Object.entries(value).map(([name, inner]): Field => ({
    name,
    type: typeOfLiteral(inner),
    nullable: true,
  }));
  return { type: "struct", fields };
}

function noLiteral(value: SparkInput): CairnError {
  if (value instanceof Variant) {
    return planError(
      "Cannot send a variant to Spark by itself: Spark has no literals of the type",
      "Give it in a row of createDataFrame, or its JSON as text: parse_json(:text).",
    );
  }
  if (value instanceof Geometry || value instanceof Geography) {
    const [type, make] =
      value instanceof Geometry ? ["geometry", "st_geomfromwkb"] : ["geography", "st_geogfromwkb"];
    return planError(
      `Cannot send a ${type} to Spark as an argument or within another value: Spark has no literals of the type`,
      `Give it in a row of createDataFrame, or its bytes: ${make}(:wkb, ${value.srid}).`,
    );
  }
  return planError(`Cannot send ${shown(value)} to Spark: it is no value of Spark's`);
}

function typeOfAll(values: readonly SparkInput[]): DataType {
  return values.map(typeOfLiteral).reduce<DataType>(wider, { type: "null" });
}

/** The type that holds both exactly. */
function wider(left: DataType, right: DataType): DataType {
  if (left.type === "null") return right;
  if (right.type === "null" || simpleString(left) === simpleString(right)) return left;
  if (left.type === "decimal" && right.type === "decimal") return widerDecimal(left, right);
  const finer = finerTime(left, right);
  if (finer) return finer;
  const numbers = ["integer", "long", "double"];
  const [low, high] = [left, right].toSorted((a, b) => numbers.indexOf(a.type) - numbers.indexOf(b.type));
  // A long may be a bigint, which a double doesn't hold.
  if (low?.type === "integer" && (high?.type === "long" || high?.type === "double")) return high;
  if (left.type === "array" && right.type === "array") {
    return { ...left, element: wider(left.element, right.element) };
  }
  if (left.type === "map" && right.type === "map") {
    return { ...left, key: wider(left.key, right.key), value: wider(left.value, right.value) };
  }
  if (left.type === "struct" && right.type === "struct") {
    const names = new Set([...left.fields, ...right.fields].map(({ name }) => name));
    const typeIn = (fields: readonly Field[], name: string): DataType =>
      fields.find((field) => field.name === name)?.type ?? { type: "null" };
    const fields = Array.from(names, (name): Field => ({
      name,
      type: wider(typeIn(left.fields, name), typeIn(right.fields, name)),
      nullable: true,
    }));
    return { type: "struct", fields };
  }
  throw planError(
    `Cannot send an array or map to Spark: one of its values is ${simpleString(left)}, another ${simpleString(right)}`,
  );
}

/** Of two times of one kind, the one with more digits. */
function finerTime(left: DataType, right: DataType): DataType | undefined {
  if (left.type === "time" && right.type === "time") return left.precision < right.precision ? right : left;
  for (const [plain, fine] of [
    [left, right],
    [right, left],
  ] as const) {
    if (plain.type === "timestamp" && fine.type === "timestamp_ltz nanos") return fine;
    if (plain.type === "timestamp_ntz" && fine.type === "timestamp_ntz nanos") return fine;
  }
  return undefined;
}

function widerDecimal(left: DecimalType, right: DecimalType): DecimalType {
  const scale = Math.max(left.scale, right.scale);
  const whole = Math.max(left.precision - left.scale, right.precision - right.scale);
  if (whole + scale > MAX_DIGITS) {
    throw planError(
      `Cannot send an array or map to Spark: its decimals need ${whole + scale} digits together`,
    );
  }
  return { type: "decimal", precision: whole + scale, scale };
}

/** The types stand where 3.5 looks for them; later versions have another place too, and still look here. */
function literalAs(value: SparkInput, type: DataType): LiteralInit {
  if (value === null || value === undefined) {
    return { literalType: { case: "null", value: typeToMessage(type) } };
  }
  switch (type.type) {
    case "double":
      return { literalType: { case: "double", value: Number(value) } };
    case "long":
      return {
        literalType: { case: "long", value: typeof value === "bigint" ? value : BigInt(Number(value)) },
      };
    case "decimal": {
      const text = (value instanceof Decimal ? value : Decimal.parse("0")).withScale(type.scale).toString();
      const { precision, scale } = type;
      return { literalType: { case: "decimal", value: { value: text, precision, scale } } };
    }
    case "time":
    case "timestamp_ltz nanos":
    case "timestamp_ntz nanos":
      return timeLiteral(value, type);
    case "array": {
      const elements = (value as readonly SparkInput[]).map((item) => literalAs(item, type.element));
      const types = { elementType: typeToMessage(type.element) };
      return { literalType: { case: "array", value: { ...types, elements } } };
    }
    case "map": {
      const map = value as ReadonlyMap<SparkInput, SparkInput>;
      const keys = [...map.keys()].map((key) => literalAs(key, type.key));
      const values = [...map.values()].map((inner) => literalAs(inner, type.value));
      const types = { keyType: typeToMessage(type.key), valueType: typeToMessage(type.value) };
      return { literalType: { case: "map", value: { ...types, keys, values } } };
    }
    case "struct": {
      const struct = value as Readonly<Record<string, SparkInput>>;
      const elements = type.fields.map((field) =>
        literalAs(Object.hasOwn(struct, field.name) ? struct[field.name] : null, field.type),
      );
      const types = { structType: typeToMessage(type) };
      return { literalType: { case: "struct", value: { ...types, elements } } };
    }
    default:
      return plainLiteral(value);
  }
}
