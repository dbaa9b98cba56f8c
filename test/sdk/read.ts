import type { JsonValue } from "../../src/base/mod.ts";
import { type ConfigInput, decodeConfig, type v } from "../../src/sdk/mod.ts";

/** The parsed configuration, or its issues as `path: message (hint)`. */
export function read(schema: v.GenericSchema, value: JsonValue, more: Partial<ConfigInput> = {}): unknown {
  const decoded = decodeConfig(schema, { value, ...more });
  if (decoded.ok) return decoded.config;
  return decoded.issues.map(
    ({ path, message, hint }) => `${path.join(".")}: ${message}${hint === undefined ? "" : ` (${hint})`}`,
  );
}
