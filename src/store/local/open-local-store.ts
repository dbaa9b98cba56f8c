import { isAbsolute, join } from "node:path";
import { systemClock, type Clock } from "../../base/mod.ts";
import { fileError, storeError } from "../errors.ts";
import { checkName, checkRecord } from "../names.ts";
import type { CheckpointStore } from "../store.ts";
import type { FileSystem } from "./file-system.ts";
import { openFolders } from "./folders.ts";
import { leaseFileHolder, tryLeaseFile } from "./lease-file.ts";
import { openLogFile, type LogFile } from "./log-file.ts";
import { listLogs, readLast, readLog, writtenAt } from "./read-log.ts";
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
  const { folder, fs = systemFileSystem, clock = systemClock, patienceMs = DEFAULT_PATIENCE_MS } = options;
  refuseNoFolder(fs, folder);
  const folders = openFolders(fs, folder);
  const files = new Map<string, LogFile>();
  const reading = { fs, folders, clock };

  const pathOf = (name: string, suffix: string): string => {
    checkName(name);
    return join(folder, name + suffix);
  };
  const fileOf = (log: string): LogFile => {
    const known = files.get(log);
    if (known !== undefined) return known;
    const made = openLogFile({ fs, folders, path: pathOf(log, LOG_SUFFIX), log });
    files.set(log, made);
    return made;
  };
  const attempt = <T>(doing: string, writing: boolean, call: () => T): T => {
    try {
      return call();
    } catch (thrown) {
      throw fileError(folder, doing, writing, thrown);
    }
  };
  /** Calls until the answer isn't `busy`. */
  const patiently = async <T>(
    log: string,
    signal: AbortSignal | undefined,
    call: () => T | "busy",
  ): Promise<T> => {
    signal?.throwIfAborted();
    const deadline = clock.steady() + patienceMs;
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      const answer = call();
      if (answer !== "busy") return answer;
      if (clock.steady() >= deadline) throw busyError(folder, log);
      await clock.sleep(pause, signal);
    }
  };

  return {
    location: folder,
    can: { lease: "os", durable: true },
    append(log, seq, text, signal) {
      return patiently(log, signal, () => {
        checkRecord(log, seq, text);
        return attempt(`append record ${seq} to log "${log}"`, true, () => fileOf(log).append(seq, text));
      });
    },
    async read(log, from = 1, signal) {
      signal?.throwIfAborted();
      const path = pathOf(log, LOG_SUFFIX);
      const records = attempt(`read log "${log}"`, false, () => readLog(reading, path));
      return from <= 1 ? records : records.filter(({ seq }) => seq >= from);
    },
    async last(log, signal) {
      signal?.throwIfAborted();
      const path = pathOf(log, LOG_SUFFIX);
      return attempt(`read log "${log}"`, false, () => readLast(reading, path));
    },
    async logs(prefix, signal) {
      signal?.throwIfAborted();
      if (prefix !== "") checkName(prefix.replace(/\/$/, ""));
      return attempt(`list the logs of "${prefix}"`, false, () => listLogs(fs, folder, prefix, LOG_SUFFIX));
    },
    async remove(log, seqs, signal) {
      const numbers = new Set(seqs);
      if (numbers.size === 0) return;
      await patiently(log, signal, () =>
        attempt(`remove records of log "${log}"`, true, () => fileOf(log).remove(numbers)),
      );
    },
    async takeLease(name, holder, signal) {
      const lease = { fs, folders, name, path: pathOf(name, LEASE_SUFFIX) };
      for (let tries = 1; ; tries++) {
        signal?.throwIfAborted();
        const answer = attempt(`take the lease "${name}"`, true, () => tryLeaseFile(lease, holder));
        if (!answer.held || tries === LEASE_TRIES) return answer;
        await clock.sleep(LEASE_PAUSE_MS, signal);
      }
    },
    async leaseHolder(name, signal) {
      signal?.throwIfAborted();
      const lease = { fs, folders, name, path: pathOf(name, LEASE_SUFFIX) };
      return attempt(`read the lease "${name}"`, false, () => leaseFileHolder(lease));
    },
    async time(signal) {
      signal?.throwIfAborted();
      return clock.now();
    },
    async writtenAt(log, signal) {
      signal?.throwIfAborted();
      const path = pathOf(log, LOG_SUFFIX);
      return attempt(`read log "${log}"`, false, () => writtenAt(fs, path));
    },
    async close() {
      for (const file of files.values()) file.close();
      files.clear();
    },
  };
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
