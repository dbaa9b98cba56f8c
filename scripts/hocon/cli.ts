#!/usr/bin/env bun
/**
 * Reads HOCON files with the hocon room alone, for scoring it against the reference.
 *
 *     cli.ts FILE         JSON on stdout and exit 0, or `file:line:column: message` lines on stderr and exit 1
 *     cli.ts --batch      paths on stdin, one JSON line each: {"path","ok","value"} or {"path","ok","message"}
 */
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, isAbsolute, join } from "node:path";
import { type Finding, placeText } from "../../src/base/mod.ts";
import { type IncludeSource, type ReadResult, readHocon, renderJson } from "../../src/hocon/mod.ts";

const files: IncludeSource = {
  read(kind, name, fromFile) {
    if (kind === "url") return undefined;
    const file = kind === "relative" && !isAbsolute(name) ? join(dirname(fromFile), name) : name;
    if (!existsSync(file) || statSync(file).isDirectory()) return undefined;
    return { file, text: readFileSync(file) };
  },
};

function readFile(path: string): ReadResult {
  return readHocon({ text: readFileSync(path), file: path, includes: files, env: process.env });
}

function findingText({ place, message, hint }: Finding): string {
  return `${place ? `${placeText(place)}: ` : ""}${message}${hint ? `\n  ${hint}` : ""}`;
}

function main(argv: readonly string[]): number {
  const [path] = argv;
  if (path === "--batch") {
    for (const line of readFileSync(0, "utf8").split("\n")) {
      if (line === "") continue;
      const { root, findings } = readFile(line);
      const head = `{"path":${JSON.stringify(line)},"ok":${root !== undefined}`;
      const message = findings
        .filter(({ severity }) => severity === "error")
        .map(findingText)
        .join("\n");
      process.stdout.write(
        root ? `${head},"value":${renderJson(root)}}\n` : `${head},"message":${JSON.stringify(message)}}\n`,
      );
    }
    return 0;
  }
  if (path === undefined) {
    process.stderr.write("usage: cli.ts FILE | --batch\n");
    return 2;
  }
  const { root, findings } = readFile(path);
  for (const finding of findings) process.stderr.write(`${findingText(finding)}\n`);
  if (root) process.stdout.write(`${renderJson(root)}\n`);
  return root ? 0 : 1;
}

process.exitCode = main(process.argv.slice(2));
