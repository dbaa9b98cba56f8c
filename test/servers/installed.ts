import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** Something that tests need and that is no npm package. */
export interface Installation {
  readonly name: string;
  /** Version and whatever else the result depends on: another key is another installation. */
  readonly key: string;
  /** Fills an empty folder, which may be renamed afterwards. It verifies checksums, or has a tool do so. */
  readonly fill: (folder: string) => Promise<void>;
}

/** Where servers for tests are kept between runs: outside the checkout, below `$XDG_CACHE_HOME` or `~/.cache`. */
function cacheFolder(): string {
  return join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "cairn-test-servers");
}

/** The folder of an installation, be it there or not. */
export function installedAt({ name, key }: Pick<Installation, "name" | "key">): string {
  return join(cacheFolder(), `${name}-${key}`);
}

/**
 * The folder of an installation. Where it isn't there, it is made if `mayInstall`, else refused with a word on how to
 * make it. Two at once don't disturb each other: each fills a folder of its own, and the first one's stays.
 */
export async function installed(installation: Installation, mayInstall: boolean): Promise<string> {
  const folder = installedAt(installation);
  if (existsSync(folder)) return folder;
  if (!mayInstall) throw new Error(`it is not installed; "bun test/servers/main.ts" brings it`);
  const made = `${folder}.${process.pid}.new`;
  try {
    mkdirSync(made, { recursive: true });
    await installation.fill(made);
    if (!existsSync(folder)) renameSync(made, folder);
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
  return folder;
}

/** Runs a program to its end; the error has the last lines of what it wrote. */
export async function runTool(
  command: readonly string[],
  options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<string> {
  const child = Bun.spawn([...command], {
    env: { ...process.env, ...options.env },
    ...(options.cwd !== undefined && { cwd: options.cwd }),
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [stdout, stderr, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  if (code === 0) return stdout;
  const lines = `${stdout}${stderr}`.trim().split("\n").slice(-LAST_LINES).join("\n");
  throw new Error(`${command[0]} ended with ${code}:\n${lines}`);
}

const LAST_LINES = 12;
