import { isoTime, type Clock, type Random } from "../../base/mod.ts";
import { isTransient, storeError } from "../errors.ts";
import type { LeaseAnswer, LeaseHolder } from "../store.ts";
import { HeldLease } from "./held-lease.ts";
import { numberedKey, numberOfKey } from "./keys.ts";
import type { LeaseNote } from "../lease-keeper.ts";
import { noteText, parseNote } from "./lease-note.ts";
import type { ObjectOperations } from "./object-operations.ts";

/** Where a lease lies, and what it is taken with. */
export interface LeasePlace {
  readonly objects: ObjectOperations;
  /** The lease's name, for messages. */
  readonly name: string;
  /** Its keys begin with this. */
  readonly prefix: string;
  readonly leaseMs: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly isGone: (holder: LeaseHolder) => boolean;
  /** Aborts when nothing is to be renewed any more. */
  readonly closing: AbortSignal;
  /** Tokens by name of a lease whose taking failed in the middle: the next try knows its own object by it. */
  readonly unsettled: Map<string, string>;
}

/** The highest object of a lease: the one that holds. */
interface Highest {
  readonly number: number;
  readonly modifiedAt: number;
  readonly note: LeaseNote;
}

/** A lease that is taken from under us again and again is held by those who take it. */
const TRIES = 10;

async function highestOf(place: LeasePlace, signal: AbortSignal | undefined): Promise<Highest | undefined> {
  const { objects, prefix, leaseMs } = place;
  for (let tries = 1; tries <= TRIES; tries++) {
    const listed = (await objects.list(prefix, undefined, signal)).findLast(
      ({ key }) => numberOfKey(prefix, key) !== undefined,
    );
    if (listed === undefined) return undefined;
    const text = await objects.get(listed.key, signal);
    // Gone: a later holder has swept it.
    if (text === undefined) continue;
    const number = numberOfKey(prefix, listed.key) ?? 0;
    return { number, modifiedAt: listed.modifiedAt, note: parseNote(text, leaseMs) };
  }
  throw storeError(
    "STORE_UNAVAILABLE",
    `Cannot read the lease "${place.name}": it changes hands all the time`,
  );
}

/** When a lease that isn't renewed runs out, by the store's clock; later by what its times may be off. */
function endOf(place: LeasePlace, { modifiedAt, note }: Highest): number {
  return modifiedAt + note.durationMs + 2 * place.objects.timeGrainMs;
}

async function isFree(
  place: LeasePlace,
  highest: Highest,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const { note } = highest;
  if (note.released || (note.holder !== undefined && place.isGone(note.holder))) return true;
  return (await place.objects.time(signal)) >= endOf(place, highest);
}

/** Who holds a lease now; undefined where nobody does, or nobody knows who. */
export async function currentHolder(
  place: LeasePlace,
  signal?: AbortSignal,
): Promise<LeaseHolder | undefined> {
  const highest = await highestOf(place, signal);
  if (highest === undefined || (await isFree(place, highest, signal))) return undefined;
  return highest.note.holder;
}

/**
 * Takes a lease made of numbered objects, of which the highest holds.
 *
 * An object is created exclusively and renewed by overwriting it, which needs no compare-and-swap: nobody else writes
 * to that number. It has run out when the store's clock is past its last writing by the time its holder promised;
 * the clocks of runners decide nothing. After creating its object the taker looks whether a higher one has appeared:
 * lower numbers are swept, so that a number that was free may have been a swept one.
 */
export async function takeObjectLease(
  place: LeasePlace,
  holder: LeaseHolder,
  signal?: AbortSignal,
): Promise<LeaseAnswer> {
  const token = place.unsettled.get(place.name) ?? place.random.nonce() + place.random.nonce();
  place.unsettled.delete(place.name);
  try {
    for (let tries = 1; ; tries++) {
      const highest = await highestOf(place, signal);
      const ours = highest?.note.token === token;
      if (highest !== undefined && !ours && (tries > TRIES || !(await isFree(place, highest, signal)))) {
        return { held: true, holder: highest.note.holder, until: isoTime(endOf(place, highest)) };
      }
      const answer = await takeNumber(place, holder, token, highest, signal);
      if (answer !== undefined) return answer;
    }
  } catch (thrown) {
    place.unsettled.set(place.name, token);
    throw thrown;
  }
}

/** Creates the object behind `highest`; undefined where somebody else has been faster. */
async function takeNumber(
  place: LeasePlace,
  holder: LeaseHolder,
  token: string,
  highest: Highest | undefined,
  signal: AbortSignal | undefined,
): Promise<LeaseAnswer | undefined> {
  const { objects, prefix, clock } = place;
  const previous = highest === undefined || highest.note.released ? undefined : highest.note.holder;
  const ours = { ...holder, groups: [...inherited(holder, previous), ...holder.groups] };
  const note: LeaseNote = { holder: ours, token, durationMs: place.leaseMs, released: false };
  const number = (highest?.number ?? 0) + 1;
  const key = numberedKey(prefix, number);
  const renewedAt = clock.steady();
  if (!(await objects.putIfAbsent(key, noteText(note), signal))) {
    // It may be our own object, the first answer having been lost on its way through a retry below us.
    const present = await objects.get(key, signal);
    if (present === undefined || parseNote(present, 0).token !== token) return undefined;
  }
  const later = await objects.list(prefix, key, signal);
  if (later.some((other) => numberOfKey(prefix, other.key) !== undefined)) return undefined;
  await sweepBelow(place, number - 1, signal);
  const lease = new HeldLease({ place, number, note, renewedAt });
  return { held: false, lease, ...(previous && { previous }) };
}

/** Process groups of the holder before on the same boot of the same host: should we die at once, somebody must still end them. */
function inherited(holder: LeaseHolder, previous: LeaseHolder | undefined): LeaseHolder["groups"] {
  if (previous === undefined || previous.bootId !== holder.bootId || previous.host !== holder.host) return [];
  return previous.groups;
}

/** Removes the lease's objects below `number`, which nobody will ever look at. What stays is the next taker's to sweep. */
async function sweepBelow(place: LeasePlace, number: number, signal: AbortSignal | undefined): Promise<void> {
  const { objects, prefix } = place;
  try {
    for (const { key } of await objects.list(prefix, undefined, signal)) {
      if ((numberOfKey(prefix, key) ?? number) < number) await objects.delete(key, signal);
    }
  } catch (thrown) {
    signal?.throwIfAborted();
    if (!isTransient(thrown)) throw thrown;
  }
}
