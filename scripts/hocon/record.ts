#!/usr/bin/env bun
/**
 * Records the reference's verdicts on cases beside them, and checks those that are recorded.
 *
 *     record.ts DIR -- java -cp JAR:DIR Reference
 *
 * A case is a folder with main.conf, or a single .conf file. Exit 1 where a recorded verdict is not the reference's.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Answer, canonical, ReferenceProcess } from "./reference-process.ts";

/** The cases below a folder: a main.conf stands for its folder and what it includes. */
function casesBelow(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true }).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  if (entries.some(({ name }) => name === "main.conf")) return [join(folder, "main.conf")];
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return casesBelow(path);
    return entry.name.endsWith(".conf") ? [path] : [];
  });
}

function sameVerdict(recorded: Answer, answer: Answer): boolean {
  if (recorded.ok !== answer.ok) return false;
  return !answer.ok || canonical(recorded.value) === canonical(answer.value);
}

async function main(argv: readonly string[]): Promise<number> {
  const split = argv.indexOf("--");
  const folder = resolve(argv[0] ?? ".");
  const paths = casesBelow(folder);
  const reference = new ReferenceProcess(argv.slice(split + 1));
  const answers = await reference.askPaths(paths);
  await reference.close();
  let wrong = 0;
  for (const answer of answers) {
    const file = answer.path.replace(/\.conf$/u, ".expected.json");
    if (!existsSync(file)) {
      const { path: _path, ...verdict } = answer;
      const text = JSON.stringify(verdict, undefined, 1).replaceAll(`${folder}/`, "");
      writeFileSync(file, `${text}\n`);
      process.stdout.write(`recorded ${file}\n`);
    } else if (!sameVerdict(JSON.parse(readFileSync(file, "utf8")) as Answer, answer)) {
      process.stdout.write(
        `${file} is not what the reference says: ${JSON.stringify(answer.value ?? answer.message)}\n`,
      );
      wrong += 1;
    }
  }
  process.stdout.write(`${answers.length} cases, ${wrong} recorded otherwise\n`);
  return wrong === 0 ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));
