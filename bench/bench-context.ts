import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { measureProcess, measureSuccess } from "./process.ts";

/** What every measure is given. */
export interface BenchContext {
  readonly cairn: string;
  /** An empty program compiled with the same flags: the floor of every start. */
  readonly emptyProgram: string;
  /** The C floor, undefined where there is no C compiler. */
  readonly floorProgram: string | undefined;
  /** Rounds of interleaved measurements. */
  readonly rounds: number;
  /** A new folder on the measured disk. */
  folder(): string;
}

/** Where no executable is named it is `dist/cairn`. Compiles the floors and opens a folder beside the checkout's `dist` (not the system's temp, which may be memory). */
export async function openBench(
  rounds: number,
  cairn: string | undefined,
): Promise<BenchContext & Disposable> {
  const root = join(import.meta.dir, "..");
  mkdirSync(join(root, "dist"), { recursive: true });
  const base = mkdtempSync(join(root, "dist", "bench-"));
  const empty = join(base, "empty.ts");
  await Bun.write(empty, "export {};\n");
  const emptyProgram = join(base, "empty");
  const autoload = ["bunfig", "dotenv", "tsconfig"].map((name) => `--no-compile-autoload-${name}`);
  await measureSuccess([
    process.execPath,
    "build",
    "--compile",
    "--minify",
    "--bytecode",
    "--format=esm",
    ...autoload,
    empty,
    "--outfile",
    emptyProgram,
  ]);
  let floorProgram: string | undefined;
  if (Bun.which("gcc")) {
    floorProgram = join(base, "floor");
    await measureSuccess(["gcc", "-O2", "-o", floorProgram, join(import.meta.dir, "floor.c")]);
  }
  const executable = cairn ?? join(root, "dist", "cairn");
  await readFromDisk(executable);
  return {
    cairn: executable,
    emptyProgram,
    floorProgram,
    rounds,
    folder: () => mkdtempSync(join(base, "run-")),
    [Symbol.dispose]: () => rmSync(base, { recursive: true, force: true }),
  };
}

/**
 * Drops a file from the page cache. What was just written lies there in larger pieces than what was read, and every
 * process that maps it is charged for the whole pieces: 9 MB for an executable that was built a moment ago.
 */
async function readFromDisk(file: string): Promise<void> {
  if (!Bun.which("dd")) return;
  // An executable that runs just now can not be opened so; then nothing is dropped.
  await measureProcess(["dd", `of=${file}`, "oflag=nocache", "conv=notrunc,fdatasync", "count=0"]);
}
