import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { sha256 } from "../base/mod.ts";
import { systemCode } from "./plugin-file.ts";

/** Lockfiles, the first that is there counts. */
const LOCKFILES: readonly string[] = [
  "bun.lock",
  "bun.lockb",
  "package-lock.json",
  "npm-shrinkwrap.json",
  "pnpm-lock.yaml",
  "yarn.lock",
];

const ABSENT: ReadonlySet<string> = new Set(["ENOENT", "ENOTDIR", "EISDIR"]);

async function readIfThere(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file);
  } catch (thrown) {
    if (ABSENT.has(systemCode(thrown) ?? "")) return undefined;
    throw thrown;
  }
}

interface Installed {
  /** The folder whose `node_modules` has it. */
  readonly home: string;
  readonly manifest: Buffer;
}

/** Looks for a package from a folder upwards, as module resolution does. */
async function findPackage(name: string, from: string): Promise<Installed | undefined> {
  for (let folder = from; ; folder = dirname(folder)) {
    const manifest = await readIfThere(join(folder, "node_modules", name, "package.json"));
    if (manifest !== undefined) return { home: folder, manifest };
    if (dirname(folder) === folder) return undefined;
  }
}

/** The hash of the lockfile in a folder, undefined where there is none. */
async function lockHash(folder: string): Promise<string | undefined> {
  for (const name of LOCKFILES) {
    const content = await readIfThere(join(folder, name));
    if (content !== undefined) return sha256(content);
  }
  return undefined;
}

interface Manifest {
  readonly version?: unknown;
  readonly dependencies?: Readonly<Record<string, unknown>>;
}

function parseManifest(content: Buffer): Manifest {
  try {
    const parsed: unknown = JSON.parse(content.toString("utf8"));
    return typeof parsed === "object" && parsed !== null ? parsed : {};
  } catch (thrown) {
    // Not JSON: its bytes stand for it below.
    if (thrown instanceof SyntaxError) return {};
    throw thrown;
  }
}

/**
 * What stands for the npm packages that a plugin imports: the lockfile beside the `node_modules` that has
 * them, else name and version of each, of its own dependencies too. `from` gives for each package the folder
 * of the file that imports it.
 */
export async function packagesHash(from: ReadonlyMap<string, string>): Promise<readonly string[]> {
  const facts = new Set<string>();
  const queue = [...from];
  const seen = new Set<string>();
  for (const [name, folder] of queue) {
    const installed = await findPackage(name, folder);
    if (installed === undefined) {
      facts.add(`missing ${name}`);
      continue;
    }
    const place = join(installed.home, "node_modules", name);
    if (seen.has(place)) continue;
    seen.add(place);
    const lock = await lockHash(installed.home);
    if (lock !== undefined) {
      facts.add(`lockfile ${lock}`);
      continue;
    }
    const manifest = parseManifest(installed.manifest);
    const version = typeof manifest.version === "string" ? manifest.version : sha256(installed.manifest);
    facts.add(`package ${name} ${version}`);
    for (const dependency of Object.keys(manifest.dependencies ?? {})) queue.push([dependency, place]);
  }
  return [...facts].toSorted();
}
