import type { Rule } from "../source-file.ts";

/** Absolute paths that exist on one machine only. Written in pieces, so that this file passes its own rule. */
const MACHINE_PATHS: readonly RegExp[] = [
  new RegExp(String.raw`(?<![\w$./-])/work` + "/"),
  new RegExp(String.raw`(?<![\w$./-])/root` + "/"),
  new RegExp(String.raw`(?<![\w$./-])/Users` + String.raw`/\w`),
  new RegExp(String.raw`(?<![\w$./-])/tmp/(bash_jobs|brief)` + String.raw`\b`),
  new RegExp(String.raw`[A-Z]:\\Users` + String.raw`\\`),
];

/** No file names a place that only its author's machine has. */
export const machinePaths: Rule = (file) =>
  file.text.split("\n").flatMap((text, index) => {
    const found = MACHINE_PATHS.map((pattern) => pattern.exec(text)?.[0]).find(
      (match) => match !== undefined,
    );
    if (found === undefined) return [];
    return [
      {
        path: file.path,
        line: index + 1,
        message: `names a place of one machine (${found}…): it means nothing anywhere else`,
      },
    ];
  });
