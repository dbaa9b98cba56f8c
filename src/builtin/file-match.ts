import type { DataFile, DataFiles } from "../files/mod.ts";

/** Characters that make a part of a path a pattern. */
const PATTERN = /[*?[\]{}]/u;

/** Whether a path or URI names several files by a pattern (`*`, `?`, `[…]`, `{a,b}`, `**`). */
export function isPattern(path: string): boolean {
  return PATTERN.test(path);
}

/** A file that was found, and its path below the folder that the pattern, or the folder itself, begins at. */
export interface FoundFile {
  readonly file: DataFile;
  /** With `/` between its parts. */
  readonly relative: string;
}

interface Split {
  /** Up to the first part with a pattern, as written. */
  readonly base: string;
  readonly pattern: string;
}

function split(path: string): Split {
  const parts = path.split("/");
  const first = parts.findIndex((part) => PATTERN.test(part));
  const base = parts.slice(0, first).join("/");
  const root = path.startsWith("/") ? "/" : ".";
  return { base: base === "" ? root : base, pattern: parts.slice(first).join("/") };
}

/** Names with a dot are left out, unless the pattern's part begins with one: writers hide unfinished files so. */
function isHidden(relative: string, pattern: string): boolean {
  if (pattern.split("/").some((part) => part.startsWith("."))) return false;
  return relative.split("/").some((part) => part.startsWith("."));
}

/** Path of a file below a folder, both as {@link DataFiles} spells them. */
function below(folder: string, uri: string): string {
  const start = folder.endsWith("/") ? folder : `${folder}/`;
  return uri.startsWith(start) ? uri.slice(start.length) : uri;
}

/** What a pattern matches: files, and folders where the pattern has one part only. In order of their URIs. */
export async function matching(
  files: DataFiles,
  path: string,
  signal: AbortSignal,
): Promise<readonly FoundFile[]> {
  const { base, pattern } = split(path);
  const folder = files.resolve(base);
  const glob = new Bun.Glob(pattern);
  const recursive = pattern.includes("/") || pattern.includes("**");
  const listed = await files.list(folder, { recursive }, signal);
  return listed
    .map((file) => ({ file, relative: below(folder, file.uri) }))
    .filter(({ relative }) => glob.match(relative) && !isHidden(relative, pattern));
}

/** All files below a folder, those with a dot in front left out. */
export async function filesBelow(
  files: DataFiles,
  folder: string,
  signal: AbortSignal,
): Promise<readonly FoundFile[]> {
  const listed = await files.list(folder, { recursive: true }, signal);
  return listed
    .map((file) => ({ file, relative: below(folder, file.uri) }))
    .filter(({ relative }) => !isHidden(relative, ""));
}
