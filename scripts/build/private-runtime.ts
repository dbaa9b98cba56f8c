/**
 * Makes the copy of Bun that goes into the executable deaf to variables that would hand it to whoever sets
 * the environment. `docs/hermetic.md` has the whole story; the facts are Bun 1.4.5's.
 */

/** What becomes of a variable's name in the copy. */
interface Deafening {
  readonly name: string;
  /** The first byte of the new name. The rest stays, because the linker lets other strings share a string's end. */
  readonly first: number;
  /** How often the name is there: as a string of C between NULs, or also as a part of a table of names. */
  readonly places: { readonly between: "nul" | "anything"; readonly count: number };
  readonly why: string;
}

/** No variable's name holds a NUL, so a name that starts with one is never found. */
const NEVER = 0;
const ONE_STRING = { between: "nul", count: 1 } as const;

const deafenings: readonly Deafening[] = [
  {
    name: "BUN_OPTIONS",
    first: NEVER,
    places: ONE_STRING,
    why: "adds arguments for Bun: --preload runs any file, --version ends at once",
  },
  { name: "BUN_INSPECT", first: NEVER, places: ONE_STRING, why: "opens a debugger's port" },
  { name: "BUN_INSPECT_CONNECT_TO", first: NEVER, places: ONE_STRING, why: "connects to a debugger" },
  { name: "BUN_INSPECT_PRELOAD", first: NEVER, places: ONE_STRING, why: "runs any file" },
  { name: "BUN_BYTECODE_ORDER_OUT", first: NEVER, places: ONE_STRING, why: "writes a file" },
  {
    name: "BUN_CONFIG_VERBOSE_FETCH",
    first: NEVER,
    places: { between: "anything", count: 2 },
    why: "prints every request with its credentials",
  },
  {
    name: "BUN_BE_BUN",
    // Cairn itself has a use for this one (its own package manager and test runner), under a name that nobody sets by chance.
    first: "_".charCodeAt(0),
    places: ONE_STRING,
    why: "makes the executable Bun instead of Cairn",
  },
];

/**
 * A copy of a Bun executable with those names changed. Each has to be there exactly as often as said above;
 * where another version of Bun keeps them otherwise, the build stops rather than pretend.
 */
export function deafened(runtime: Uint8Array): Uint8Array {
  const copy = Buffer.from(runtime);
  for (const { name, first, places, why } of deafenings) {
    const wanted = Buffer.from(places.between === "nul" ? `\0${name}\0` : name, "latin1");
    const found: number[] = [];
    for (let at = copy.indexOf(wanted); at >= 0; at = copy.indexOf(wanted, at + 1)) found.push(at);
    if (found.length !== places.count) {
      throw new Error(
        `Cannot make the runtime ignore ${name} (it ${why}): its name is there ${found.length} times, not ${places.count} (see docs/hermetic.md)`,
      );
    }
    for (const at of found) copy[at + wanted.indexOf(name)] = first;
  }
  return copy;
}
