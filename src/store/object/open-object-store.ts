import { systemClock, systemRandom, type Clock, type Random } from "../../base/mod.ts";
import { holderIsGone } from "../process-facts.ts";
import { checkName, checkRecord } from "../names.ts";
import type { LeaseOrder } from "../lease-keeper.ts";
import type {
  AdoptedLease,
  AppendResult,
  CheckpointStore,
  LeaseAnswer,
  LeaseHolder,
  StoreAbilities,
  StoredRecord,
  StoreShortcuts,
} from "../store.ts";
import { bootClock } from "./boot-clock.ts";
import { HeldLease } from "./held-lease.ts";
import { inParallel } from "./in-parallel.ts";
import {
  leasePrefix,
  logOfKey,
  logPrefix,
  numberedKey,
  numberOfKey,
  rangeOfKey,
  segmentKey,
  type SegmentRange,
} from "./keys.ts";
import { currentHolder, takeObjectLease, type LeasePlace } from "./object-lease.ts";
import type { ListedObject, ObjectOperations } from "./object-operations.ts";
import { objectShortcuts } from "./object-shortcuts.ts";
import { type LogListing, readRecords } from "./read-records.ts";
import { LEAST_RECORDS, SegmentWriter } from "./segment-writer.ts";
import { wholeRecord } from "./whole-record.ts";

export interface ObjectStoreOptions {
  readonly objects: ObjectOperations;
  /** How long a lease lasts that isn't renewed, in ms; 5 minutes by default. It is renewed at a fifth of that. */
  readonly leaseMs?: number | undefined;
  readonly clock?: Clock | undefined;
  readonly random?: Random | undefined;
  /**
   * Whether a holder is surely dead, so that its lease is taken over at once. By default where its host, boot and pid
   * namespace are ours and its process is gone.
   */
  readonly isGone?: ((holder: LeaseHolder) => boolean) | undefined;
}

/** How long a lease lasts where nothing is said, in ms. */
export const DEFAULT_LEASE_MS: number = 5 * 60_000;
/** Requests under way at a time. */
const WIDTH = 16;
/** How often a log is listed anew because a listed record was removed before it was read. */
const LISTINGS = 5;

/**
 * A checkpoint store over five operations on objects: a record is an object `<log>.log/<12 digits>`, written once. An
 * append is one request. After each hundred records, and where a log is sealed, a segment holds copies of them, so that
 * loading n records takes one request a hundred, the records behind the last segment, 16 at a time, and the listing.
 */
export function openObjectStore(options: ObjectStoreOptions): CheckpointStore {
  return new ObjectStore(options);
}

class ObjectStore implements CheckpointStore {
  readonly location: string;
  readonly can: StoreAbilities = { lease: "timed", durable: true };
  readonly shortcuts: StoreShortcuts;
  readonly #objects: ObjectOperations;
  readonly #lease: Omit<LeasePlace, "prefix" | "name">;
  readonly #segments: SegmentWriter;
  /** Aborted by `close`: leases aren't renewed any more. */
  readonly #closing = new AbortController();

