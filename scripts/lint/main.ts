/**
 * Checks the house rules over all files that git knows or would know (not the ignored ones); exits 1 with one line per problem.
 * `bun scripts/lint/main.ts [PATH…]` looks at files under the given paths only.
 */
import { $ } from "bun";

import { rules } from "./rules/mod.ts";
import { type Problem, sourceFile } from "./source-file.ts";

/** Files that hold other people's words or bytes, or a generator's. */
const NOT_OURS = /^(test\/fixtures\/|src\/spark\/gen\/|package-lock\.json$|LICENSE$)|\/package-lock\.json$/;
const TEXT = /\.([cm]?[jt]s|md|sh|json|toml|ya?ml|conf|service|timer|py)$|^\.ci\/run$/;

async function listFiles(paths: readonly string[]): Promise<string[]> {
  const listed = await $`git ls-files -z --cached --others --exclude-standard -- ${paths}`.quiet().text();
  return listed.split("\0").filter((path) => TEXT.test(path) && !NOT_OURS.test(path));
}

async function main(paths: readonly string[]): Promise<number> {
  const problems: Problem[] = [];
  let count = 0;
  for (const path of await listFiles(paths)) {
    const file = Bun.file(path);
    if (!(await file.exists())) continue; // removed, but not yet committed so
    const source = sourceFile(path, await file.text());
    count++;
    for (const rule of rules) problems.push(...rule(source));
  }
  for (const { path, line, message } of problems) console.log(`${path}:${line}: ${message}`);
  console.log(`house rules: ${count} files, ${problems.length} problems`);
  return problems.length === 0 ? 0 : 1;
}

process.exit(await main(process.argv.slice(2)));
