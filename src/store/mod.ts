/**
 * Room `store`: where checkpoints lie. `store.ts` states the interface and its laws; each store is
 * a folder that exports one `open…` function; `wrap/` holds what can stand before any store, `doctor/` the checks of `cairn doctor`;
 * `testing.ts` is the room's second door, for tests: the conformance suite that every store passes, and faults.
 *
 * Not here: what a record means (room `checkpoint`).
 * To add a store: a folder with its `open…` function, a line below, and `storeConformance` in its test.
 */
export { type HdfsCluster, openHdfsCluster, openS3Bucket, type S3Bucket } from "./data-clients.ts";
export { folderRights, freeSpace, type Room } from "./doctor/local-folder.ts";
export { handleRacer, type Race, type RaceGoal, type Racer, type RaceReport } from "./doctor/race.ts";
export { storeChecks, sweepTrials, trialFolder } from "./doctor/store-checks.ts";
export type { CheckOutcome, DoctorFinding, StoreCheck, Trial } from "./doctor/trial.ts";
export { storeError, type StoreErrorCode, type StoreErrorFacts } from "./errors.ts";
export type { FileFacts, FileKind, FileSystem, OpenMode } from "./local/file-system.ts";
export { openLinkObjects, type LinkObjectsOptions } from "./link/link-objects.ts";
export { openFolderStore, type FolderLayout, type FolderStoreOptions } from "./link/open-folder-store.ts";
export { fileSystemClass, type FileSystemClass } from "./local/file-system-types.ts";
export { defaultLocation, localWarning, type DefaultPlace } from "./local/local-place.ts";
export { localStore, openLocalStore, type LocalStoreOptions } from "./local/open-local-store.ts";
export { systemFileSystem } from "./local/system-file-system.ts";
export { parseLocation, schemeOf, type StoreLocation } from "./location.ts";
export { openMemoryObjects, type MemoryObjectsOptions, type ObjectMemory } from "./memory/memory-objects.ts";
export { newMemory, type Memory } from "./memory/memory.ts";
export { openMemoryStore, type MemoryStore, type MemoryStoreOptions } from "./memory/open-memory-store.ts";
export { inParallel } from "./object/in-parallel.ts";
export type { ListedObject, ObjectOperations } from "./object/object-operations.ts";
export { DEFAULT_LEASE_MS, openObjectStore, type ObjectStoreOptions } from "./object/open-object-store.ts";
export type { LeaseKeeper, LeaseNote, LeaseOrder, LeaseStanding } from "./lease-keeper.ts";
export { holderIsGone, processFacts, processStart, type ProcessFacts } from "./process-facts.ts";
export {
  openStore,
  storeRegistry,
  type OpenStore,
  type OpenStoreOptions,
  type StoreRegistry,
} from "./registry.ts";
export type * from "./store.ts";
export { withStoreErrors } from "./wrap/store-errors.ts";
export { withProbe } from "./wrap/probe.ts";
export { retrying, withRetry, type RetryOptions, type StoreRetry } from "./wrap/retry.ts";
