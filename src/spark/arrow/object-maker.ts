import { CairnError } from "../../base/mod.ts";
import type { SparkValue } from "../value/spark-value.ts";

/** A plain object under construction. */
export type OpenRow = { [name: string]: SparkValue };

/** The one name that sets something else than a property when it is assigned. */
const PROTO = "__proto__";

/**
 * Makes objects of values in the order of `names`.
 *
 * @throws CairnError `SPARK_DUPLICATE_COLUMN` where two names are equal: one value would hide the other.
 */
export function objectMaker(names: readonly string[]): (values: readonly SparkValue[]) => OpenRow {
  refuseDuplicates(names);
  const set = names.includes(PROTO) ? define : assign;
  return (values) => {
    const object: OpenRow = {};
    for (let index = 0; index < names.length; index += 1) {
      set(object, names[index] ?? "", values[index] ?? null);
    }
    return object;
  };
}

/** How to set a property of that name. */
export function setterFor(name: string): (object: OpenRow, name: string, value: SparkValue) => void {
  return name === PROTO ? define : assign;
}

function assign(object: OpenRow, name: string, value: SparkValue): void {
  // eslint-disable-next-line eslint/no-param-reassign -- it is the object under construction
  object[name] = value;
}

function define(object: OpenRow, name: string, value: SparkValue): void {
  Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
}

/** Whether a name stands twice. */
export function hasDuplicates(names: readonly string[]): boolean {
  return new Set(names).size < names.length;
}

/** @throws CairnError `SPARK_DUPLICATE_COLUMN`, naming the first name that stands twice. */
export function refuseDuplicates(names: readonly string[]): void {
  if (!hasDuplicates(names)) return;
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  throw new CairnError(`Cannot give rows as objects: two columns are called "${twice}"`, {
    code: "SPARK_DUPLICATE_COLUMN",
    kind: "config",
    hint: `Rename one of them, for example with col("a.${twice}").alias("…"), or read the rows with collectArrays().`,
  });
}
