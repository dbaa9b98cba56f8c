import { join, resolve } from "node:path";

/** The root of the checkout. */
export const root: string = resolve(import.meta.dir, "../..");

/** The compiled executable that `scripts/build.sh` makes. */
export const compiledCairn: string = join(root, "dist/cairn");

/** A run that takes longer is ended and fails its test. */
const DEFAULT_TIMEOUT_MS = 60_000;

/** Variables that a spawned Cairn keeps from the test's own environment; everything else would be chance. */
const KEPT_VARIABLES = ["PATH", "HOME", "TMPDIR", "LANG", "JAVA_HOME"];

export interface RunCairnOptions {
  /** Working directory; the checkout's root by default. */
  readonly cwd?: string;
  /** Added to the cleaned environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Text for standard input; none (`/dev/null`) by default. */
  readonly stdin?: string;
  readonly timeoutMs?: number;
  /** The compiled executable, or the sources under Bun; by default as {@link cairnCommand} says. */
  readonly command?: readonly string[];
}

export interface CairnResult {
  readonly stdout: string;
  readonly stderr: string;
  /** Exit code, or 128 + the signal's number, as a shell has it. */
  readonly code: number;
  /** Standard output as the one JSON document that it has to be. */
  json(): unknown;
}

/**
 * How tests start Cairn: `dist/cairn` where `CAIRN_TEST_COMPILED=1` (`scripts/test.sh` sets it after a
 * build), else the sources under the pinned Bun, so that a stale executable never answers for fresh sources.
 */
export function cairnCommand(): readonly string[] {
  return process.env["CAIRN_TEST_COMPILED"] === "1" ? [compiledCairn] : sourceCairn;
}

/** The sources under the Bun that runs the tests. */
const sourceCairn: readonly string[] = [process.execPath, join(root, "src/main.ts")];

/** The environment of a spawned Cairn: a few variables of ours and those asked for. */
export function cleanEnv(extra: Readonly<Record<string, string>> = {}): Record<string, string> {
  const env: Record<string, string> = {};
  for (const name of KEPT_VARIABLES) {
    const value = process.env[name];
    if (value !== undefined) env[name] = value;
  }
  return { ...env, ...extra };
}

/** Runs Cairn to its end and returns what it said. Throws where it outlives `timeoutMs`. */
export async function runCairn(args: readonly string[], options: RunCairnOptions = {}): Promise<CairnResult> {
  const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const started = Bun.spawn([...(options.command ?? cairnCommand()), ...args], {
    cwd: options.cwd ?? root,
    env: cleanEnv(options.env),
    stdin: options.stdin === undefined ? "ignore" : new Blob([options.stdin]),
    stdout: "pipe",
    stderr: "pipe",
  });
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    started.kill("SIGKILL");
  }, timeoutMs);
  const [stdout, stderr, code] = await Promise.all([
    new Response(started.stdout).text(),
    new Response(started.stderr).text(),
    started.exited,
  ]);
  clearTimeout(timer);
  if (late) throw new Error(`cairn ${args.join(" ")} ran longer than ${timeoutMs} ms\n${stdout}\n${stderr}`);
  return { stdout, stderr, code, json: () => JSON.parse(stdout) as unknown };
}

/** A Cairn that is still running: for tests that signal or kill it. Its streams are pipes. */
export function startCairn(
  args: readonly string[],
  options: Omit<RunCairnOptions, "timeoutMs" | "stdin"> = {},
): Bun.Subprocess<"ignore", "pipe", "pipe"> {
  return Bun.spawn([...(options.command ?? cairnCommand()), ...args], {
    cwd: options.cwd ?? root,
    env: cleanEnv(options.env),
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
}
