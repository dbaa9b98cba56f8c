import { join } from "node:path";
import type { Clock, Random } from "../../base/mod.ts";
import { fileError, storeError } from "../errors.ts";
import type { FileSystem } from "../local/file-system.ts";
import { fileSystemOf } from "../local/local-place.ts";
import { openLocalStore } from "../local/open-local-store.ts";
import { systemFileSystem } from "../local/system-file-system.ts";
import { openObjectStore } from "../object/open-object-store.ts";
import type { CheckpointStore } from "../store.ts";
import { openLinkObjects, TEMPORARY_FOLDER } from "./link-objects.ts";

/** How records lie in a folder: `lines` of one file for each log, or one file for each record, made by `link`. */
export type FolderLayout = "lines" | "link";

export interface FolderStoreOptions {
  /** An absolute path. */
  readonly folder: string;
  /** By default as the location was begun, and a new one by its file system: `link` on those that machines share. */
  readonly layout?: FolderLayout | undefined;
  /** For `link`: how long a lease lasts, in ms. */
  readonly leaseMs?: number | undefined;
  readonly fs?: FileSystem | undefined;
  readonly clock?: Clock | undefined;
  readonly random?: Random | undefined;
}

/** How many folders below the location logs begin, `<pipeline>/<key>/`: what lies deeper need not be looked at. */
const LOGS_DEPTH = 2;

/**
 * Opens the store in a folder, in the layout that fits its file system.
 *
 * Locks on network file systems may be missing or be lost, so there the object layout is used, with a lease in time.
 *
 * Errors: those of `openLocalStore`; STORE_MIXED_LAYOUT where the location was begun in the other layout than the one
 * asked for, since two layouts in one place would not see each other's records.
 */
export async function openFolderStore(options: FolderStoreOptions): Promise<CheckpointStore> {
  const { folder, clock, random, leaseMs } = options;
  const fs = options.fs ?? systemFileSystem;
  const lines = await openLocalStore({ folder, fs, ...(clock && { clock }) });
  const fitting = options.layout ?? (fileSystemOf(fs, folder).class === "network" ? "link" : "lines");
  const found = foundLayout(fs, folder, fitting);
  if (options.layout !== undefined && found !== options.layout)
    throw mixedError(folder, found, options.layout);
  if (found === "lines") return lines;
  await lines.close();
  return openObjectStore({ objects: openLinkObjects({ folder, fs, random, clock }), clock, random, leaseMs });
}

/** The layout that a location was begun in; `fitting` where it is empty. */
function foundLayout(fs: FileSystem, folder: string, fitting: FolderLayout): FolderLayout {
  try {
    if (fs.factsAt(join(folder, TEMPORARY_FOLDER))?.kind === "folder") return "link";
    return fitting === "link" && hasLines(fs, folder, LOGS_DEPTH) ? "lines" : fitting;
  } catch (thrown) {
    throw fileError(folder, "look for records", false, thrown);
  }
}

function hasLines(fs: FileSystem, folder: string, depth: number): boolean {
  const entries = fs.list(folder);
  if (entries.some(({ name, kind }) => kind === "file" && name.endsWith(".jsonl"))) return true;
  return (
    depth > 0 &&
    entries.some(({ name, kind }) => kind === "folder" && hasLines(fs, join(folder, name), depth - 1))
  );
}

function mixedError(folder: string, found: FolderLayout, wanted: FolderLayout): Error {
  return storeError(
    "STORE_MIXED_LAYOUT",
    `Cannot open the checkpoint store "${folder}" in the layout "${wanted}": it was begun in the layout "${found}"`,
    {
      hint: `Leave pipeline.checkpoint.store.layout out, or give an empty folder.`,
      details: { found, wanted },
    },
  );
}
