import { readdir, stat } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";
import { findProgram, headOf } from "../../program/mod.ts";
import { isPluginFileName, systemCode } from "../plugin-file.ts";

/** What runs a file with a known extension that the system can't start by itself. */
const INTERPRETERS: ReadonlyMap<string, string> = new Map([
  [".py", "python3"],
  [".sh", "sh"],
  [".bash", "bash"],
  [".rb", "ruby"],
  [".pl", "perl"],
  [".R", "Rscript"],
  [".jl", "julia"],
  [".lua", "lua"],
  [".php", "php"],
]);

/** Extensions of files that are components by their name alone. */
export const INTERPRETED_EXTENSIONS: readonly string[] = [...INTERPRETERS.keys()];

/** Copies of the helper for Python, which authors keep for their editor, and what Python itself puts beside modules. */
const NOT_COMPONENTS: ReadonlySet<string> = new Set([
  "cairn.py",
  "__init__.py",
  "__main__.py",
  "conftest.py",
]);

const RUN_BITS = 0o111;
/** How files begin that a system starts: scripts, Linux's binaries, those of macOS. */
const STARTABLE: readonly string[] = [
  "#!",
  "\u007fELF",
  "\u00cf\u00fa\u00ed\u00fe",
  "\u00ca\u00fe\u00ba\u00be",
];

async function hasRunBit(file: string): Promise<boolean> {
  try {
    return ((await stat(file)).mode & RUN_BITS) !== 0;
  } catch (thrown) {
    if (systemCode(thrown) === undefined) throw thrown;
    return false;
  }
}

/** Whether the system can start a file: it has the run bit, and begins as such files do. (Some file systems give every file the bit.) */
async function startsByItself(file: string): Promise<boolean> {
  if (!(await hasRunBit(file))) return false;
  const head = headOf(file);
  return STARTABLE.some((beginning) => head.startsWith(beginning));
}

/** Whether a file is a component by itself: a known extension, or a program with the run bit. Files of JavaScript never are. */
export async function isExecutableComponent(file: string): Promise<boolean> {
  const name = basename(file);
  if (isExecutableName(name)) return true;
  if (name.startsWith(".") || isModuleName(name)) return false;
  return startsByItself(file);
}

/** Names that belong to JavaScript and TypeScript, declarations included. */
function isModuleName(name: string): boolean {
  return isPluginFileName(name) || /\.[cm]?tsx?$/u.test(name);
}

/** True for names with a known extension, and for no others. */
function isExecutableName(name: string): boolean {
  return !NOT_COMPONENTS.has(name) && INTERPRETERS.has(extname(name)) && !name.startsWith(".");
}

/** Files beside each other that are called `stem`, with or without one extension, and are components by themselves. */
export async function executablesAt(stem: string): Promise<readonly string[]> {
  const folder = dirname(stem);
  const wanted = basename(stem);
  const found: string[] = [];
  for (const name of await namesIn(folder)) {
    if (name !== wanted && !(name.startsWith(`${wanted}.`) && !name.slice(wanted.length + 1).includes(".")))
      continue;
    const file = join(folder, name);
    if (await isExecutableComponent(file)) found.push(file);
  }
  return found;
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries
      .filter((entry) => !entry.isDirectory())
      .map(({ name }) => name)
      .toSorted();
  } catch (thrown) {
    if (systemCode(thrown) === undefined) throw thrown;
    return [];
  }
}

/** The command that starts a component: the file itself where the system can, else its extension's interpreter. */
export async function commandFor(file: string): Promise<[string, ...string[]]> {
  const interpreter = INTERPRETERS.get(extname(file));
  if (interpreter === undefined || (await startsByItself(file))) return [file];
  return [interpreter, file];
}

/** Looks whether a component could be started here. Throws as `findProgram` does. */
export async function checkStartable(file: string, path: string): Promise<void> {
  const [program] = await commandFor(file);
  findProgram({ program, cwd: dirname(file), path });
}
