import { type Finding, type Place, placeText } from "./finding.ts";
import type { JsonObject } from "./json.ts";

export interface FindingsTextOptions {
  /** ANSI colours. Default false. */
  readonly color?: boolean | undefined;
}

/** The widest piece of a source line that is shown, in characters; the caret stays in it. */
const MAX_SOURCE_WIDTH = 120;
/** How much of the line is kept before the marked text where the line is cut. */
const CONTEXT_BEFORE = 40;

const BOLD = "1";
const RED = "1;31";
const YELLOW = "1;33";
const CYAN = "36";

function paint(text: string, code: string, color: boolean): string {
  return color ? `\u001B[${code}m${text}\u001B[0m` : text;
}

/** Control characters as `\u00XX`, so that no text of the user's can steer a terminal. */
function printable(text: string): string {
  return text.replaceAll(
    // eslint-disable-next-line no-control-regex -- finding control characters is the purpose
    /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** The source line with a caret line under it, cut to a window around the marked text. */
function sourceWithCaret(line: string, place: Place, color: boolean): string[] {
  const start = Math.min(Math.max(0, place.column - 1), line.length);
  const length = Math.max(1, Math.min(place.length, line.length - start));
  const from = line.length <= MAX_SOURCE_WIDTH ? 0 : Math.max(0, start - CONTEXT_BEFORE);
  const to = Math.min(line.length, from + MAX_SOURCE_WIDTH);
  const before = printable(line.slice(from, start));
  const marked = printable(line.slice(start, Math.min(start + length, to)));
  const head = from === 0 ? "" : "…";
  const shown = head + before + marked + printable(line.slice(Math.min(start + length, to), to));
  const indent = (head + before).replaceAll(/[^\t]/gu, (character) => " ".repeat(Bun.stringWidth(character)));
  const gutter = String(place.line);
  const blank = " ".repeat(gutter.length);
  const caret = paint("^".repeat(Math.max(1, Bun.stringWidth(marked))), RED, color);
  return [
    `  ${paint(`${gutter} |`, CYAN, color)} ${shown}${to < line.length ? "…" : ""}`,
    `  ${paint(`${blank} |`, CYAN, color)} ${indent}${caret}`,
  ];
}

function lines(finding: Finding, color: boolean): string[] {
  const { place, severity } = finding;
  const where = place === undefined ? "" : `${paint(printable(placeText(place)), BOLD, color)}: `;
  const label = paint(severity, severity === "error" ? RED : YELLOW, color);
  const text = [`${where}${label}: ${printable(finding.message)} [${finding.code}]`];
  if (place !== undefined && finding.sourceLine !== undefined) {
    text.push(...sourceWithCaret(finding.sourceLine, place, color));
  }
  for (const step of finding.chain ?? []) text.push(`  ${printable(step)}`);
  if (finding.hint !== undefined) text.push(`  ${paint("hint", CYAN, color)}: ${printable(finding.hint)}`);
  return text;
}

/**
 * Findings for people, one block each:
 *
 * ```text
 * daily.conf:4:5: error: unknown key "fail-fats" in pipeline [CONFIG_UNKNOWN_KEY]
 *   4 |     fail-fats = true
 *     |     ^^^^^^^^^
 *   hint: Did you mean fail-fast?
 * ```
 */
export function findingsToText(findings: readonly Finding[], options: FindingsTextOptions = {}): string {
  return findings.map((finding) => `${lines(finding, options.color ?? false).join("\n")}\n`).join("");
}

/** Source lines longer than this are left out of JSON: a file may be one line of megabytes with a finding every few characters. */
const MAX_JSON_LINE = 1000;

/** Findings as JSON; absent facts are null. */
export function findingsToJson(findings: readonly Finding[]): readonly JsonObject[] {
  return findings.map((finding) => ({
    severity: finding.severity,
    code: finding.code,
    message: finding.message,
    file: finding.place?.file ?? finding.file ?? null,
    line: finding.place?.line ?? null,
    column: finding.place?.column ?? null,
    length: finding.place?.length ?? null,
    sourceLine:
      finding.sourceLine === undefined || finding.sourceLine.length > MAX_JSON_LINE
        ? null
        : finding.sourceLine,
    chain: finding.chain ?? [],
    hint: finding.hint ?? null,
  }));
}

function escapeCommand(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapeProperty(text: string): string {
  return escapeCommand(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}

/** Findings as workflow commands of GitHub Actions, which shows them at the lines of a pull request. */
export function findingsToGithub(findings: readonly Finding[]): string {
  return findings
    .map(({ severity, code, message, place, hint }) => {
      const properties = [
        ...(place === undefined
          ? []
          : [
              `file=${escapeProperty(place.file)}`,
              `line=${place.line}`,
              `col=${place.column}`,
              `endColumn=${place.column + place.length}`,
            ]),
        `title=${escapeProperty(code)}`,
      ];
      const text = hint === undefined ? message : `${message}\n${hint}`;
      return `::${severity} ${properties.join(",")}::${escapeCommand(text)}\n`;
    })
    .join("");
}

function escapeXml(text: string): string {
  return printable(text)
    .toWellFormed()
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("\n", "&#10;")
    .replaceAll("\t", "&#9;")
    .replaceAll(/[\uFFFE\uFFFF]/gu, "\uFFFD");
}

/**
 * Findings as JUnit XML: one test case for each file that was checked, failed where it has errors; warnings stand in
 * its output.
 * @param files The checked files, so that those without findings count as passed.
 */
export function findingsToJunit(files: readonly string[], findings: readonly Finding[]): string {
  const names = new Set([...files, ...findings.flatMap(({ place }) => place?.file ?? [])]);
  const nameless = findings.filter(({ place }) => place === undefined);
  const cases = [...names].map((file, index) => {
    // What has no place (a file that isn't there) belongs to the first file.
    const own = findings.filter(({ place }) => place?.file === file);
    return { file, findings: index === 0 ? [...nameless, ...own] : own };
  });
  const failed = cases.filter((each) => each.findings.some(({ severity }) => severity === "error"));
  const body = cases.map(({ file, findings: own }) => {
    const errors = own.filter(({ severity }) => severity === "error");
    const warnings = own.filter(({ severity }) => severity === "warning");
    const failures =
      errors.length === 0
        ? ""
        : `<failure type="${escapeXml(errors[0]?.code ?? "")}" message="${escapeXml(errors[0]?.message ?? "")}">${escapeXml(findingsToText(errors))}</failure>`;
    const output =
      warnings.length === 0 ? "" : `<system-out>${escapeXml(findingsToText(warnings))}</system-out>`;
    return `    <testcase classname="cairn.validate" name="${escapeXml(file)}">${failures}${output}</testcase>\n`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites>
  <testsuite name="cairn validate" tests="${cases.length}" failures="${failed.length}" errors="0" skipped="0">
${body.join("")}  </testsuite>
</testsuites>
`;
}
