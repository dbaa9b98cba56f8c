import { CairnError, type Clock } from "../base/mod.ts";
import type { CheckpointStore } from "../store/mod.ts";
import { asCheckpointError } from "./store-failure.ts";

/** How long the bytes of an append that threw are sent again, in ms. The store's own retries come before this. */
const SETTLE_MS = 3_000;
/** Wait before the first re-send in ms; doubled after each. */
const FIRST_WAIT_MS = 25;
/** Codes of store errors that no re-send will change. */
const HOPELESS: ReadonlySet<string> = new Set([
  "STORE_CLOSED",
  "STORE_LEASE_EXPIRED",
  "STORE_LEASE_EXPIRED",
  "STORE_LEASE_LOST",
  "STORE_LINK",
  "STORE_LOG_GONE",
  "STORE_NOT_WRITABLE",
  "STORE_TIMEOUT",
  "STORE_UNSUPPORTED",
]);
/** The code by which a store says that a log has fewer records than the number needs: it was removed. */
const GAP = "STORE_GAP";

/** A number is ours, or it is somebody else's record (`present`: its text where it can be read). */
export type Settled =
  | { readonly ours: true }
  | { readonly ours: false; readonly present: string | undefined };

/** What an append needs besides its bytes. */
export interface SettleTools {
  readonly store: CheckpointStore;
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
  /** Throws where the lease is lost; asked before every send. Waited for where that has to be asked. */
  check?(): Promise<void> | void;
}

/**
 * Appends `text` at `seq` and knows afterwards whose the number is. An append that throws may have
 * happened, so the very same bytes are sent again: when the store then says "taken" by these bytes,
 * the answer was lost and the number is ours. Nothing else is ever sent for that number.
 *
 * Throws CHECKPOINT_STORE_FAILED (world) where the number can't be settled in {@link SETTLE_MS}.
 */
export async function appendSettled(
  tools: SettleTools,
  log: string,
  seq: number,
  text: string,
): Promise<Settled> {
  const began = tools.clock.steady();
  for (let wait = FIRST_WAIT_MS; ; wait *= 2) {
    const checking = tools.check?.();
    if (checking !== undefined) await checking;
    try {
      const answer = await tools.store.append(log, seq, text, tools.signal);
      if (!answer.taken || answer.present === text) return { ours: true };
      return { ours: false, present: answer.present };
    } catch (thrown) {
      if (codeOf(thrown) === GAP) return { ours: false, present: undefined };
      const spent = tools.clock.steady() - began + wait;
      if (!mayRepeat(thrown) || spent > SETTLE_MS || tools.signal?.aborted === true)
        throw asCheckpointError(thrown);
    }
    await tools.clock.sleep(wait, tools.signal);
  }
}

function codeOf(thrown: unknown): string | undefined {
  return thrown instanceof CairnError ? thrown.code : undefined;
}

function mayRepeat(thrown: unknown): boolean {
  return !(thrown instanceof CairnError) || (thrown.kind === "world" && !HOPELESS.has(thrown.code));
}
