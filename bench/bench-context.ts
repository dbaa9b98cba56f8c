import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { measureSuccess } from "./process.ts";

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
  return {
    cairn: cairn ?? join(root, "dist", "cairn"),
    emptyProgram,
    floorProgram,
    rounds,
    folder: () => mkdtempSync(join(base, "run-")),
    [Symbol.dispose]: () => rmSync(base, { recursive: true, force: true }),
  };
}
