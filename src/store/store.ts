import type { LeaseKeeper, LeaseOrder } from "./lease-keeper.ts";

/**
 * One record of a log as the store holds it. `text` is undefined where the bytes are unreadable
 * (torn, truncated): such a record is void but keeps its number.
 */
export interface StoredRecord {
  readonly seq: number;
  readonly text: string | undefined;
}

/** `taken`: somebody's record stands at that number; `present` is its text, undefined where unreadable or removed. */
export type AppendResult =
  | { readonly taken: false }
  | { readonly taken: true; readonly present: string | undefined };

/** A process group led by a worker; `leaderStart` tells a reused pid from the real one (start time in clock ticks since boot, from /proc/PID/stat). */
export interface ProcessGroup {
  readonly pgid: number;
  readonly leaderStart: string;
}

/** Who holds a lease, as written into it. */
export interface LeaseHolder {
  /** Unique per runner process and start. */
  readonly id: string;
  readonly host: string;
  readonly pid: number;
  /** Start time of `pid` in clock ticks since boot; empty where the system does not say. */
  readonly pidStart: string;
  readonly bootId: string;
  readonly pidNamespace: string;
  /** ISO 8601. */
  readonly since: string;
  readonly runId?: string | undefined;
  /** Process groups that must be gone before anybody else goes on. */
  readonly groups: readonly ProcessGroup[];
}

/**
 * A lease that is held. Safety never rests on it (records do that), liveness does.
 */
export interface Lease {
  /** Aborts, with a CairnError as reason, when the lease is found lost or can't be renewed in time. */
  readonly lost: AbortSignal;
  /** Throws the reason of `lost` if the lease is not ours any more (deadline passed, lock file replaced). Cheap: called before every append. */
  check(): void;
  /**
   * As `check`, for who can wait: where the deadline has passed it looks first whether somebody has taken over, so that
   * STORE_LEASE_EXPIRED (nobody has) and STORE_LEASE_LOST are told apart. Absent where `check` knows that by itself.
   */
  confirm?(): Promise<void> | undefined;
  /** Has somebody else renew it, for a process that may be too busy to; ended by `release`. Absent where nothing is renewed. */
  entrust?(keeper: LeaseKeeper): Promise<void>;
  /** Rewrites what the lease says of its holder (run ID, process groups). */
  note(change: { readonly runId?: string; readonly groups?: readonly ProcessGroup[] }): Promise<void>;
  /** Gives the lease up. Idempotent. */
  release(): Promise<void>;
}

export type LeaseAnswer =
  | {
      readonly held: false;
      readonly lease: Lease;
      /** The holder it was taken over from, when that one did not release it. */ readonly previous?:
        | LeaseHolder
        | undefined;
    }
  | {
      readonly held: true;
      readonly holder?: LeaseHolder | undefined;
      /** ISO 8601; when it runs out if not renewed (object stores). */ readonly until?: string | undefined;
    };

/** A lease that is renewed for its holder; `close` of the store ends that. */
export type AdoptedLease = Pick<LeaseKeeper, "update">;

/** What a store can do, as data. */
export interface StoreAbilities {
  /** `os`: an operating system lock, freed at the holder's death; `timed`: a lease object that expires by the store's clock. */
  readonly lease: "os" | "timed";
  /** False where the state is gone with the process (memory). */
  readonly durable: boolean;
}

/**
 * What makes a store cheaper to look at. Nothing of it is needed for what is true: who reads takes the records' word.
 * Writings here may be lost; they throw nothing for a store that fails, and nobody waits long for them.
 */
