import { CairnError, isoTime, messageOf, sha256 } from "../base/mod.ts";
import type { RecordEnvelope } from "./events.ts";

/** `prev` of the first record of a log. */
export const NO_PREVIOUS: string = "0".repeat(64);

/** The head of a record: fixed keys in fixed order, so that the text can be checked without parsing it. */
const HEAD =
  /^\{"seq":([1-9][0-9]{0,14}),"nonce":"([0-9A-Za-z-]{1,64})","prev":"([0-9a-f]{64})",("sum":"([0-9a-f]{64})",)"at":"([0-9TZ:.+-]{1,40})","events":\[/;

/** A record ready to be appended: `text` is one line, and what the next one needs of it. */
export interface EncodedRecord {
  readonly seq: number;
  readonly sum: string;
  readonly text: string;
}

/** What a record is made of; `events` as JSON texts, because the caller has measured them already. */
export interface RecordParts {
  readonly seq: number;
  readonly nonce: string;
  readonly prev: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly events: readonly string[];
}

/**
 * One record as text. `sum` is SHA-256 over the same text without the `sum` member, which lies between
 * `prev` and `at`: the bytes are checked, not what a parser makes of them.
 */
export function encodeRecord(parts: RecordParts): EncodedRecord {
  const head = `{"seq":${parts.seq},"nonce":"${parts.nonce}","prev":"${parts.prev}",`;
  const tail = `"at":"${isoTime(parts.at)}","events":[${parts.events.join(",")}]}`;
  const sum = sha256(head + tail);
  return { seq: parts.seq, sum, text: `${head}"sum":"${sum}",${tail}` };
}

/** A record that is what its sum says, or why it is not. */
export type Decoded<E> =
  | { readonly good: true; readonly record: RecordEnvelope<E> }
  | { readonly good: false; readonly why: string };

/** Checks shape and sum of one record's text; undefined text is an unreadable record. Never throws. */
export function decodeRecord<E>(seq: number, text: string | undefined): Decoded<E> {
  if (text === undefined) return { good: false, why: "unreadable" };
  const found = HEAD.exec(text);
  if (found === null) return { good: false, why: "not a record" };
  const [, number = "", nonce = "", prev = "", member = "", sum = "", at = ""] = found;
  if (Number(number) !== seq) return { good: false, why: `says number ${number}` };
  const start = text.indexOf(member);
  if (sha256(text.slice(0, start) + text.slice(start + member.length)) !== sum) {
    return { good: false, why: "its sum is wrong" };
  }
  try {
    const events = (JSON.parse(text) as { readonly events: readonly E[] }).events;
    return { good: true, record: { seq, nonce, prev, sum, at, events } };
  } catch (thrown) {
    return { good: false, why: `not JSON: ${messageOf(thrown)}` };
  }
}

/** Damage found in a log. */
export interface Damage {
  /** Number of the record. */
  readonly seq: number;
  readonly why: string;
}

/** The error for a journal that can't be trusted: `CHECKPOINT_CORRUPT`, with the position. */
export function corruptError(action: string, damage: Damage, hint: string): CairnError {
  return new CairnError(`${action}: the checkpoint is corrupt at record ${damage.seq} (${damage.why})`, {
    code: "CHECKPOINT_CORRUPT",
    kind: "world",
    hint,
    details: { record: damage.seq, why: damage.why },
  });
}
