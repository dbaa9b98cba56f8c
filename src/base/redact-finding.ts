import type { Finding } from "./finding.ts";
import { isSecretKey, isSecretReference, REDACTED } from "./redact.ts";

/** A key with the value that follows it on the same line, quoted or not, as HOCON, JSON and properties write them. */
const ASSIGNMENT =
  /("(?:[^"\\]|\\.)*"|(?<!\$\{\??|[\w.-])[\w.-]+)(\s*(?:\+?=|:)\s*)("""[^\n]*|"(?:[^"\\]|\\.)*"?|[^\s,;{}[\]"$#][^,;{}[\]#]*)/gu;
const USER_INFO = /(:\/\/[^\s/?#@:"']{0,300}:)([^\s/?#"'@]{1,2000})(?=@)/gu;

/** Values shorter than this are not looked for in messages: they would be found in ordinary words. */
const MIN_VALUE_LENGTH = 3;

interface MaskedLine {
  readonly line: string;
  /** What was masked, as written. */
  readonly values: readonly string[];
}

function unquoted(text: string): string {
  return text.replace(/^"+/u, "").replace(/"+$/u, "");
}

/** Masks secrets in a source line character by character, so that columns stay what they are. */
function maskLine(line: string, extra: readonly string[]): MaskedLine {
  const values: string[] = [];
  const cover = (value: string): string => {
    values.push(value);
    return "*".repeat(value.length);
  };
  const masked = line
    .replaceAll(ASSIGNMENT, (whole: string, key: string, between: string, written: string) => {
      const value = unquoted(written).trimEnd();
      if (value === "" || isSecretReference(value) || !isSecretKey(unquoted(key), extra)) return whole;
      return key + between + written.replace(value, () => cover(value));
    })
    .replaceAll(USER_INFO, (_, before: string, password: string) => before + cover(password));
  return { line: masked, values };
}

/**
 * Masks what a finding could give away of a secret that stands in the user's file: the value in its source line
 * (by asterisks of the same number, so that the caret stays right), its chain, and in its message and hint.
 * @param extra More key names that hold secrets.
 */
export function redactFindings(findings: readonly Finding[], extra: readonly string[] = []): Finding[] {
  const lines = new Map<string, MaskedLine>();
  const masked = (line: string): MaskedLine => {
    const known = lines.get(line) ?? maskLine(line, extra);
    lines.set(line, known);
    return known;
  };
  return findings.map((finding) => {
    const { sourceLine, place, chain } = finding;
    const { line, values } = sourceLine === undefined ? { line: undefined, values: [] } : masked(sourceLine);
    const clean = (text: string): string =>
      values
        .filter((value) => value.length >= MIN_VALUE_LENGTH)
        .reduce((cleaned, value) => cleaned.replaceAll(value, () => REDACTED), text);
    return {
      ...finding,
      sourceLine: line,
      message: clean(finding.message),
      hint: finding.hint === undefined ? undefined : clean(finding.hint),
      // A URL that was included is a file's name, and may hold a password.
      place: place?.file.includes("@") === true ? { ...place, file: masked(place.file).line } : place,
      chain: chain?.map((step) => masked(step).line),
    };
  });
}
