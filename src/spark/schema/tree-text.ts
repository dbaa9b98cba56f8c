import type { DataType, Field, UserDefinedType } from "./data-type.ts";
import { simpleString } from "./simple-string.ts";

/** The names that trees print in their own way; all others are those of {@link simpleString}. */
const TREE_NAMES: Readonly<Record<string, string>> = {
  byte: "byte",
  short: "short",
  integer: "integer",
  long: "long",
};

/** Fields as the tree that Spark's `printSchema()` prints, one line each, ending with a line feed. */
export function treeText(fields: readonly Field[]): string {
  return ["root", ...fields.flatMap((field) => fieldLines(field, " |"))].map((line) => `${line}\n`).join("");
}

function fieldLines(field: Field, prefix: string): string[] {
  const head = `${prefix}-- ${field.name}: ${typeName(field.type)} (nullable = ${field.nullable})`;
  return [head, ...innerLines(field.type, `${prefix}    |`)];
}

function innerLines(type: DataType, prefix: string): string[] {
  if (type.type === "struct") return type.fields.flatMap((field) => fieldLines(field, prefix));
  if (type.type === "array") {
    const head = `${prefix}-- element: ${typeName(type.element)} (containsNull = ${type.containsNull})`;
    return [head, ...innerLines(type.element, `${prefix}    |`)];
  }
  if (type.type !== "map") return [];
  return [
    `${prefix}-- key: ${typeName(type.key)}`,
    ...innerLines(type.key, `${prefix}    |`),
    `${prefix}-- value: ${typeName(type.value)} (valueContainsNull = ${type.valueContainsNull})`,
    ...innerLines(type.value, `${prefix}    |`),
  ];
}

function typeName(type: DataType): string {
  if (type.type === "array" || type.type === "map" || type.type === "struct") return type.type;
  if (type.type === "udt") return userTypeName(type);
  return TREE_NAMES[type.type] ?? simpleString(type);
}

/** As Spark derives it: the class's own name, `vector` for `org.apache.spark.ml.linalg.VectorUDT`. */
function userTypeName({ jvmClass }: UserDefinedType): string {
  if (jvmClass === undefined || jvmClass === "") return "pythonuserdefined";
  const name = jvmClass.slice(Math.max(jvmClass.lastIndexOf("."), jvmClass.lastIndexOf("$")) + 1);
  return name.replace(/(Type)?(UDT)?$/u, "").toLowerCase();
}
