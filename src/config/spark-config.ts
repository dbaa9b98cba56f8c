import { findingAt, type HoconField, type HoconObject, readString } from "../hocon/mod.ts";
import type { Decoding } from "./field.ts";

/**
 * Spark's properties as one flat record, from quoted keys (`"spark.sql.shuffle.partitions" = 200`) and nested ones
 * (`spark { sql { shuffle { partitions = 200 } } }`) alike. Undefined where some value is no property.
 */
export function flattenSparkConfig(
  node: HoconObject,
  decoding: Decoding,
): Readonly<Record<string, string>> | undefined {
  // No prototype: `__proto__` is a property's name like any other.
  const flat = Object.create(null) as Record<string, string>;
  let whole = true;
  const report = (field: HoconField, message: string, code: string): void => {
    whole = false;
    decoding.findings.push(findingAt(field, { code, message }));
  };
  const walk = (object: HoconObject, prefix: string): void => {
    for (const [key, field] of object.fields) {
      const property = prefix + key;
      if (field.value.kind === "null") continue;
      if (field.value.kind === "object") {
        walk(field.value, `${property}.`);
        continue;
      }
      const reading = readString(field.value);
      if (!reading.ok) {
        report(field, `${property} in spark.config: ${reading.finding.message}`, reading.finding.code);
      } else if (Object.hasOwn(flat, property)) {
        report(field, `${property} stands twice in spark.config, quoted and nested`, "CONFIG_DUPLICATE_KEY");
      } else {
        flat[property] = reading.value;
      }
    }
  };
  walk(node, "");
  return whole ? flat : undefined;
}
