import type { StoredRecord } from "../store/mod.ts";
import type { RecordEnvelope } from "./events.ts";
import { type Damage, type Decoded, decodeRecord, NO_PREVIOUS } from "./record.ts";

/** A log as it was read and checked before. */
export interface KnownLog<E> {
  readonly stored: readonly StoredRecord[];
  readonly log: Pick<CheckedLog<E>, "records">;
}

/** A log after its sums, numbers and chain were checked. */
export interface CheckedLog<E> {
  /** Records whose own sum is right, lowest number first. */
  readonly records: readonly RecordEnvelope<E>[];
  /** Numbers of records that are there but void: torn by an append that did not finish. */
  readonly voids: readonly number[];
  /** The number that the next append takes. */
  readonly next: number;
  /** `sum` of the highest readable record, which the next one names as `prev`. */
  readonly sum: string;
  /** True where every number from 1 is there and each record names the one before. */
  readonly whole: boolean;
  /** True where numbers are missing (removed). */
  readonly gaps: boolean;
  /** Everything found wrong, lowest number first; gaps are named by the number that is missing. */
  readonly damage: readonly Damage[];
}

/**
 * Checks a log. A record that can't be read is void, and no damage, as long as the record after it names
 * the record before it: then nobody ever took it as written. Anything else is damage. Records of the `known` log with
 * the same text are not decoded again.
 */
export function checkLog<E>(stored: readonly StoredRecord[], known?: KnownLog<E>): CheckedLog<E> {
  const decode = known === undefined ? decodeRecord<E> : decodeUnknown(known);
  const records: RecordEnvelope<E>[] = [];
  const damage: Damage[] = [];
  const voids: number[] = [];
  let pending: Damage[] = [];
  let gaps = false;
  let expected = 1;
  let previous = NO_PREVIOUS;
  for (const { seq, text } of stored) {
    if (seq !== expected) {
      gaps = true;
      damage.push({ seq: expected, why: seq === expected + 1 ? "missing" : `missing, as all to ${seq - 1}` });
    }
    const decoded = decode(seq, text);
    if (decoded.good) {
      if (decoded.record.prev !== previous && seq === expected) {
        const blamed = pending.length > 0 ? pending : [{ seq, why: "does not follow the record before it" }];
        damage.push(...blamed);
      }
      records.push(decoded.record);
      previous = decoded.record.sum;
      pending = [];
    } else {
      voids.push(seq);
      pending.push({ seq, why: decoded.why });
    }
    expected = seq + 1;
  }
  return { records, voids, next: expected, sum: previous, whole: damage.length === 0, gaps, damage };
}

/** The decoding that knows what the same bytes were found to be. */
function decodeUnknown<E>({
  stored,
  log,
}: KnownLog<E>): (seq: number, text: string | undefined) => Decoded<E> {
  const texts = new Map(stored.map(({ seq, text }) => [seq, text]));
  const records = new Map(log.records.map((record) => [record.seq, record]));
  return (seq, text) => {
    const record = records.get(seq);
    return record !== undefined && texts.get(seq) === text
      ? { good: true, record }
      : decodeRecord<E>(seq, text);
  };
}
