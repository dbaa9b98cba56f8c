import { CairnError, messageOf, type Clock } from "../../base/mod.ts";
import { isTransient, storeError } from "../errors.ts";
import type { Lease, LeaseHolder } from "../store.ts";
import { bootClock } from "./boot-clock.ts";
import type { LeaseKeeper, LeaseNote, LeaseStanding } from "../lease-keeper.ts";
import { numberedKey, numberOfKey } from "./keys.ts";
import { noteText } from "./lease-note.ts";
import type { LeasePlace } from "./object-lease.ts";

export interface HeldLeaseOptions {
  readonly place: LeasePlace;
  /** Of the object that is ours. */
  readonly number: number;
  readonly note: LeaseNote;
  /** Steady time before the object was written. */
  readonly renewedAt: number;
}

/** A lease is renewed when this share of its time is over. */
const RENEW_SHARE = 1 / 5;
/** After a failure it is tried again when this share of its time is over. */
const AGAIN_SHARE = 1 / 50;
/** A writing without an answer counts as failed after this time. */
const LONGEST_WRITE_MS = 10_000;
/** How long a change of what the lease says is tried where the store fails, and the longest pause between, in ms. */
const LONGEST_NOTE_MS = 60_000;
const LONGEST_NOTE_PAUSE_MS = 500;
/** How long a lease that has run out is asked for a later holder: its own goes on for so much longer. */
const LONGEST_LOOK_MS = 3_000;
/** How long a release may take: what isn't released runs out. */
const LONGEST_RELEASE_MS = 3_000;

type Change = Partial<Pick<LeaseHolder, "runId" | "groups">>;

/**
 * A lease object that is ours: it renews itself until it is released, found taken over, or past its deadline. The
 * deadline counts from before the last successful writing, on the steady clock: the store's own reckoning begins
 * later, so that nobody else can take the lease before we know it lost.
 */
export class HeldLease implements Lease {
  readonly #place: LeasePlace;
  readonly #number: number;
  readonly #key: string;
  readonly #lost = new AbortController();
  /** Aborted at release: the renewing ends. */
  readonly #ending = new AbortController();
  #note: LeaseNote;
  /** What the object says; not what is noted where a writing has failed. */
  #written: string;
  #deadline: number;
  /** Writings of the object, one after another: a late one must not overwrite a later one. */
  #writing: Promise<void> = Promise.resolve();
  readonly #renewing: Promise<void>;
  /** Under way from the moment that the deadline is found passed until `lost` says what that means. */
  #expiring: Promise<void> | undefined;
  /** Renews it while this process can't. */
  #keeper: LeaseKeeper | undefined;

