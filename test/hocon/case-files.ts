import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, isAbsolute, join, relative } from "node:path";
import { type IncludeSource, type ReadResult, readHocon } from "../../src/hocon/mod.ts";

/** The folder of the recorded cases. */
const casesFolder: string = join(import.meta.dir, "cases");

/** The environment in which the reference's verdicts were recorded. */
const RECORDED_ENVIRONMENT: Readonly<Record<string, string>> = {
  HOME: "/home/tester",
  HOCON_T_STR: "fromenv",
  HOCON_T_NUM: "42",
  HOCON_T_EMPTY: "",
  HOCON_T_LIST_0: "zero",
  HOCON_T_LIST_1: "one",
  HOCON_T_GAP_0: "g0",
  HOCON_T_GAP_2: "g2",
};

/** What the reference says of a case. */
export interface Verdict {
  readonly ok: boolean;
  readonly value?: unknown;
  /** 1-based, or -1. */
  readonly line?: number;
  /** For each path of an accepted case: `file:line`. */
  readonly origins?: Readonly<Record<string, string>>;
}

export interface Case {
  /** Relative to the folder of cases, without extension. */
  readonly name: string;
  readonly file: string;
  readonly verdict: Verdict;
}

/** Every text with a recorded verdict beside it. */
export function recordedCases(): Case[] {
  const files = readdirSync(casesFolder, { recursive: true, encoding: "utf8" });
  return files
    .filter((path) => path.endsWith(".expected.json"))
    .toSorted()
    .map((path) => {
      const stem = join(casesFolder, path.slice(0, -".expected.json".length));
      const file = existsSync(`${stem}.conf`) ? `${stem}.conf` : stem;
      const verdict = JSON.parse(readFileSync(join(casesFolder, path), "utf8")) as Verdict;
      return { name: relative(casesFolder, file), file, verdict };
    });
}

/** Includes from real files; `file("x")` from a folder that has none of the cases in it. */
const files: IncludeSource = {
  read(kind, name, fromFile) {
    if (kind === "url") return undefined;
    const file = isAbsolute(name) ? name : join(kind === "file" ? casesFolder : dirname(fromFile), name);
    if (!existsSync(file) || statSync(file).isDirectory()) return undefined;
    return { file, text: readFileSync(file) };
  },
};

export function readCase({ file }: Case): ReadResult {
  return readHocon({ text: readFileSync(file), file, includes: files, env: RECORDED_ENVIRONMENT });
}

/** A value with sorted keys, in which 1 and 1.0 are the same. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const parts = Object.keys(value)
    .toSorted()
    .map((key) => `${JSON.stringify(key)}:${canonical((value as Record<string, unknown>)[key])}`);
  return `{${parts.join(",")}}`;
}

/** `file:line` with the file's own name alone, as recorded origins have it. */
export function shortPlace(file: string, line: number): string {
  return `${basename(file)}:${line}`;
}
