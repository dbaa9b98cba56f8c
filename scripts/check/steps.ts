/** One check of the whole checkout: a command that ends with 0 where all is well. */
export interface Step {
  readonly name: string;
  readonly command: readonly string[];
  /** What to do where it fails. */
  readonly remedy: string;
}

const bun = process.execPath;

/** Bun's default of 5 s is too little for a test that starts processes on a loaded machine; milliseconds. */
export const TEST_TIMEOUT = "--timeout=30000";

/** All that `bun run ok` checks besides the tests, quickest first. */
export const checks: readonly Step[] = [
  { name: "format", command: ["oxfmt", "--check", "."], remedy: "bun run format" },
  { name: "house rules", command: [bun, "scripts/lint/main.ts"], remedy: "the message says why" },
  { name: "docs", command: [bun, "scripts/docs.ts", "--check"], remedy: "bun scripts/docs.ts" },
  { name: "types", command: ["tsc", "--noEmit"], remedy: "bun run types" },
  {
    name: "plugins",
    command: ["tsc", "--noEmit", "-p", "plugins/sql"],
    remedy: "npm install in plugins/sql (scripts/test.sh does it), then bun run types",
  },
  { name: "lint", command: ["oxlint", "--type-aware", "--deny-warnings"], remedy: "bun run lint" },
  { name: "unused", command: ["knip"], remedy: "remove it, or say in package.json who uses it" },
];

export const tests: Step = {
  name: "tests",
  command: [bun, "test", "--only-failures", TEST_TIMEOUT],
  remedy: "bun test test/ROOM",
};

export interface StepResult {
  readonly step: Step;
  readonly passed: boolean;
  readonly seconds: number;
  /** stdout and stderr. */
  readonly output: string;
}

/** Runs one step; its output is kept, not shown. */
export async function runStep(step: Step): Promise<StepResult> {
  const started = performance.now();
  const running = Bun.spawn([...step.command], { stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  const [stdout, stderr, code] = await Promise.all([
    new Response(running.stdout).text(),
    new Response(running.stderr).text(),
    running.exited,
  ]);
  const seconds = (performance.now() - started) / 1000;
  return { step, passed: code === 0, seconds, output: stdout + stderr };
}

/** One line for people: passed or failed, name, seconds. */
export function stepLine({ step, passed, seconds }: StepResult): string {
  return `${passed ? "ok    " : "FAILED"}  ${step.name.padEnd(12)} ${seconds.toFixed(1).padStart(6)} s`;
}