  constructor({ place, number, note, renewedAt }: HeldLeaseOptions) {
    this.#place = place;
    this.#number = number;
    this.#key = numberedKey(place.prefix, number);
    this.#note = note;
    this.#written = noteText(note);
    this.#deadline = renewedAt + note.durationMs;
    this.#renewing = this.#renewForever();
  }

  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  check(): void {
    this.#lost.signal.throwIfAborted();
    if (!this.#isOver()) return;
    // Nobody goes on from here; whether somebody has taken over is asked meanwhile.
    void this.#expire(undefined);
    throw this.#expiredError(undefined);
  }

  confirm(): Promise<void> | undefined {
    if (this.#isOver()) return this.#expire(undefined).then(() => this.#lost.signal.throwIfAborted());
    this.#lost.signal.throwIfAborted();
    return undefined;
  }

  async note(change: Change): Promise<void> {
    await this.confirm();
    if (this.#note.holder !== undefined) {
      this.#note = { ...this.#note, holder: { ...this.#note.holder, ...change } };
    }
    await this.#retriedWrite();
    this.#lost.signal.throwIfAborted();
  }

  /** From here on `keeper` renews it, and is asked how it stands; where it fails, this process renews it again. */
  async entrust(keeper: LeaseKeeper): Promise<void> {
    // A keeper counts time as the machine does.
    if (this.#clock !== bootClock) return keeper.close();
    return this.#next(async () => {
      const renewedAt = this.#deadline - this.#note.durationMs;
      await keeper.keep({ name: this.#place.name, number: this.#number, note: this.#note, renewedAt });
      this.#keeper = keeper;
    });
  }

  /** What a keeper does for the lease's holder: has the object say this, and tells how the lease stands. */
  async update(note: LeaseNote): Promise<LeaseStanding> {
    if (noteText(note) !== this.#written) {
      this.#note = note;
      if (note.released) this.#ending.abort();
      await this.#boundedWrite();
    }
    const reason: unknown = this.#lost.signal.reason;
    const takenOver = reason instanceof CairnError && reason.code === "STORE_LEASE_LOST";
    return { deadline: this.#deadline, takenOver };
  }

  async release(): Promise<void> {
    if (this.#ending.signal.aborted) return;
    this.#ending.abort();
    try {
      await this.#within(LONGEST_RELEASE_MS, (late) => this.#markReleased(late));
    } finally {
      await this.#keeper?.close();
    }
  }

  async #markReleased(late: AbortSignal): Promise<void> {
    // A renewal that is under way comes first: landing after the mark, it would undo it.
    await this.#renewing;
    // Past its end it is somebody else's to take; a mark that comes too late would only confuse.
    if (late.aborted || this.#lost.signal.aborted || this.#clock.steady() >= this.#deadline) return;
    this.#note = { ...this.#note, released: true };
    await this.#write(late);
  }

  #isOver(): boolean {
    return !this.#ending.signal.aborted && this.#clock.steady() >= this.#deadline;
  }

  get #clock(): Clock {
    return this.#place.clock;
  }

  async #renewForever(): Promise<void> {
    const over = AbortSignal.any([this.#ending.signal, this.#lost.signal, this.#place.closing]);
    const { durationMs } = this.#note;
    let failure: unknown;
    while (!over.aborted) {
      const pause = durationMs * (failure === undefined ? RENEW_SHARE : AGAIN_SHARE);
      const left = this.#deadline - this.#clock.steady();
      if (left <= 0) {
        await this.#expire(failure);
        failure = undefined;
        continue;
      }
      if (!(await this.#pause(Math.min(pause, left), over))) return undefined;
      if (this.#clock.steady() < this.#deadline) failure = await this.#failureOf(this.#boundedWrite());
    }
    return undefined;
  }

  async #failureOf(work: Promise<void>): Promise<unknown> {
    try {
      await work;
      return undefined;
    } catch (thrown) {
      return thrown;
    }
  }

  /** False where `over` aborted meanwhile. */
  async #pause(ms: number, over: AbortSignal): Promise<boolean> {
    try {
      await this.#clock.sleep(ms, over);
      return true;
    } catch (thrown) {
      if (over.aborted) return false;
      throw thrown;
    }
  }

  /** Writes once, giving up after {@link LONGEST_WRITE_MS} or when the lease runs out; throws what went wrong. */
  async #boundedWrite(): Promise<void> {
    const left = this.#deadline - this.#clock.steady();
    const limit = Math.min(LONGEST_WRITE_MS, this.#note.durationMs, left);
    await this.#within(limit, (late) => this.#write(late));
  }

  /** Writes until it is written: what may pass is tried again for {@link LONGEST_NOTE_MS}, and not past the lease. */
  async #retriedWrite(): Promise<void> {
    const end = Math.min(this.#clock.steady() + LONGEST_NOTE_MS, this.#deadline);
    const over = AbortSignal.any([this.#ending.signal, this.#lost.signal, this.#place.closing]);
    for (;;) {
      try {
        return await this.#boundedWrite();
      } catch (thrown) {
        const pause = Math.min(LONGEST_NOTE_PAUSE_MS, this.#note.durationMs * AGAIN_SHARE);
        if (!isTransient(thrown) || this.#clock.steady() + pause >= end) throw thrown;
        if (!(await this.#pause(pause, over))) throw thrown;
      }
    }
  }

  /** Does `work`, or throws STORE_UNAVAILABLE after `limitMs`. */
  async #within(limitMs: number, work: (late: AbortSignal) => Promise<void>): Promise<void> {
    const late = new AbortController();
    const done = new AbortController();
    const timer = this.#pause(limitMs, done.signal).then((slept) => {
      if (slept) late.abort(noAnswer(this.#place.name, limitMs));
      return undefined;
    });
    try {
      await raced(work(late.signal), late.signal);
    } finally {
      done.abort();
      await timer;
    }
  }

  /** Writes the object, looks for a higher one, and moves the deadline; or has the keeper do so. */
  #write(signal: AbortSignal): Promise<void> {
    return this.#next(async () => {
      signal.throwIfAborted();
      if (this.#keeper !== undefined) return this.#askKeeper(this.#keeper, signal);
      const began = this.#clock.steady();
      if (began >= this.#deadline) return this.#expire(undefined);
      const { durationMs } = this.#note;
      const text = noteText(this.#note);
      await this.#place.objects.put(this.#key, text, signal);
      this.#written = text;
      if (await this.#hasHigher(signal)) this.#takenOver();
      else this.#deadline = Math.max(this.#deadline, began + durationMs);
      return undefined;
    });
  }

  /**
   * How the lease stands by its keeper, who may have to write first. What the store failed with is thrown as it is; where
   * the keeper is gone, the lease is renewed here from the next time on.
   */
  async #askKeeper(keeper: LeaseKeeper, late: AbortSignal): Promise<void> {
    let standing: LeaseStanding | undefined;
    const update = keeper.update(this.#note).then((answer) => {
      standing = answer;
      return undefined;
    });
    try {
      await raced(update, late);
    } catch (thrown) {
      if (late.aborted || thrown instanceof CairnError) throw thrown;
      this.#keeper = undefined;
      await keeper.close();
      throw storeError(
        "STORE_UNAVAILABLE",
        `Cannot renew the lease "${this.#place.name}": its keeper failed`,
        {
          cause: thrown,
        },
      );
    }
    if (standing === undefined) return;
    if (standing.takenOver) this.#takenOver();
    else this.#deadline = Math.max(this.#deadline, standing.deadline);
  }

  /** Does `work` behind all writings before it. */
  #next(work: () => Promise<void>): Promise<void> {
    const result = this.#writing.then(work, work);
    this.#writing = result.then(nothing, nothing);
    return result;
  }

  /** Looks once for a higher object, then says by `lost` whether the lease has only run out or is another's. */
  #expire(cause: unknown): Promise<void> {
    this.#expiring ??= this.#decide(cause);
    return this.#expiring;
  }

  async #decide(cause: unknown): Promise<void> {
    if (this.#lost.signal.aborted) return;
    const keeper = this.#keeper;
    const look = async (late: AbortSignal): Promise<void> => {
      if (keeper !== undefined) await this.#failureOf(this.#askKeeper(keeper, late));
      // Its keeper has renewed it while this process couldn't.
      if (this.#lost.signal.aborted || this.#clock.steady() < this.#deadline) return;
      if (await this.#hasHigher(late)) this.#takenOver();
    };
    const failure = await this.#failureOf(this.#within(LONGEST_LOOK_MS, look));
    this.#expiring = undefined;
    if (this.#lost.signal.aborted || this.#clock.steady() < this.#deadline) return;
    this.#lost.abort(this.#expiredError(cause ?? failure));
  }

  async #hasHigher(signal: AbortSignal): Promise<boolean> {
    const { objects, prefix } = this.#place;
    const later = await objects.list(prefix, this.#key, signal);
    return later.some(({ key }) => numberOfKey(prefix, key) !== undefined);
  }

  #expiredError(cause: unknown): Error {
    const why = cause === undefined ? "" : `; the last try failed: ${messageOf(cause)}`;
    return storeError(
      "STORE_LEASE_EXPIRED",
      `Cannot go on: the lease "${this.#place.name}" was not renewed in time${why}`,
      {
        hint: "The store did not answer, or this machine slept. Resume: what was recorded is intact.",
        cause,
      },
    );
  }

  #takenOver(): void {
    if (this.#lost.signal.aborted) return;
    this.#lost.abort(
      storeError(
        "STORE_LEASE_LOST",
        `Cannot go on: the lease "${this.#place.name}" was taken over by another runner`,
        {
          hint: "The other runner goes on with the pipeline; this one has to stop.",
        },
      ),
    );
  }
}

function noAnswer(name: string, limitMs: number): Error {
  return storeError(
    "STORE_UNAVAILABLE",
    `The store did not answer within ${Math.round(limitMs)} ms when the lease "${name}" was asked for`,
  );
}

function nothing(): void {
  // What a writing failed with is its caller's to know; the next one is tried all the same.
}

/** `work`, or the reason of `signal` as soon as that aborts: some calls never answer. */
async function raced(work: Promise<void>, signal: AbortSignal): Promise<void> {
  const aborted = new Promise<never>((_, reject) => {
    const fail = (): void => reject(signal.reason as Error);
    if (signal.aborted) fail();
    else signal.addEventListener("abort", fail, { once: true });
  });
  await Promise.race([work, aborted]);
}
