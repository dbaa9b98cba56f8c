import type { CheckpointStore } from "../store.ts";
import { TRIAL_FOLDER } from "../wrap/probe.ts";
import { listAfterWrite, readAfterWrite } from "./after-write.ts";
import { createIfAbsent, exclusiveAppend } from "./exclusive-append.ts";
import { latency } from "./latency.ts";
import { rights } from "./rights.ts";
import { storeClock } from "./store-clock.ts";
import type { StoreCheck } from "./trial.ts";

/** The checks of any store, in order. Where the first one fails, the others can't be tried. */
export const storeChecks: readonly StoreCheck[] = [
  rights,
  createIfAbsent,
  exclusiveAppend,
  readAfterWrite,
  listAfterWrite,
  storeClock,
  latency,
];

/** Trials older than this were left by a doctor that was killed, ms. */
const LEFT_OVER_MS = 3_600_000;

/** The folder of a new trial. */
export function trialFolder(nonce: string): string {
  return `${TRIAL_FOLDER}/doctor-${nonce}`;
}

/** Removes what a trial has written, and what earlier ones, killed on their way, have left. */
export async function sweepTrials(store: CheckpointStore, folder: string): Promise<void> {
  const now = await store.time();
  for (const log of await store.logs(`${TRIAL_FOLDER}/`)) {
    const isOurs = log.startsWith(`${folder}/`);
    const writtenAt = isOurs ? undefined : await store.writtenAt(log);
    if (!isOurs && (writtenAt === undefined || now - writtenAt < LEFT_OVER_MS)) continue;
    const records = await store.read(log);
    await store.remove(
      log,
      records.map(({ seq }) => seq),
    );
  }
}
