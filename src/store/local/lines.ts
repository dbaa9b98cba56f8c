import type { StoredRecord } from "../store.ts";

/** What a log's file holds. */
export interface LogLines {
  readonly records: readonly StoredRecord[];
  /** Length in bytes up to which the file counts; what lies behind is torn. */
  readonly end: number;
  /** Where the last record's line begins; equal to `end` where there is none. */
  readonly lastStart: number;
}

const LF = 10;
const NUMBER_FIRST = /^\{"seq":([1-9][0-9]{0,14}),/;

/** The number that a line begins with, undefined where it doesn't begin with one. */
function numberOf(line: string): number | undefined {
  const digits = NUMBER_FIRST.exec(line)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

function isJson(line: string): boolean {
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}

/**
 * Reads the lines of a log.
 *
 * The last line is torn, and left out, where it has no line feed, doesn't begin with its number, or is no JSON: the
 * last two happen after a power failure, when a file's new length reaches the disk before all its blocks do. Only
 * one append is ever under way, so only the last line can be torn. Any other line that can't be read stands for a
 * record that is broken: it keeps its number and has no text.
 */
export function readLines(bytes: Uint8Array): LogLines {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const records: StoredRecord[] = [];
  let start = 0;
  let lastStart = 0;
  let previous = 0;
  for (;;) {
    const feed = buffer.indexOf(LF, start);
    if (feed < 0) return { records, end: start, lastStart };
    const text = buffer.toString("utf8", start, feed);
    const number = numberOf(text);
    const isLast = feed + 1 === buffer.length;
    if (isLast && (number === undefined || !isJson(text))) {
      return { records, end: start, lastStart };
    }
    const sound = number !== undefined && number > previous;
    previous = sound ? number : previous + 1;
    records.push({ seq: previous, text: sound ? text : undefined });
    lastStart = start;
    start = feed + 1;
  }
}
