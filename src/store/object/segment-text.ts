import { sha256 } from "../../base/mod.ts";

/** What the first line of a segment says. */
interface Head {
  /** SHA-256 of record 1 of the log: a log that is made anew under an old name has another one. */
  readonly of: string;
  /** SHA-256 of all that comes after the first line. */
  readonly sum: string;
}

/** A record's own number, at its beginning. */
const NUMBER = /^\{"seq":([1-9][0-9]{0,14}),/;

/** Names a log by its first record. */
export function logMark(firstRecord: string): string {
  return sha256(firstRecord);
}

/** A segment's text: a head, and the records as they are, one a line. */
export function segmentText(of: string, records: readonly string[]): string {
  const body = records.join("\n");
  const head: Head = { of, sum: sha256(body) };
  return `${JSON.stringify(head)}\n${body}`;
}

/**
 * The records of a segment by number; none where the text is cut off, changed anywhere, or of another log than the
 * one that `of` names. What it leaves out is read from the records.
 */
export function parseSegment(text: string | undefined, of: string): ReadonlyMap<number, string> {
  const records = new Map<number, string>();
  const end = text?.indexOf("\n") ?? -1;
  if (text === undefined || end < 0) return records;
  const head = parseHead(text.slice(0, end));
  const body = text.slice(end + 1);
  if (head?.of !== of || head.sum !== sha256(body)) return records;
  for (const line of body.split("\n")) {
    const seq = NUMBER.exec(line)?.[1];
    if (seq !== undefined) records.set(Number(seq), line);
  }
  return records;
}

function parseHead(line: string): Partial<Head> | undefined {
  try {
    const head: unknown = JSON.parse(line);
    return typeof head === "object" && head !== null ? head : undefined;
  } catch {
    // Not a segment; the records are read.
    return undefined;
  }
}
