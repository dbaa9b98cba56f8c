import { isAbsolute, join } from "node:path";
import { systemClock, type Clock } from "../../base/mod.ts";
import { fileError, storeError } from "../errors.ts";
import { checkName, checkRecord } from "../names.ts";
import type {
  AppendResult,
  CheckpointStore,
  LeaseAnswer,
  LeaseHolder,
  StoreAbilities,
  StoredRecord,
  StoreShortcuts,
} from "../store.ts";
import type { FileSystem } from "./file-system.ts";
import { Folders } from "./folders.ts";
import { leaseFileHolder, tryLeaseFile, type LeaseFileOptions } from "./lease-file.ts";
import { localShortcuts } from "./local-shortcuts.ts";
import { LogFile } from "./log-file.ts";
import { listLogs, readLast, readLog, writtenAt, type Reading } from "./read-log.ts";
import { systemFileSystem } from "./system-file-system.ts";

export interface LocalStoreOptions {
  /** The location: an absolute path. It need not exist; it is made at the first write. */
  readonly folder: string;
  /** The machine's files by default. */
  readonly fs?: FileSystem;
  readonly clock?: Clock;
  /** How long an append waits for a process that is in the middle of a write to the same log; 10,000 ms by default. */
  readonly patienceMs?: number;
}

const DEFAULT_PATIENCE_MS = 10_000;
/** Pauses between two tries for a log's lock: from the first, doubling, to the second. */
const FIRST_PAUSE_MS = 1;
const LONGEST_PAUSE_MS = 50;
/** Tries for a lease's lock, which a reader of its note may hold for an instant. */
const LEASE_TRIES = 5;
const LEASE_PAUSE_MS = 10;

const LOG_SUFFIX = ".jsonl";
const LEASE_SUFFIX = ".lock";

/**
 * Opens the store in a folder of this machine: one file for each log, `<name>.jsonl`, one line for each record; one
 * `fdatasync` for each append. See `docs/stores/local.md` for the rules it keeps.
 *
 * Errors: STORE_NOT_A_FOLDER where the location is something else than a folder.
 */
export async function openLocalStore(options: LocalStoreOptions): Promise<CheckpointStore> {
  return localStore(options);
}

/** {@link openLocalStore} without a promise: opening a folder waits for nothing. */
export function localStore(options: LocalStoreOptions): CheckpointStore {
  refuseNoFolder(options.fs ?? systemFileSystem, options.folder);
  return new LocalStore(options);
}

class LocalStore implements CheckpointStore {
  readonly location: string;
  readonly can: StoreAbilities = { lease: "os", durable: true };
  readonly shortcuts: StoreShortcuts;
  readonly #fs: FileSystem;
  readonly #clock: Clock;
  readonly #patienceMs: number;
  readonly #folders: Folders;
  readonly #files = new Map<string, LogFile>();

  constructor(options: LocalStoreOptions) {
    this.location = options.folder;
    this.#fs = options.fs ?? systemFileSystem;
    this.#clock = options.clock ?? systemClock;
    this.#patienceMs = options.patienceMs ?? DEFAULT_PATIENCE_MS;
    this.#folders = new Folders(this.#fs, options.folder, this.#clock);
    this.shortcuts = localShortcuts({
      fs: this.#fs,
      folders: this.#folders,
      read: (log, signal) => this.read(log, 1, signal),
      attempt: (doing, writing, call) => this.#attempt(doing, writing, call),
    });
  }

