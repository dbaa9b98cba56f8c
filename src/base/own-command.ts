/** Where a compiled executable keeps its own files. */
const COMPILED_ROOT = "/$bunfs/";

/** Whether this is the compiled executable, not a checkout or a library in somebody's program. */
export const isCompiled: boolean = import.meta.path.startsWith(COMPILED_ROOT);

/** How this very program is started with a first argument: the executable itself, or, in a checkout, Bun on `src/main.ts`. */
export function ownCommand(first: string): readonly string[] {
  if (isCompiled) return [process.execPath, first];
  return [process.execPath, Bun.fileURLToPath(new URL("../main.ts", import.meta.url)), first];
}
