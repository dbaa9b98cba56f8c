import { storeError } from "./errors.ts";

/** Longest segment of a name, in characters: what file systems allow (255) without the suffixes that stores add. */
const MAX_SEGMENT = 200;

const SEGMENT = /^[a-z0-9._-]+$/;

/**
 * Refuses a name of a log or lease that isn't a relative path of safe segments. The checkpoint room makes such
 * names of whatever users write, so a refusal is a bug; but it is this check that keeps every store inside its location.
 */
export function checkName(name: string): void {
  const safe = name
    .split("/")
    .every((part) => SEGMENT.test(part) && part !== "." && part !== ".." && part.length <= MAX_SEGMENT);
  if (!safe) {
    throw storeError(
      "STORE_BAD_NAME",
      `Cannot use ${JSON.stringify(name.slice(0, 100))} as a name in a store`,
      {
        hint: "Names are segments of a-z, 0-9, dot, underscore and hyphen, joined by slashes.",
      },
    );
  }
}

/** Refuses a number or text that can't be a record: one line that begins with its own number. */
export function checkRecord(log: string, seq: number, text: string): void {
  const sound =
    Number.isSafeInteger(seq) &&
    seq >= 1 &&
    text.startsWith(`{"seq":${seq},`) &&
    text.endsWith("}") &&
    !text.includes("\n");
  if (!sound) {
    throw storeError(
      "STORE_BAD_RECORD",
      `Cannot append record ${seq} to log "${log}": it isn't one line with its number first`,
    );
  }
}

/** The error for a number that would leave a gap. */
export function gapError(log: string, seq: number, highest: number): Error {
  return storeError(
    "STORE_GAP",
    `Cannot append record ${seq} to log "${log}": its highest record is ${highest}, so that the next one is ${highest + 1}`,
    {
      hint: "Somebody removed records or the whole log meanwhile. Start again; the run goes on from what is recorded.",
    },
  );
}
