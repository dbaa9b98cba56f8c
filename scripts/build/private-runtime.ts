/**
 * Makes the copy of Bun that goes into the executable deaf to variables that would hand it to whoever sets
 * the environment. `docs/hermetic.md` has the whole story; the facts are Bun 1.4.5's.
 */

/** What becomes of a variable's name in the copy. */
interface Deafening {
  readonly name: string;
  /** The first byte of the new name. The rest stays, because the linker lets other strings share a string's end. */
  readonly first: number;
  readonly why: string;
}

/** No variable's name holds a NUL, so a name that starts with one is never found. */
const NEVER = 0;

const deafenings: readonly Deafening[] = [
  {
    name: "BUN_OPTIONS",
    first: NEVER,
    why: "adds arguments for Bun: --preload runs any file, --version ends at once",
  },
  { name: "BUN_INSPECT", first: NEVER, why: "opens a debugger's port" },
  { name: "BUN_INSPECT_CONNECT_TO", first: NEVER, why: "connects to a debugger" },
  { name: "BUN_INSPECT_PRELOAD", first: NEVER, why: "runs any file" },
  { name: "BUN_CONFIG_VERBOSE_FETCH", first: NEVER, why: "prints every request with its credentials" },
  { name: "BUN_BYTECODE_ORDER_OUT", first: NEVER, why: "writes a file" },
  // Cairn itself has a use for this one (its own package manager and test runner), under a name that nobody sets by chance.
  { name: "BUN_BE_BUN", first: "_".charCodeAt(0), why: "makes the executable Bun instead of Cairn" },
];

/**
 * A copy of a Bun executable with those names changed. Each has to be there exactly once as a NUL-terminated
 * string; where another version of Bun keeps them otherwise, the build stops rather than pretend.
 */
export function deafened(runtime: Uint8Array): Uint8Array {
  const copy = Buffer.from(runtime);
  for (const { name, first } of deafenings) {
    const wanted = Buffer.from(`\0${name}\0`, "latin1");
    const at = copy.indexOf(wanted);
    if (at < 0 || copy.includes(wanted, at + 1)) {
      throw new Error(
        `Cannot make the runtime ignore ${name}: its name isn't there exactly once (see docs/hermetic.md)`,
      );
    }
    copy[at + 1] = first;
  }
  return copy;
}
