import { CairnError } from "../base/mod.ts";

const TYPE_NAME = /^[A-Za-z_$][\w$-]*(?:\.[A-Za-z_$][\w$-]*)*$/;

/** Longer names are no types: paths made of them would not be either. */
const MAX_TYPE_LENGTH = 500;

/** True for `Extract`, `com.example.Extract`, `spark.submit`. */
export function isTypeName(text: string): boolean {
  return text.length <= MAX_TYPE_LENGTH && TYPE_NAME.test(text);
}

/** The parts of a type's name between dots. Throws PLUGIN_TYPE_INVALID. */
export function segmentsOf(type: string): readonly string[] {
  if (isTypeName(type)) return type.split(".");
  const shown = type.length > MAX_TYPE_LENGTH ? `${type.slice(0, MAX_TYPE_LENGTH)}…` : type;
  throw new CairnError(`Cannot resolve type ${JSON.stringify(shown)}: it is not a type name`, {
    code: "PLUGIN_TYPE_INVALID",
    kind: "config",
    hint: "A type is made of names joined by dots, such as com.example.Extract; a name begins with a letter, _ or $ and goes on with letters, digits, _, $ or -.",
  });
}