export interface StoreShortcuts {
  /** Nothing more is appended to `log` by this handle for now: what makes it cheaper to read is written. */
  seal(log: string, signal?: AbortSignal): Promise<void>;
  /** As `read` from 1, from the records alone: for who doubts what a shortcut said. */
  readRecords(log: string, signal?: AbortSignal): Promise<readonly StoredRecord[]>;
  /** Names of what lies directly below `prefix` (empty, or ending in `/`), logs excepted, sorted; each ends in `/`. */
  folders(prefix: string, signal?: AbortSignal): Promise<readonly string[]>;
  /** Writes a note over what it said before. A name as those of logs. */
  putNote(name: string, text: string, signal?: AbortSignal): Promise<void>;
  /** Names of all notes that begin with `prefix` (ending in `/`), sorted. */
  notes(prefix: string, signal?: AbortSignal): Promise<readonly string[]>;
  /** The text of a note, undefined where there is none. May be torn. */
  note(name: string, signal?: AbortSignal): Promise<string | undefined>;
  removeNote(name: string, signal?: AbortSignal): Promise<void>;
}

/**
 * A checkpoint store: logs of numbered records, and leases. Names of logs and leases are relative
 * paths of safe segments (`[a-z0-9._-]`, made by the checkpoint room), e.g. `daily-1f…/2c…/runs/0192….`
 *
 * Laws (each is one test of the conformance suite, which quotes it):
 *
 * 1. A number can be taken by exactly one writer: of any number of concurrent appends at the same
 *    number of one log, one answers `taken: false` and all others `taken: true`.
 * 2. When an append answered `taken: false`, the record is durable: it survives the death of every process.
 * 3. A record that an append left torn is void: `read` gives it without text, or (local) not at all after the next append.
 * 4. What was appended is read back at once, byte for byte, by everybody.
 * 5. `read` gives records in the order of their numbers, gaps (removed records) left out.
 * 6. A refused append changes nothing and says what is there.
 * 7. An append that throws may or may not have happened; sending the same text at the same number again settles it.
 * 8. A removed number at or below the highest record can't be taken again where the store can know it (local);
 *    elsewhere the highest record must be kept by whoever removes.
 * 9. At most one holder has a lease that is not lost; the lease of a dead process on this host is taken over at once where `can.lease` is `os`.
 */
export interface CheckpointStore {
  /** The resolved location as people should see it, e.g. `/data/checkpoints`, `s3a://lake/checkpoints`. */
  readonly location: string;
  readonly can: StoreAbilities;
  /** Absent where the store has none: everything is read from the records then. */
  readonly shortcuts?: StoreShortcuts | undefined;
  /**
   * Puts `text` (one JSON object on one line that begins with `{"seq":<seq>,`) at number `seq` of `log`.
   * `seq` must be the highest number plus one, or an already taken one. Creates the log with its first record.
   */
  append(log: string, seq: number, text: string, signal?: AbortSignal): Promise<AppendResult>;
  /** The records numbered `from` (default 1) and above; empty where there is no such log. From one listing: never a mix of before and after. */
  read(log: string, from?: number, signal?: AbortSignal): Promise<readonly StoredRecord[]>;
  /** The record with the highest number, without reading the others; undefined where there is none. */
  last(log: string, signal?: AbortSignal): Promise<StoredRecord | undefined>;
  /** Names of all logs that begin with `prefix` (a name, or a part of one that ends in `/`; empty: all), sorted. */
  logs(prefix: string, signal?: AbortSignal): Promise<readonly string[]>;
  /** Removes these numbers, which exist or not; the log is gone when its last record is. */
  remove(log: string, seqs: readonly number[], signal?: AbortSignal): Promise<void>;
  takeLease(name: string, holder: LeaseHolder, signal?: AbortSignal): Promise<LeaseAnswer>;
  /** The live holder of a lease, undefined where nobody holds it. */
  leaseHolder(name: string, signal?: AbortSignal): Promise<LeaseHolder | undefined>;
  /** Renews a lease that another process of this machine holds. Absent where leases aren't renewed. */
  adoptLease?(order: LeaseOrder): AdoptedLease;
  /** The time by the store's own clock in ms since the epoch (local: the machine's). */
  time(signal?: AbortSignal): Promise<number>;
  /** Age of a log by the store's own clock: when its last record was written, in ms since the epoch; undefined where there is no such log. */
  writtenAt(log: string, signal?: AbortSignal): Promise<number | undefined>;
  /** Closes files and connections; held leases stay until released. */
  close(): Promise<void>;
}
