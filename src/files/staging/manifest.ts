import { fileError, isMissing } from "../file-error.ts";
import type { OpenFiles } from "../open-data-files.ts";
import { MANIFEST } from "./staged.ts";

/** What a published folder holds. Says nothing of when and by which attempt, so that equal content gives equal bytes. */
export interface Manifest {
  readonly version: 1;
  /** At the top of a dataset: the subfolder that is the present one. */
  readonly folder?: string;
  /** The one that was it before; kept for those who still read it. */
  readonly replaces?: string;
  /** In order of their names, which may have folders. */
  readonly files: readonly { readonly name: string; readonly size: number }[];
}

/** What lies in a folder. */
export async function folderManifest(
  files: OpenFiles,
  folder: string,
  signal?: AbortSignal,
): Promise<Manifest> {
  const found = await files.list(folder, { recursive: true }, signal);
  const listed = found.map(({ uri, size }) => ({ name: uri.slice(folder.length + 1), size }));
  return { version: 1, files: listed.filter(({ name }) => name !== MANIFEST) };
}

export function manifestText(manifest: Manifest): string {
  return `${JSON.stringify(manifest, undefined, 2)}\n`;
}

/** The text of a small file; undefined where there is none. */
export async function readSmall(
  files: OpenFiles,
  uri: string,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const parts: Uint8Array[] = [];
  try {
    for await (const part of files.read(uri, {}, signal)) parts.push(part);
  } catch (thrown) {
    if (isMissing(thrown)) return undefined;
    throw thrown;
  }
  return Buffer.concat(parts).toString("utf8");
}

/** @throws FILE_IO where the text is no manifest of ours */
export function parseManifest(text: string, uri: string): Manifest {
  let value: Partial<Manifest> | undefined;
  try {
    value = JSON.parse(text) as Partial<Manifest>;
  } catch (thrown) {
    if (!(thrown instanceof SyntaxError)) throw thrown;
  }
  if (value?.version === 1 && Array.isArray(value.files)) return value as Manifest;
  throw fileError("FILE_IO", `Cannot read "${uri}": it is no manifest of a dataset`, {
    hint: "Give the dataset a folder of its own.",
  });
}
