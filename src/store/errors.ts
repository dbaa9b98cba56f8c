import { CairnError, messageOf, type ErrorKind, type JsonValue } from "../base/mod.ts";

/** The codes of errors that stores throw. */
export type StoreErrorCode =
  | "STORE_BAD_LOCATION"
  | "STORE_UNKNOWN_SCHEME"
  | "STORE_BAD_SETTINGS"
  | "STORE_NOT_A_FOLDER"
  | "STORE_MIXED_LAYOUT"
  | "STORE_DEFAULT_UNSAFE"
  | "STORE_NOT_WRITABLE"
  | "STORE_NOT_READABLE"
  | "STORE_LINK"
  | "STORE_FULL"
  | "STORE_IO"
  | "STORE_BUSY"
  | "STORE_GAP"
  | "STORE_LOG_GONE"
  | "STORE_LEASE_LOST"
  | "STORE_LEASE_EXPIRED"
  | "STORE_UNSUPPORTED"
  | "STORE_UNAVAILABLE"
  | "STORE_TIMEOUT"
  | "STORE_BAD_ANSWER"
  | "STORE_BROKEN_PROMISE"
  | "STORE_BAD_NAME"
  | "STORE_BAD_RECORD"
  | "STORE_CLOSED";

/**
 * Every code that this room throws, with who has to act.
 *
 * `transient` says that the same call may well succeed a little later: what stands before a store
 * (`wrap/retry.ts`) repeats those and no others.
 */
const CODES: Readonly<Record<StoreErrorCode, { readonly kind: ErrorKind; readonly transient: boolean }>> = {
  /** The location can't be read as one: bad URI, host in `file:`, `~`. */
  STORE_BAD_LOCATION: { kind: "config", transient: false },
  /** No store answers to the location's scheme. */
  STORE_UNKNOWN_SCHEME: { kind: "config", transient: false },
  /** A setting of the store (`fs.s3a.…`, a Hadoop configuration file) can't be read or isn't offered. */
  STORE_BAD_SETTINGS: { kind: "config", transient: false },
  /** The location is there and is no folder. */
  STORE_NOT_A_FOLDER: { kind: "config", transient: false },
  /** The location was begun in another layout than the one asked for. */
  STORE_MIXED_LAYOUT: { kind: "config", transient: false },
  /** The default location belongs to somebody else, is a link, or is open to others. */
  STORE_DEFAULT_UNSAFE: { kind: "world", transient: false },
  /** The location can't be written: read-only, permissions. */
  STORE_NOT_WRITABLE: { kind: "world", transient: false },
  STORE_NOT_READABLE: { kind: "world", transient: false },
  /** A link stands inside the location. */
  STORE_LINK: { kind: "world", transient: false },
  /** No space or quota left; nothing was recorded, the same bytes may be sent again. */
  STORE_FULL: { kind: "world", transient: false },
  /** A read, write or sync failed; the record may or may not be there. */
  STORE_IO: { kind: "world", transient: false },
  /** Another live process kept a log's lock for longer than we wait. */
  STORE_BUSY: { kind: "world", transient: false },
  /** The number is not the next one of the log. */
  STORE_GAP: { kind: "world", transient: false },
  /** A log that we wrote is not there any more. */
  STORE_LOG_GONE: { kind: "world", transient: false },
  /** The lease is another's, or its lock file was removed. */
  STORE_LEASE_LOST: { kind: "world", transient: false },
  /** The lease couldn't be renewed in time. */
  STORE_LEASE_EXPIRED: { kind: "world", transient: false },
  /** The file system lacks what this store rests on (locks, hard links). */
  STORE_UNSUPPORTED: { kind: "world", transient: false },
  /** The store does not answer or answers that it can't now. */
  STORE_UNAVAILABLE: { kind: "world", transient: true },
  /** Retried for the whole `store-timeout` without success. */
  STORE_TIMEOUT: { kind: "world", transient: false },
  /** A plugin's store answered with something that is no answer. */
  STORE_BAD_ANSWER: { kind: "world", transient: false },
  /** A number was given to two writers: the store ignores conditions. */
  STORE_BROKEN_PROMISE: { kind: "world", transient: false },
  /** A log or lease name that isn't made of safe segments. */
  STORE_BAD_NAME: { kind: "bug", transient: false },
  /** A record that isn't one line beginning with its number. */
  STORE_BAD_RECORD: { kind: "bug", transient: false },
  /** A closed store was called. */
  STORE_CLOSED: { kind: "bug", transient: false },
};

/** What a store's error says besides code and message. */
export interface StoreErrorFacts {
  readonly hint?: string | undefined;
  readonly cause?: unknown;
  readonly details?: Readonly<Record<string, JsonValue>> | undefined;
}

/** Makes an error of a store; its kind follows from its code. */
export function storeError(code: StoreErrorCode, message: string, facts: StoreErrorFacts = {}): CairnError {
  return new CairnError(message, { code, kind: CODES[code].kind, ...facts });
}

/** Whether the same call may succeed a little later. Errors that no store made are not transient. */
export function isTransient(thrown: unknown): boolean {
  if (!(thrown instanceof CairnError) || !(thrown.code in CODES)) return false;
  return CODES[thrown.code as StoreErrorCode].transient;
}

/** The system's code of a failed file operation (`ENOSPC`), undefined where it is none. */
export function errnoOf(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error) || !("code" in thrown)) return undefined;
  return typeof thrown.code === "string" ? thrown.code : undefined;
}

const WRITE_REFUSED = new Set(["EROFS", "EACCES", "EPERM"]);
/** What stands in the way is the path: nothing can be made in it (as in /proc), or a part of it is gone. */
const NO_PLACE = new Set(["ENOENT", "ENOTDIR", "ENAMETOOLONG"]);
const NO_SPACE = new Set(["ENOSPC", "EDQUOT", "EFBIG"]);

/**
 * A failed file operation as an error of the store at `location`. Errors of Cairn pass as they are.
 *
 * @param doing What was tried, as in `append record 4 to log "a/b"`.
 */
export function fileError(location: string, doing: string, writing: boolean, thrown: unknown): CairnError {
  if (thrown instanceof CairnError) return thrown;
  const errno = errnoOf(thrown) ?? "unknown";
  const start = `Cannot ${doing} in the checkpoint store "${location}"`;
  const facts = { cause: thrown, details: { location, errno } };
  if (NO_SPACE.has(errno)) {
    return storeError("STORE_FULL", `${start}: no space is left on it (${errno})`, {
      ...facts,
      hint: "Free space there, then resume; nothing that was recorded is lost.",
    });
  }
  if (errno === "ELOOP") {
    return storeError("STORE_LINK", `${start}: a link stands where a file of the store belongs`, {
      ...facts,
      hint: "Replace the link by what it points to; the location itself may be a link.",
    });
  }
  if (WRITE_REFUSED.has(errno)) {
    const why = errno === "EROFS" ? "the file system is read-only" : "permission is denied";
    return storeError(
      writing ? "STORE_NOT_WRITABLE" : "STORE_NOT_READABLE",
      `${start}: ${why} (${messageOf(thrown)})`,
      {
        ...facts,
        hint: `Make it ${writing ? "writable" : "readable"} for the user that runs Cairn, or give another location with --checkpoint=LOCATION.`,
      },
    );
  }
  return storeError("STORE_IO", `${start}: ${messageOf(thrown)}`, {
    ...facts,
    hint: NO_PLACE.has(errno)
      ? "See to it that the folder is there and files can be made in it, or give another location with --checkpoint=LOCATION."
      : "Look for disk errors in the system's log; when the disk is sound again, resume.",
  });
}
