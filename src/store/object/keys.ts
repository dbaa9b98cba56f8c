import { checkName } from "../names.ts";

/** Digits of a number in a key: so many that keys sort as their numbers for longer than any log lasts. */
const DIGITS = 12;

/** Ends the folder of a log, of a lease: a log and a lease of one name, and a log below another, keep apart. */
const LOG_FOLDER = ".log/";
const LEASE_FOLDER = ".lease/";

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

/** The log that a key belongs to; undefined where it is no record's. */
export function logOfKey(key: string): string | undefined {
  const end = key.lastIndexOf("/") + 1;
  if (!NUMBERED.test(key.slice(end)) || !key.slice(0, end).endsWith(LOG_FOLDER)) return undefined;
  return key.slice(0, end - LOG_FOLDER.length);
}
