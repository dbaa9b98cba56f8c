import { createRedactor, type JsonValue } from "../base/mod.ts";
import { noIncludes, type Override, readHocon, toJson } from "../hocon/mod.ts";

/** A reference, so that a redactor leaves it alone. */
const STAND_IN = "secret://env/VALUE_YET_TO_COME";

/** The value with substitutions as references: what they stand for is not in it. */
function withoutSubstitutions(value: JsonValue, substitutions: ReadonlySet<string>): JsonValue {
  if (typeof value === "string") return substitutions.has(value) ? STAND_IN : value;
  if (Array.isArray(value))
    return value.map((item) => withoutSubstitutions(item as JsonValue, substitutions));
  if (value === null || typeof value !== "object") return value;
  const object = Object.create(null) as Record<string, JsonValue>;
  for (const [key, item] of Object.entries(value)) object[key] = withoutSubstitutions(item, substitutions);
  return object;
}

/**
 * Whether an override (`--set PATH=VALUE`) holds a secret: something under a key that holds secrets, wherever it
 * stands in the path or the value, or the password of a URL. References (`secret://…`, `${NAME}`) hold none. What
 * can't be read counts as a secret.
 * @param redact More key names that hold secrets.
 */
export function holdsSecret(override: Override, redact: readonly string[]): boolean {
  const { root, placeholders } = readHocon({
    text: "",
    file: "<--set>",
    includes: noIncludes,
    env: {},
    overrides: [override],
    allowUnresolved: true,
  });
  if (root === undefined) return true;
  const value = withoutSubstitutions(toJson(root), placeholders);
  const masked = createRedactor({ keys: redact }).json(value);
  return JSON.stringify(masked) !== JSON.stringify(value);
}
