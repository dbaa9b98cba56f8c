import { chmodSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";

import { deafened } from "./private-runtime.ts";

/** Flags of `bun build`; why each is there is in `docs/hermetic.md`. */
const FLAGS: readonly string[] = [
  "--compile",
  "--production",
  "--minify",
  "--bytecode",
  "--format=esm",
  // Parts that are imported lazily cost nothing until they are: without it their imports run at every start.
  "--splitting",
  "--sourcemap=linked",
  "--no-compile-autoload-bunfig",
  "--no-compile-autoload-dotenv",
  "--no-compile-autoload-tsconfig",
  // Plugins with npm packages of their own need their package.json read ("exports" maps).
  "--compile-autoload-package-json",
];

const EXECUTABLE_MODE = 0o755;

/**
 * Compiles `entry` into one executable at `outfile`. The bytes depend on the sources, the pinned packages and
 * Bun, and the outfile's name, on nothing else: not on the folder, the time or the environment.
 */
export async function compile(entry: string, outfile: string): Promise<void> {
  const target = resolve(outfile);
  mkdirSync(dirname(target), { recursive: true });
  const work = mkdtempSync(join(tmpdir(), "cairn-build-"));
  try {
    const runtime = join(work, "runtime");
    writeFileSync(runtime, deafened(readFileSync(process.execPath)), { mode: EXECUTABLE_MODE });
    const made = join(work, basename(target));
    await bunBuild(dirname(resolve(entry)), [
      ...FLAGS,
      `--compile-executable-path=${runtime}`,
      basename(entry),
      `--outfile=${made}`,
    ]);
    chmodSync(made, EXECUTABLE_MODE);
    moveFile(made, target);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

async function bunBuild(cwd: string, args: readonly string[]): Promise<void> {
  const build = Bun.spawn([process.execPath, "build", ...args], {
    // Paths in the source map are written from here on, so the folder of the checkout doesn't show in the bytes.
    cwd,
    // NODE_ENV, BUN_OPTIONS and the like of whoever builds must not show in the result.
    env: { PATH: process.env["PATH"] ?? "", HOME: process.env["HOME"] ?? "", TMPDIR: tmpdir() },
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, err, code] = await Promise.all([
    new Response(build.stdout).text(),
    new Response(build.stderr).text(),
    build.exited,
  ]);
  if (code !== 0) throw new Error(`Cannot compile: bun build ended with ${code}\n${out}${err}`);
}

/** Puts a file in its place in one step, so that a running test never sees half of it. */
function moveFile(from: string, to: string): void {
  const beside = `${to}.${process.pid}.new`;
  writeFileSync(beside, readFileSync(from), { mode: EXECUTABLE_MODE });
  renameSync(beside, to);
}
