import { type JsonObject, messageOf } from "../base/mod.ts";
import { discardStaged, openDataFiles, readStaged } from "../files/mod.ts";

export interface SweepRequest {
  readonly warn?: ((message: string) => void) | undefined;
}

/** Longest time for one place, ms. */
const SWEEP_MS = 10_000;

/**
 * Removes what attempts of a run had staged, with the credentials of this process's environment. What can't be reached
 * is told and left: the checkpoint goes all the same, because nobody may be kept from deleting it.
 */
export async function sweepStaged(staged: readonly JsonObject[], { warn }: SweepRequest): Promise<void> {
  const files = openDataFiles({ folder: "/", env: process.env, timeoutMs: SWEEP_MS });
  for (const one of staged) {
    try {
      await discardStaged(files, readStaged(one), AbortSignal.timeout(SWEEP_MS));
    } catch (thrown) {
      warn?.(`what was staged at ${JSON.stringify(one["place"])} could not be removed: ${messageOf(thrown)}`);
    }
  }
  await files.close();
}