  append(log: string, seq: number, text: string, signal?: AbortSignal): Promise<AppendResult> {
    return this.#patiently(log, signal, () => {
      checkRecord(log, seq, text);
      return this.#attempt(`append record ${seq} to log "${log}"`, true, () =>
        this.#file(log).append(seq, text),
      );
    });
  }

  async read(log: string, from: number = 1, signal?: AbortSignal): Promise<readonly StoredRecord[]> {
    const records = this.#reading(log, signal, readLog);
    return from <= 1 ? records : records.filter(({ seq }) => seq >= from);
  }

  async last(log: string, signal?: AbortSignal): Promise<StoredRecord | undefined> {
    return this.#reading(log, signal, readLast);
  }

  async writtenAt(log: string, signal?: AbortSignal): Promise<number | undefined> {
    return this.#reading(log, signal, writtenAt);
  }

  async logs(prefix: string, signal?: AbortSignal): Promise<readonly string[]> {
    signal?.throwIfAborted();
    if (prefix !== "") checkName(prefix.replace(/\/$/, ""));
    return this.#attempt(`list the logs of "${prefix}"`, false, () =>
      listLogs(this.#fs, this.location, prefix, LOG_SUFFIX),
    );
  }

  async remove(log: string, seqs: readonly number[], signal?: AbortSignal): Promise<void> {
    const numbers = new Set(seqs);
    if (numbers.size === 0) return;
    await this.#patiently(log, signal, () =>
      this.#attempt(`remove records of log "${log}"`, true, () => this.#file(log).remove(numbers)),
    );
  }

  async takeLease(name: string, holder: LeaseHolder, signal?: AbortSignal): Promise<LeaseAnswer> {
    const lease = this.#lease(name);
    for (let tries = 1; ; tries++) {
      signal?.throwIfAborted();
      const answer = this.#attempt(`take the lease "${name}"`, true, () => tryLeaseFile(lease, holder));
      if (!answer.held || tries === LEASE_TRIES) return answer;
      await this.#clock.sleep(LEASE_PAUSE_MS, signal);
    }
  }

  async leaseHolder(name: string, signal?: AbortSignal): Promise<LeaseHolder | undefined> {
    signal?.throwIfAborted();
    const lease = this.#lease(name);
    return this.#attempt(`read the lease "${name}"`, false, () => leaseFileHolder(lease));
  }

  async time(signal?: AbortSignal): Promise<number> {
    signal?.throwIfAborted();
    return this.#clock.now();
  }

  async close(): Promise<void> {
    for (const file of this.#files.values()) file.close();
    this.#files.clear();
  }

  #path(name: string, suffix: string): string {
    checkName(name);
    return join(this.location, name + suffix);
  }

  #file(log: string): LogFile {
    const known = this.#files.get(log);
    if (known !== undefined) return known;
    const made = new LogFile({
      fs: this.#fs,
      folders: this.#folders,
      path: this.#path(log, LOG_SUFFIX),
      log,
    });
    this.#files.set(log, made);
    return made;
  }

  #lease(name: string): LeaseFileOptions {
    return { fs: this.#fs, folders: this.#folders, name, path: this.#path(name, LEASE_SUFFIX) };
  }

  #reading<T>(log: string, signal: AbortSignal | undefined, read: (reading: Reading, path: string) => T): T {
    signal?.throwIfAborted();
    const path = this.#path(log, LOG_SUFFIX);
    const reading = { fs: this.#fs, folders: this.#folders, clock: this.#clock };
    return this.#attempt(`read log "${log}"`, false, () => read(reading, path));
  }

  /** Turns the system's errors into the store's. */
  #attempt<T>(doing: string, writing: boolean, call: () => T): T {
    try {
      return call();
    } catch (thrown) {
      throw fileError(this.location, doing, writing, thrown);
    }
  }

  /** Calls until the answer isn't `busy`. */
  async #patiently<T>(log: string, signal: AbortSignal | undefined, call: () => T | "busy"): Promise<T> {
    signal?.throwIfAborted();
    const deadline = this.#clock.steady() + this.#patienceMs;
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      const answer = call();
      if (answer !== "busy") return answer;
      if (this.#clock.steady() >= deadline) throw busyError(this.location, log);
      await this.#clock.sleep(pause, signal);
    }
  }
}

function refuseNoFolder(fs: FileSystem, folder: string): void {
  if (!isAbsolute(folder)) {
    throw storeError(
      "STORE_BAD_LOCATION",
      `Cannot open the checkpoint store "${folder}": its path is not absolute`,
    );
  }
  const found = fs.factsAt(fs.realPath(folder) ?? folder);
  if (found === undefined || found.kind === "folder") return;
  throw storeError("STORE_NOT_A_FOLDER", `Cannot open the checkpoint store "${folder}": it is not a folder`, {
    hint: "Give a folder, or a path where one can be made.",
  });
}

function busyError(folder: string, log: string): Error {
  return storeError(
    "STORE_BUSY",
    `Cannot write to log "${log}" in the checkpoint store "${folder}": another process keeps it locked`,
    {
      hint: `Find it with: fuser "${join(folder, log + LOG_SUFFIX)}". It was stopped in the middle of a write; continue or end it.`,
    },
  );
}
