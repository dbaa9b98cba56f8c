import { join } from "node:path";
import { parseLocation, schemeOf, systemFileSystem } from "../store/mod.ts";
import type { StorePlace } from "./store-at.ts";

/** A local location before a trial, so that it can look afterwards as it did before. */
export interface TrialPlace {
  /** The folder of a local location; undefined for every other one. */
  readonly folder: string | undefined;
  /** Removes empty folders that the trial has made: a store's own, and the location itself. */
  readonly restore: () => void;
}

/** Looks at a location before anything is tried there. */
export function trialPlace(place: StorePlace): TrialPlace {
  if ((schemeOf(place.text) ?? "file") !== "file") return { folder: undefined, restore: () => undefined };
  const folder = parseLocation(place.text, place.folder, []).target;
  const before = entriesOf(folder);
  return { folder, restore: () => removeNewFolders(folder, before) };
}

/** Names in a folder; undefined where it isn't there. */
function entriesOf(folder: string): ReadonlySet<string> | undefined {
  if (systemFileSystem.realPath(folder) === undefined) return undefined;
  return new Set(systemFileSystem.list(folder).map(({ name }) => name));
}

function removeNewFolders(folder: string, before: ReadonlySet<string> | undefined): void {
  const now = entriesOf(folder);
  // On a disk that is read-only even the removal of nothing is refused.
  if (now === undefined) return;
  for (const name of now) {
    if (before?.has(name) !== true) systemFileSystem.removeFolder(join(folder, name));
  }
  if (before === undefined) systemFileSystem.removeFolder(folder);
}
