import { createRedactor, type JsonObject, type JsonValue, placeText, type Redactor } from "../base/mod.ts";
import { type HoconNode, type HoconObject, toJson } from "../hocon/mod.ts";
import type { PipelineConfig } from "./pipeline.ts";

/** A redactor that knows a pipeline's `redact` names. */
export function redactorFor(pipeline: Pick<PipelineConfig, "redact"> | undefined): Redactor {
  return createRedactor({ keys: pipeline?.redact });
}

/** A configuration as JSON that may be shown: secrets masked, secret references as they are. */
export function showConfig(node: HoconObject, redactor: Redactor): JsonObject {
  return redactor.json(toJson(node)) as JsonObject;
}

/** Where every value that is no object or list comes from: `pipeline.hooks[0].type` → `daily.conf:7:12`. */
export function configOrigins(root: HoconObject): Readonly<Record<string, string>> {
  const origins = Object.create(null) as Record<string, string>;
  const walk = (node: HoconNode, path: string): void => {
    if (node.kind === "object" && node.fields.size > 0) {
      for (const [key, field] of node.fields)
        walk(field.value, path === "" ? keyText(key) : `${path}.${keyText(key)}`);
    } else if (node.kind === "array" && node.items.length > 0) {
      for (const [index, item] of node.items.entries()) walk(item, `${path}[${index}]`);
    } else {
      origins[path] = placeText(node.origin.place);
    }
  };
  walk(root, "");
  return origins;
}

const PLAIN_KEY = /^[A-Za-z_][\w-]*$/u;

/** A key as HOCON wants it written. */
export function keyText(key: string): string {
  return PLAIN_KEY.test(key) ? key : JSON.stringify(key);
}

export interface ShowTextOptions {
  /** Adds each value's place as a comment. Default false. */
  readonly origins?: boolean | undefined;
}

/**
 * A configuration as HOCON that may be shown, and that reads back to the same tree but for what is masked.
 * The redacted value is walked beside the tree, so that the text and the JSON can't differ.
 */
export function showConfigText(root: HoconObject, redactor: Redactor, options: ShowTextOptions = {}): string {
  const lines: string[] = [];
  const comment = (node: HoconNode): string =>
    options.origins === true ? `  # ${redactor.text(placeText(node.origin.place))}` : "";
  const write = (node: HoconNode, shown: JsonValue, head: string, indent: string): void => {
    if (node.kind === "object" && node.fields.size > 0) {
      lines.push(`${indent}${head.replace(/ = $/u, " ")}{`);
      writeFields(node, shown, `${indent}  `);
      lines.push(`${indent}}`);
    } else if (node.kind === "array" && node.items.length > 0) {
      lines.push(`${indent}${head}[`);
      const items = shown as readonly JsonValue[];
      for (const [index, item] of node.items.entries()) write(item, items[index] ?? null, "", `${indent}  `);
      lines.push(`${indent}]`);
    } else {
      const same = node.kind === "number" && typeof shown === "number";
      lines.push(`${indent}${head}${same ? node.text : JSON.stringify(shown)}${comment(node)}`);
    }
  };
  const writeFields = (node: HoconObject, shown: JsonValue, indent: string): void => {
    // Masking keeps the order of keys (and may mask a key itself), so the two are walked in step.
    const values = Object.entries(shown as JsonObject);
    let at = 0;
    for (const [key, field] of node.fields) {
      const [shownKey, value] = values[at++] ?? [key, null];
      write(field.value, value, `${keyText(shownKey)} = `, indent);
    }
  };
  writeFields(root, showConfig(root, redactor), "");
  return `${lines.join("\n")}\n`;
}
