import type { JsonValue } from "../base/mod.ts";
import type { HoconNode } from "./node.ts";

/** The plain JSON value of a tree. Objects have no prototype, so `__proto__` is an ordinary key. */
export function toJson(node: HoconNode): JsonValue {
  switch (node.kind) {
    case "object": {
      const object = Object.create(null) as Record<string, JsonValue>;
      for (const [key, field] of node.fields) object[key] = toJson(field.value);
      return object;
    }
    case "array":
      return node.items.map(toJson);
    case "null":
      return null;
    default:
      return node.value;
  }
}

/** The tree as JSON text that reads back to the same tree; numbers as they were written. */
export function renderJson(node: HoconNode, indent?: number): string {
  return JSON.stringify(toJson(node), null, indent);
}

/** The tree as HOCON text that reads back to the same tree. */
export function renderHocon(node: HoconNode): string {
  return renderJson(node, 2);
}
