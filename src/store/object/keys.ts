import { checkName } from "../names.ts";

/** Digits of a number in a key: so many that keys sort as their numbers for longer than any log lasts. */
const DIGITS = 12;

/** Ends the folder of a log, of a lease: a log and a lease of one name, and a log below another, keep apart. */
const LOG_FOLDER = ".log/";
const LEASE_FOLDER = ".lease/";
const NOTE_SUFFIX = ".note";

const NUMBERED = new RegExp(`^[0-9]{${DIGITS}}$`);

/** The keys of a log begin with this. */
export function logPrefix(log: string): string {
  checkName(log);
  return log + LOG_FOLDER;
}

/** The keys of a lease begin with this. */
export function leasePrefix(name: string): string {
  checkName(name);
  return name + LEASE_FOLDER;
}

/** The key of a number behind a prefix; 0 is before all of them. */
export function numberedKey(prefix: string, number: number): string {
  return prefix + String(number).padStart(DIGITS, "0");
}

/** The number of a key behind a prefix; undefined where the key is another's. */
export function numberOfKey(prefix: string, key: string): number | undefined {
  const rest = key.slice(prefix.length);
  return key.startsWith(prefix) && NUMBERED.test(rest) ? Number(rest) : undefined;
}

/** Numbers that a segment holds, both ends included. */
export interface SegmentRange {
  readonly first: number;
  readonly last: number;
}

/** The key of a segment: it lies beside the records, sorts behind its first one, and is no number. */
export function segmentKey(prefix: string, { first, last }: SegmentRange): string {
  return `${numberedKey(prefix, first)}-${numberedKey("", last)}`;
}

/** The numbers of a segment's key behind a prefix; undefined where the key is another's. */
export function rangeOfKey(prefix: string, key: string): SegmentRange | undefined {
  const [first = "", last = "", ...rest] = key.slice(prefix.length).split("-");
  if (!key.startsWith(prefix) || rest.length > 0 || !NUMBERED.test(first) || !NUMBERED.test(last))
    return undefined;
  return { first: Number(first), last: Number(last) };
}

/** The log that a key belongs to; undefined where it is no record's. */
export function logOfKey(key: string): string | undefined {
  const end = key.lastIndexOf("/") + 1;
  if (!NUMBERED.test(key.slice(end)) || !key.slice(0, end).endsWith(LOG_FOLDER)) return undefined;
  return key.slice(0, end - LOG_FOLDER.length);
}

/** Whether a folder is that of a log or a lease. */
export function isLogFolder(folder: string): boolean {
  return folder.endsWith(LOG_FOLDER) || folder.endsWith(LEASE_FOLDER);
}

/** The key of a note. */
export function noteKey(name: string): string {
  checkName(name);
  return name + NOTE_SUFFIX;
}

/** The note that a key belongs to; undefined where it is none's. */
export function noteOfKey(key: string): string | undefined {
  return key.endsWith(NOTE_SUFFIX) ? key.slice(0, -NOTE_SUFFIX.length) : undefined;
}
