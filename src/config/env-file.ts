import type { Finding } from "../base/mod.ts";

const LINE = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_.-]*)\s*=\s*(.*?)\s*$/u;
const DOUBLE_QUOTED = /^"((?:[^"\\]|\\.)*)"\s*(?:#.*)?$/u;
const SINGLE_QUOTED = /^'([^']*)'\s*(?:#.*)?$/u;
const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t" };

function valueOf(written: string): string | undefined {
  if (written.startsWith('"')) {
    return DOUBLE_QUOTED.exec(written)?.[1]?.replaceAll(
      /\\(.)/gu,
      (_, character: string) => ESCAPES[character] ?? character,
    );
  }
  if (written.startsWith("'")) return SINGLE_QUOTED.exec(written)?.[1];
  return written.replace(/\s+#.*$/u, "");
}

export interface EnvFile {
  readonly variables: Readonly<Record<string, string>>;
  readonly findings: readonly Finding[];
}

/**
 * Reads the text of an environment file: a `NAME=value` on each line, `#` comments, values in single quotes as they
 * are, in double quotes with `\n`, `\t`, `\"`. Nothing is expanded.
 */
export function parseEnvFile(text: string, file: string): EnvFile {
  const variables = Object.create(null) as Record<string, string>;
  const findings: Finding[] = [];
  for (const [index, line] of text
    .replace(/^\uFEFF/u, "")
    .split(/\r?\n/u)
    .entries()) {
    if (/^\s*(?:#|$)/u.test(line)) continue;
    const match = LINE.exec(line);
    const value = match === null ? undefined : valueOf(match[2] ?? "");
    if (match?.[1] !== undefined && value !== undefined) {
      variables[match[1]] = value;
      continue;
    }
    findings.push({
      severity: "error",
      code: "CONFIG_BAD_ENV_FILE",
      message: match === null ? "expected NAME=value" : "the quotes of this value don't close",
      // The line itself isn't shown: it may hold a secret.
      place: { file, line: index + 1, column: 1, length: Math.max(1, line.length) },
    });
  }
  return { variables, findings };
}
