import {
  CairnError,
  findingsToJson,
  findingsToText,
  type JsonObject,
  type JsonValue,
  messageOf,
  sortFindings,
  version,
} from "../base/mod.ts";
import { exitCodeOf } from "./exit.ts";
import { type Style, visible } from "./style.ts";

/** An error for people, ready for standard error, without a final line feed. */
export function errorText(thrown: unknown, style: Style, verbose: boolean): string {
  if (!(thrown instanceof CairnError) || thrown.kind === "bug") return bugText(thrown, style);
  const findings = findingsToText(sortFindings(thrown.findings), { color: style.enabled }).trimEnd();
  const [first = "", ...more] = visible(thrown.message).split("\n");
  const lines = [
    ...(findings === "" ? [] : [findings]),
    `${style.red("error:")} ${first} ${style.dim(`[${thrown.code}]`)}`,
    ...more,
    ...hintLines(thrown.hint, style),
    ...(verbose ? causeLines(thrown.cause) : []),
  ];
  return lines.join("\n");
}

function hintLines(hint: string | undefined, style: Style): string[] {
  if (hint === undefined) return [];
  const [first = "", ...more] = visible(hint).split("\n");
  return [`  ${style.cyan("hint:")} ${first}`, ...more.map((line) => `  ${line}`)];
}

function causeLines(cause: unknown): string[] {
  const lines: string[] = [];
  let each = cause;
  while (each !== undefined && lines.length < 20) {
    lines.push(
      `  caused by: ${visible(each instanceof Error ? `${each.name}: ${each.message}` : messageOf(each))}`,
    );
    each = each instanceof Error ? each.cause : undefined;
  }
  return lines;
}

/** Our own bug: what happened and everything a report needs. */
function bugText(thrown: unknown, style: Style): string {
  const stack = thrown instanceof Error ? (thrown.stack ?? String(thrown)) : String(thrown);
  return [
    `${style.red("error:")} This is a bug in Cairn, not in your pipeline: ${visible(messageOf(thrown))}`,
    "  Please report it with the following lines. What was recorded in a checkpoint stays resumable.",
    `  cairn ${version}, Bun ${Bun.version}, ${process.platform} ${process.arch}`,
    ...visible(stack)
      .split("\n")
      .map((line) => `  ${line}`),
  ].join("\n");
}

/** The one document of a command that failed under `--format=json`. */
export function errorDocument(thrown: unknown): JsonObject {
  const known = thrown instanceof CairnError ? thrown : undefined;
  const error: Record<string, JsonValue> = {
    code: known?.code ?? "BUG",
    kind: known?.kind ?? "bug",
    message: messageOf(thrown),
    hint: known?.hint ?? null,
    details: known?.details ?? {},
    findings: findingsToJson(sortFindings(known?.findings ?? [])),
  };
  return { version: 1, error, exitCode: exitCodeOf(thrown) };
}
