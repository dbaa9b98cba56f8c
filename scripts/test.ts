/**
 * Runs all tests against the built executable and ends with the one line `N passed, N failed`; started by
 * `scripts/test.sh`, which sets up what the tests need.
 *
 *     --checks   also the checks of `bun run ok`, each counted as a test (for .ci/run)
 *     --long     the soak counts (CAIRN_TEST_LONG=1)
 *     PATTERN…   only test files whose path has one of these
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

import { type Counts, countJunit } from "./check/junit.ts";
import { checks, runStep, stepLine, TEST_TIMEOUT } from "./check/steps.ts";

const { values, positionals } = parseArgs({
  options: { checks: { type: "boolean", default: false }, long: { type: "boolean", default: false } },
  allowPositionals: true,
});

let passed = 0;
let failed = 0;
if (values.checks) {
  for (const step of checks) {
    const result = await runStep(step);
    if (!result.passed) console.log(result.output.trimEnd());
    console.log(stepLine(result));
    if (result.passed) passed++;
    else failed++;
  }
}
const counts = await runTests(positionals, values.long);
passed += counts.passed;
failed += counts.failed;
for (const name of counts.skipped) console.log(`left out: ${name}`);
if (!values.long) console.log("left out: the soak counts (--long)");
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);

async function runTests(patterns: readonly string[], long: boolean): Promise<Counts> {
  const work = mkdtempSync(join(tmpdir(), "cairn-test-run-"));
  try {
    const report = join(work, "junit.xml");
    const running = Bun.spawn(
      [
        process.execPath,
        "test",
        "--only-failures",
        TEST_TIMEOUT,
        "--reporter=junit",
        `--reporter-outfile=${report}`,
        ...patterns,
      ],
      {
        env: { ...process.env, CAIRN_TEST_COMPILED: "1", ...(long ? { CAIRN_TEST_LONG: "1" } : {}) },
        stdin: "ignore",
        stdout: "inherit",
        stderr: "inherit",
      },
    );
    const code = await running.exited;
    if (!existsSync(report)) {
      console.log(`FAILED  the test runner ended with ${code} and left no report`);
      return { passed: 0, failed: 1, skipped: [] };
    }
    const found = countJunit(readFileSync(report, "utf8"));
    // An error outside any test (an import that fails) shows in the exit code alone.
    if (code !== 0 && found.failed === 0) {
      console.log(`FAILED  the test runner ended with ${code}, though no test failed`);
      return { ...found, failed: 1 };
    }
    return found;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
