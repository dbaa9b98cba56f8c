import { ObjectBuilder } from "./object-builder.ts";
import { makeSpan, type SourceText, type Span } from "./source-text.ts";
import { type ObjectValue, type Scalar, scalar } from "./value.ts";

/** One `key = value` of a properties text, with where they stand. */
interface Property {
  readonly key: string;
  readonly value: string;
  readonly keySpan: Span;
  readonly span: Span;
}

/** A `.properties` text as an object: points in keys make objects, and an object hides a text of the same key. */
export function parseProperties(source: SourceText): ObjectValue {
  const properties = new Map<string, Property>();
  for (const property of logicalLines(source)) {
    properties.delete(property.key);
    properties.set(property.key, property);
  }
  return objectFromFlat(
    [...properties.values()].map(({ key, value, keySpan, span }) => ({
      key,
      keySpan,
      value: scalar("string", value, true, span),
    })),
    makeSpan(source, 0, 0),
  );
}

/** Builds an object of flat keys whose points separate levels. Keys that are also the parent of others are dropped. */
export function objectFromFlat(
  flat: readonly { readonly key: string; readonly keySpan: Span; readonly value: Scalar }[],
  span: Span,
): ObjectValue {
  const parents = new Set<string>();
  for (const { key } of flat) {
    for (let point = key.indexOf("."); point >= 0; point = key.indexOf(".", point + 1))
      parents.add(key.slice(0, point));
  }
  const builder = new ObjectBuilder(span);
  for (const { key, keySpan, value } of flat) {
    if (!parents.has(key)) builder.define(key.split("."), keySpan, value);
  }
  return builder.finish();
}

/** The properties of a text, with continued lines joined. Comments and empty lines give none. */
function* logicalLines(source: SourceText): Generator<Property> {
  const { text } = source;
  const breaks = /\r\n|\n|\r/g;
  for (let start = 0; start < text.length;) {
    let line = "";
    let next = start;
    for (let more = true; more;) {
      breaks.lastIndex = next;
      const found = breaks.exec(text);
      const end = found ? found.index : text.length;
      const natural = text.slice(next, end);
      next = found ? found.index + found[0].length : text.length;
      const part = natural.replace(/^[ \t\f]+/, "");
      const comment = line === "" && /^[#!]/.test(part);
      more = !comment && found !== null && /(?:^|[^\\])(?:\\\\)*\\$/.test(part);
      line += comment ? "" : more ? part.slice(0, -1) : part;
    }
    if (line !== "") yield property(source, line, start, next);
    start = next;
  }
}

/** Splits a logical line at the first `=`, `:` or white space outside an escape. */
function property(source: SourceText, line: string, start: number, end: number): Property {
  const key = /^(?:\\[^]|[^\\=: \t\f])*/.exec(line)?.[0] ?? "";
  const rest = line.slice(key.length).replace(/^[ \t\f]*[=:]?[ \t\f]*/, "");
  const indent = /^[ \t\f]*/.exec(source.text.slice(start, end))?.[0].length ?? 0;
  const keyStart = start + indent;
  const keySpan = makeSpan(source, keyStart, keyStart + Math.max(1, key.length));
  return { key: unescape(key), value: unescape(rest), keySpan, span: keySpan };
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ["t", "\t"],
  ["n", "\n"],
  ["r", "\r"],
  ["f", "\f"],
]);

function unescape(text: string): string {
  return text.replace(
    /\\(?:u([0-9a-fA-F]{4})|([^]?))/g,
    (_whole, hex: string | undefined, plain: string | undefined) =>
      hex === undefined
        ? (ESCAPES.get(plain ?? "") ?? plain ?? "")
        : String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
