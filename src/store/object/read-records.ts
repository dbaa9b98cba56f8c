import { inParallel } from "./in-parallel.ts";
import { numberedKey, segmentKey, type SegmentRange } from "./keys.ts";
import type { ObjectOperations } from "./object-operations.ts";
import { LEAST_RECORDS } from "./segment-writer.ts";
import { logMark, parseSegment } from "./segment-text.ts";

/** Requests under way at a time. */
const WIDTH = 16;

/** What a listing of a log gave. */
export interface LogListing {
  /** Numbers of the records that stand, in order. */
  readonly seqs: readonly number[];
  readonly segments: readonly SegmentRange[];
}

/**
 * The texts of listed records, in their order; undefined for one that is gone by now. The listing says which records
 * there are; a segment only spares the reading of those that it names whole, and is of this very log. Every other
 * record is read by itself.
 */
export async function readRecords(
  objects: ObjectOperations,
  prefix: string,
  listing: LogListing,
  signal: AbortSignal | undefined,
): Promise<readonly (string | undefined)[]> {
  const { seqs } = listing;
  const get = (key: string): Promise<string | undefined> => objects.get(key, signal);
  // A log that has lost its first record is about to go: what its segments say is not its own any more.
  const useful = seqs[0] === 1 ? usefulSegments(listing) : [];
  const covered = (seq: number): boolean =>
    seq !== 1 && useful.some(({ first, last }) => seq >= first && seq <= last);
  const alone = seqs.filter((seq) => !covered(seq));
  const found = await inParallel([...useful, ...alone], WIDTH, (item) =>
    get(typeof item === "number" ? numberedKey(prefix, item) : segmentKey(prefix, item)),
  );
  const texts = new Map(alone.map((seq, at) => [seq, found[useful.length + at]]));
  const mark = logMark(texts.get(1) ?? "");
  for (const text of found.slice(0, useful.length)) {
    for (const [seq, record] of parseSegment(text, mark)) if (covered(seq)) texts.set(seq, record);
  }
  const left = seqs.filter((seq) => !texts.has(seq));
  const single = await inParallel(left, WIDTH, (seq) => get(numberedKey(prefix, seq)));
  for (const [at, seq] of left.entries()) texts.set(seq, single[at]);
  return seqs.map((seq) => texts.get(seq));
}

/** Segments that spare requests, the longest of each beginning first. */
function usefulSegments({ seqs, segments }: LogListing): SegmentRange[] {
  const useful: SegmentRange[] = [];
  let end = 0;
  for (const range of segments.toSorted((a, b) => a.first - b.first || b.last - a.last)) {
    const spared = seqs.filter((seq) => seq > end && seq >= range.first && seq <= range.last);
    if (spared.length < LEAST_RECORDS) continue;
    useful.push(range);
    end = Math.max(end, range.last);
  }
  return useful;
}
