/**
 * The one command before a commit: format, house rules, docs, types, lint, unused code, tests.
 *
 *     bun run ok                all of it
 *     bun run ok types lint     only these
 *     bun run ok --keep-going   doesn't stop at the first that fails
 */
import { parseArgs } from "node:util";

import { checks, runStep, type Step, stepLine, tests } from "./check/steps.ts";

const { values, positionals } = parseArgs({
  options: { "keep-going": { type: "boolean", default: false } },
  allowPositionals: true,
});

const all: readonly Step[] = [...checks, tests];
const unknown = positionals.find((name) => !all.some((step) => step.name === name));
if (unknown !== undefined) {
  console.error(`ok: no check is called "${unknown}"; there are ${all.map((step) => step.name).join(", ")}`);
  process.exit(2);
}

let failed = 0;
for (const step of all.filter(({ name }) => positionals.length === 0 || positionals.includes(name))) {
  const result = await runStep(step);
  if (!result.passed) console.log(result.output.trimEnd());
  console.log(stepLine(result));
  if (result.passed) continue;
  failed++;
  console.log(`        remedy: ${step.remedy}`);
  if (!values["keep-going"]) break;
}
process.exit(failed === 0 ? 0 : 1);
