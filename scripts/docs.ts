/**
 * Writes the generated pages of `docs/`; with `--check` says which are stale and which links of any page lead
 * nowhere, and ends with 1 where there are some.
 */
import { $ } from "bun";
import { parseArgs } from "node:util";

import { brokenLinks } from "./docs/broken-links.ts";
import { generators } from "./docs/generators.ts";

const { values } = parseArgs({ options: { check: { type: "boolean", default: false } } });

const problems: string[] = [];
for (const [path, generate] of Object.entries(generators)) {
  const content = await generate();
  const file = Bun.file(path);
  const present = (await file.exists()) ? await file.text() : undefined;
  if (content === present) continue;
  if (values.check) problems.push(`${path}: stale; bun scripts/docs.ts writes it anew`);
  else {
    await Bun.write(path, content);
    console.log(`wrote ${path}`);
  }
}
const pages = !values.check
  ? []
  : (await $`git ls-files -z --cached --others --exclude-standard -- '*.md'`.quiet().text()).split("\0");
for (const path of pages.filter((page) => page !== "")) {
  const file = Bun.file(path);
  if (await file.exists()) problems.push(...brokenLinks(path, await file.text()));
}
for (const problem of problems) console.log(problem);
process.exit(problems.length === 0 ? 0 : 1);