  constructor(options: ObjectStoreOptions) {
    this.location = options.objects.location;
    const { objects } = options;
    // The machine's ordinary clock stands still while the machine sleeps; leases don't.
    const given = options.clock ?? systemClock;
    const clock = given === systemClock ? bootClock : given;
    this.#objects = objects;
    const segments = new SegmentWriter({ objects, clock });
    this.#segments = segments;
    this.shortcuts = objectShortcuts({
      objects,
      segments,
      clock,
      readRecords: (log, signal) => this.#read(log, 1, false, signal),
    });
    this.#lease = {
      objects,
      leaseMs: options.leaseMs ?? DEFAULT_LEASE_MS,
      clock,
      random: options.random ?? systemRandom,
      isGone: options.isGone ?? holderIsGone,
      closing: this.#closing.signal,
      unsettled: new Map(),
    };
  }

  async append(log: string, seq: number, text: string, signal?: AbortSignal): Promise<AppendResult> {
    checkRecord(log, seq, text);
    signal?.throwIfAborted();
    const key = numberedKey(logPrefix(log), seq);
    if (await this.#objects.putIfAbsent(key, text, signal)) {
      this.#segments.appended(log, seq, text);
      return { taken: false };
    }
    const present = await this.#objects.get(key, signal);
    // Our own text: an earlier answer was lost.
    if (present === text) this.#segments.appended(log, seq, text);
    else this.#segments.refused(log);
    return { taken: true, present: wholeRecord(seq, present) };
  }

  async read(log: string, from: number = 1, signal?: AbortSignal): Promise<readonly StoredRecord[]> {
    return this.#read(log, from, true, signal);
  }

  async #read(
    log: string,
    from: number,
    bySegments: boolean,
    signal: AbortSignal | undefined,
  ): Promise<readonly StoredRecord[]> {
    const prefix = logPrefix(log);
    for (let listings = 1; ; listings++) {
      const { seqs, segments } = await this.#listLog(prefix, from, signal);
      const listing = { seqs, segments: bySegments ? segments : [] };
      const texts = await readRecords(this.#objects, prefix, listing, signal);
      // A record that was listed and is gone was removed meanwhile; the answer must be of one instant.
      if (texts.some((text) => text === undefined) && listings < LISTINGS) continue;
      return seqs.flatMap((seq, index) => {
        const text = texts[index];
        return text === undefined ? [] : { seq, text: wholeRecord(seq, text) };
      });
    }
  }

  async last(log: string, signal?: AbortSignal): Promise<StoredRecord | undefined> {
    const prefix = logPrefix(log);
    for (let listings = 1; ; listings++) {
      const seq = (await this.#listLog(prefix, 1, signal)).seqs.at(-1);
      if (seq === undefined) return undefined;
      const text = await this.#objects.get(numberedKey(prefix, seq), signal);
      if (text !== undefined || listings === LISTINGS) return { seq, text: wholeRecord(seq, text) };
    }
  }

  async logs(prefix: string, signal?: AbortSignal): Promise<readonly string[]> {
    signal?.throwIfAborted();
    if (prefix !== "") checkName(prefix.replace(/\/$/, ""));
    const found = new Set<string>();
    for (const { key } of await this.#objects.list(prefix, undefined, signal)) {
      const log = logOfKey(key);
      if (log?.startsWith(prefix) === true) found.add(log);
    }
    return [...found].toSorted();
  }

  async remove(log: string, seqs: readonly number[], signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    const prefix = logPrefix(log);
    // Segments first: what holds the text of a removed record must not outlive it.
    const stale = seqs.some((seq) => seq >= LEAST_RECORDS)
      ? await this.#staleSegments(log, seqs, signal)
      : [];
    await inParallel(stale, WIDTH, (range) => this.#objects.delete(segmentKey(prefix, range), signal));
    await inParallel(seqs, WIDTH, (seq) => this.#objects.delete(numberedKey(prefix, seq), signal));
  }

  async takeLease(name: string, holder: LeaseHolder, signal?: AbortSignal): Promise<LeaseAnswer> {
    signal?.throwIfAborted();
    return takeObjectLease({ ...this.#lease, name, prefix: leasePrefix(name) }, holder, signal);
  }

  adoptLease({ name, number, note, renewedAt }: LeaseOrder): AdoptedLease {
    const place = { ...this.#lease, name, prefix: leasePrefix(name) };
    return new HeldLease({ place, number, note, renewedAt });
  }

  async leaseHolder(name: string, signal?: AbortSignal): Promise<LeaseHolder | undefined> {
    signal?.throwIfAborted();
    return currentHolder({ ...this.#lease, name, prefix: leasePrefix(name) }, signal);
  }

  async time(signal?: AbortSignal): Promise<number> {
    signal?.throwIfAborted();
    return this.#objects.time(signal);
  }

  async writtenAt(log: string, signal?: AbortSignal): Promise<number | undefined> {
    return (await this.#list(logPrefix(log), 1, signal)).at(-1)?.modifiedAt;
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#segments.close();
    await this.#objects.close();
  }

  /** Segments that hold removed records, and those that came too late for any record. */
  async #staleSegments(
    log: string,
    removed: readonly number[],
    signal: AbortSignal | undefined,
  ): Promise<readonly SegmentRange[]> {
    const { seqs, segments } = await this.#listLog(logPrefix(log), 1, signal);
    const holds = ({ first, last }: SegmentRange, seq: number): boolean => seq >= first && seq <= last;
    return segments.filter(
      (range) => removed.some((seq) => holds(range, seq)) || !seqs.some((seq) => holds(range, seq)),
    );
  }

  async #listLog(prefix: string, from: number, signal: AbortSignal | undefined): Promise<LogListing> {
    signal?.throwIfAborted();
    const listed = await this.#objects.list(prefix, numberedKey(prefix, from - 1), signal);
    return {
      seqs: listed.flatMap(({ key }) => numberOfKey(prefix, key) ?? []),
      segments: listed.flatMap(({ key }) => rangeOfKey(prefix, key) ?? []),
    };
  }

  async #list(
    prefix: string,
    from: number,
    signal: AbortSignal | undefined,
  ): Promise<readonly ListedObject[]> {
    signal?.throwIfAborted();
    const listed = await this.#objects.list(prefix, numberedKey(prefix, from - 1), signal);
    return listed.filter(({ key }) => numberOfKey(prefix, key) !== undefined);
  }
}
