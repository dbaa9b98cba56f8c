import type { Clock } from "../../base/mod.ts";
import { inParallel } from "./in-parallel.ts";
import { logPrefix, numberedKey, segmentKey, type SegmentRange } from "./keys.ts";
import type { ObjectOperations } from "./object-operations.ts";
import { logMark, segmentText } from "./segment-text.ts";
import { wholeRecord } from "./whole-record.ts";

/** A segment is added after each so many records. */
const SEGMENT_RECORDS = 100;
/** Fewer records than this are not worth a segment. */
export const LEAST_RECORDS = 3;
/** Longer records, in UTF-16 code units, stay out of segments: they are read one by one. */
const LONGEST_RECORD: number = 64 * 1024;
/** Records of all logs that are kept for segments to come, in UTF-16 code units; past it the oldest log's are read back. */
const MOST_KEPT: number = 8 * 1024 * 1024;
/** Logs whose records are kept at a time: large outputs have a log each. */
const MOST_LOGS = 16;
/** Requests at a time when records are read back. */
const WIDTH = 16;
/** How long anybody waits for segments, in ms: they only make reading cheaper. */
const LONGEST_WAIT_MS = 5_000;

/** The records of a log that no segment holds yet, as far as this handle has written them. */
interface Tail {
  from: number;
  texts: (string | undefined)[];
  size: number;
  /** The mark of the log, where its first record is ours. */
  of: string | undefined;
  /** Keys of segments that this handle has written. */
  readonly written: string[];
  /** What is being written, one after another. */
  work: Promise<void>;
}

export interface SegmentWriterOptions {
  readonly objects: ObjectOperations;
  readonly clock: Clock;
}

/**
 * Writes the segments of the logs that a handle appends to, behind the appends' backs: from memory where the handle
 * wrote the records itself. A segment holds copies of records that stand, and a reader takes from it only what a
 * listing of the records names; so a segment that fails, is torn, or comes after its log was removed costs requests
 * and nothing else, and no failure here is anybody's to hear of.
 */
export class SegmentWriter {
  readonly #objects: ObjectOperations;
  readonly #clock: Clock;
  readonly #tails = new Map<string, Tail>();
  readonly #over = new AbortController();

  constructor({ objects, clock }: SegmentWriterOptions) {
    this.#objects = objects;
    this.#clock = clock;
  }

  /** A record of ours stands. */
  appended(log: string, seq: number, text: string): void {
    const tail = this.#tailAt(log, seq, text);
    const kept = text.length > LONGEST_RECORD ? undefined : text;
    tail.texts.push(kept);
    tail.size += kept?.length ?? 0;
    if (seq % SEGMENT_RECORDS === 0) this.#cut(log, tail, seq - SEGMENT_RECORDS + 1);
    else this.#forgetOldest(log);
  }

  /** A number of ours was somebody else's: if the log's records were removed, so are segments that came too late. */
  refused(log: string): void {
    const tail = this.#tails.get(log);
    if (tail === undefined || tail.written.length === 0) return;
    this.#queue(tail, () => this.#sweepLate(log, tail.written.splice(0)));
  }

  /** Nothing more comes: what is left gets a segment, unless it is too little. Waits a while, and never throws. */
  async seal(log: string): Promise<void> {
    const tail = this.#tails.get(log);
    if (tail === undefined) return;
    this.#tails.delete(log);
    if (tail.texts.length >= LEAST_RECORDS) this.#cut(log, tail, tail.from);
    await this.#waitFor([tail.work]);
  }

  /** Waits a while for what is under way, and ends it. */
  async close(): Promise<void> {
    await this.#waitFor([...this.#tails.values()].map(({ work }) => work));
    this.#over.abort();
    this.#tails.clear();
  }

  #tailAt(log: string, seq: number, text: string): Tail {
    const known = this.#tails.get(log);
    const of = seq === 1 ? logMark(text) : known?.of;
    const tail = known ?? { from: seq, texts: [], size: 0, of, written: [], work: Promise.resolve() };
    if (seq !== tail.from + tail.texts.length) Object.assign(tail, { from: seq, texts: [], size: 0 });
    tail.of = of;
    // The log written to last comes last.
    this.#tails.delete(log);
    this.#tails.set(log, tail);
    return tail;
  }

  /** Begins a segment from `first` to the tail's end; the tail is empty then. */
  #cut(log: string, tail: Tail, first: number): void {
    const { from, texts, of } = tail;
    const range = { first, last: from + texts.length - 1 };
    Object.assign(tail, { from: range.last + 1, texts: [], size: 0 });
    const prefix = logPrefix(log);
    const key = segmentKey(prefix, range);
    tail.written.push(key);
    this.#queue(tail, async () => {
      const known = (seq: number): string | undefined => texts[seq - from];
      const mark = of ?? logMark((await this.#get(numberedKey(prefix, 1))) ?? "");
      const records = await this.#recordsOf(prefix, range, from, known);
      if (records.length < LEAST_RECORDS) return;
      await this.#objects.put(key, segmentText(mark, records), this.#over.signal);
    });
  }

  async #recordsOf(
    prefix: string,
    { first, last }: SegmentRange,
    from: number,
    known: (seq: number) => string | undefined,
  ): Promise<string[]> {
    const seqs = Array.from({ length: last - first + 1 }, (_, at) => first + at);
    const texts = await inParallel(seqs, WIDTH, async (seq) =>
      seq < from ? wholeRecord(seq, await this.#get(numberedKey(prefix, seq))) : known(seq),
    );
    return texts.flatMap((text) =>
      text !== undefined && text.length <= LONGEST_RECORD && isLine(text) ? text : [],
    );
  }

  async #sweepLate(log: string, keys: readonly string[]): Promise<void> {
    if ((await this.#get(numberedKey(logPrefix(log), 1))) !== undefined) return;
    for (const key of keys) await this.#objects.delete(key, this.#over.signal);
  }

  #get(key: string): Promise<string | undefined> {
    return this.#objects.get(key, this.#over.signal);
  }

  #queue(tail: Tail, work: () => Promise<void>): void {
    // A segment that fails is none: whoever reads the log reads its records then.
    tail.work = tail.work.then(work).then(nothing, nothing);
  }

  async #waitFor(works: readonly Promise<void>[]): Promise<void> {
    if (works.length === 0) return;
    const done = new AbortController();
    const enough = this.#clock.sleep(LONGEST_WAIT_MS, done.signal).catch(() => undefined);
    await Promise.race([Promise.all(works), enough]);
    done.abort();
    await enough;
  }

  #forgetOldest(but: string): void {
    let kept = 0;
    for (const { size } of this.#tails.values()) kept += size;
    for (const [log, tail] of this.#tails) {
      if ((kept <= MOST_KEPT && this.#tails.size <= MOST_LOGS) || log === but) return;
      kept -= tail.size;
      this.#tails.delete(log);
    }
  }
}

function isLine(text: string): boolean {
  return !text.includes("\n");
}

function nothing(): void {
  // The end of work that nobody is told of.
}
