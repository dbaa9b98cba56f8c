import type { JsonValue } from "../base/mod.ts";
import { pathText } from "./key-path.ts";
import type { HoconNode, HoconNumber } from "./node.ts";

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

const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** A number as JSON: as it was written where that is JSON (so that no digit is lost), otherwise its value. */
function numberText(node: HoconNumber): string {
  if (JSON_NUMBER.test(node.text)) return node.text;
  if (/^-?\d+$/.test(node.text)) return BigInt(node.text).toString();
  return Number.isFinite(node.value) ? String(node.value) : node.value > 0 ? "1e999" : "-1e999";
}

/** A key as HOCON writes it; the word that begins an include needs quotes. */
function hoconKey(key: string): string {
  return key === "include" ? '"include"' : pathText([key]);
}

/** How the two renderings differ. */
interface Style {
  /** Spaces for each level; undefined: everything on one line. */
  readonly indent: number | undefined;
  readonly colon: string;
  readonly key: (key: string) => string;
  readonly number: (node: HoconNumber) => string;
}

function render(node: HoconNode, style: Style, level: number): string {
  switch (node.kind) {
    case "object": {
      const parts = [...node.fields].map(
        ([key, { value }]) => `${style.key(key)}${style.colon}${render(value, style, level + 1)}`,
      );
      return enclose("{", parts, "}", style, level);
    }
    case "array":
      return enclose(
        "[",
        node.items.map((item) => render(item, style, level + 1)),
        "]",
        style,
        level,
      );
    case "string":
      return JSON.stringify(node.value);
    case "number":
      return style.number(node);
    case "boolean":
      return String(node.value);
    case "null":
      return "null";
  }
}

function enclose(
  open: string,
  parts: readonly string[],
  close: string,
  { indent }: Style,
  level: number,
): string {
  if (parts.length === 0) return open + close;
  if (indent === undefined) return `${open}${parts.join(",")}${close}`;
  const inner = `\n${" ".repeat(indent * (level + 1))}`;
  return `${open}${inner}${parts.join(`,${inner}`)}\n${" ".repeat(indent * level)}${close}`;
}

/** The tree as JSON text that reads back to the same tree; numbers keep all their digits. `indent`: spaces for each level, default one line. */
export function renderJson(node: HoconNode, indent?: number): string {
  return render(
    node,
    {
      indent,
      colon: indent === undefined ? ":" : ": ",
      key: (key) => JSON.stringify(key),
      number: numberText,
    },
    0,
  );
}

/** The tree as HOCON text that reads back to the same tree, numbers as they were written; the root without braces. */
export function renderHocon(node: HoconNode): string {
  const style: Style = { indent: 2, colon: " = ", key: hoconKey, number: ({ text }) => text };
  if (node.kind !== "object") return render(node, style, 0);
  return [...node.fields]
    .map(([key, { value }]) => `${style.key(key)}${style.colon}${render(value, style, 0)}\n`)
    .join("");
}
