import { expect, test } from "bun:test";
import { cleanEnv, root } from "../kit/mod.ts";

/** The quickstart builds the executable and installs packages: only where the test command has set that up anyway. */
const ready = process.env["CAIRN_TEST_COMPILED"] === "1";

test.skipIf(!ready)(
  "the quickstart kills the flights example, resumes it and proves the tables (skipped without CAIRN_TEST_COMPILED=1: it builds dist/cairn)",
  async () => {
    const script = Bun.spawn(["bash", "scripts/quickstart.sh"], {
      cwd: root,
      env: cleanEnv(),
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
    });
    const [stdout, stderr, code] = await Promise.all([
      script.stdout.text(),
      script.stderr.text(),
      script.exited,
    ]);
    expect(code, stdout + stderr).toBe(0);
    expect(stdout).toContain("interrupted");
    expect(stdout).toContain(
      "229 airports and 3399 routes agree: 2999800 flights, 20005706 minutes of delay, 2194718224 miles",
    );
  },
  300_000,
);
