import { systemRandom, type Clock, type Random } from "../../base/mod.ts";
import { holderIsGone } from "../process-facts.ts";
import { checkName, checkRecord } from "../names.ts";
import type {
  AppendResult,
  CheckpointStore,
  LeaseAnswer,
  LeaseHolder,
  StoreAbilities,
  StoredRecord,
} from "../store.ts";
import { bootClock } from "./boot-clock.ts";
import { inParallel } from "./in-parallel.ts";
import { leasePrefix, logOfKey, logPrefix, numberedKey, numberOfKey } from "./keys.ts";
import { currentHolder, takeObjectLease, type LeasePlace } from "./object-lease.ts";
import type { ListedObject, ObjectOperations } from "./object-operations.ts";

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
 * append is one request; loading n records are n, 16 at a time, and one listing.
 */
export function openObjectStore(options: ObjectStoreOptions): CheckpointStore {
  return new ObjectStore(options);
}

class ObjectStore implements CheckpointStore {
  readonly location: string;
  readonly can: StoreAbilities = { lease: "timed", durable: true };
  readonly #objects: ObjectOperations;
  readonly #lease: Omit<LeasePlace, "prefix" | "name">;
  /** Aborted by `close`: leases aren't renewed any more. */
  readonly #closing = new AbortController();

  constructor(options: ObjectStoreOptions) {
    this.location = options.objects.location;
    this.#objects = options.objects;
    this.#lease = {
      objects: options.objects,
      leaseMs: options.leaseMs ?? DEFAULT_LEASE_MS,
      clock: options.clock ?? bootClock,
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
    if (await this.#objects.putIfAbsent(key, text, signal)) return { taken: false };
    const present = await this.#objects.get(key, signal);
    return { taken: true, present: wholeRecord(seq, present) };
  }

  async read(log: string, from: number = 1, signal?: AbortSignal): Promise<readonly StoredRecord[]> {
    const prefix = logPrefix(log);
    for (let listings = 1; ; listings++) {
      const seqs = await this.#numbers(prefix, from, signal);
      const texts = await inParallel(seqs, WIDTH, (seq) =>
        this.#objects.get(numberedKey(prefix, seq), signal),
      );
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
      const seq = (await this.#numbers(prefix, 1, signal)).at(-1);
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
    await inParallel(seqs, WIDTH, (seq) => this.#objects.delete(numberedKey(prefix, seq), signal));
  }

  async takeLease(name: string, holder: LeaseHolder, signal?: AbortSignal): Promise<LeaseAnswer> {
    signal?.throwIfAborted();
    return takeObjectLease({ ...this.#lease, name, prefix: leasePrefix(name) }, holder, signal);
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
    await this.#objects.close();
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

  async #numbers(prefix: string, from: number, signal: AbortSignal | undefined): Promise<number[]> {
    const listed = await this.#list(prefix, from, signal);
    return listed.flatMap(({ key }) => numberOfKey(prefix, key) ?? []);
  }
}

/** The text of a record, undefined where it is not one: cut off, emptied, or another number's. */
function wholeRecord(seq: number, text: string | undefined): string | undefined {
  if (text === undefined || !text.startsWith(`{"seq":${seq},`)) return undefined;
  try {
    JSON.parse(text);
    return text;
  } catch {
    return undefined;
  }
}
