import { CairnError, type Finding, type Redactor, systemClock, systemRandom } from "../base/mod.ts";
import { judgedCheckpoint, locateIssues, type PipelineConfig } from "../config/mod.ts";
import { withCheckpointErrors } from "../checkpoint/mod.ts";
import { type CheckpointStore, handleRacer, storeChecks, sweepTrials, trialFolder } from "../store/mod.ts";
import { retriedStoreAt, type StorePlace } from "./store-at.ts";
import { trialPlace } from "./trial-place.ts";
import type { Lookup } from "./wire.ts";

/** Checks of the store: may it be read and written; and does it heed the condition of a write. */
const RIGHTS = "permissions";
const CONDITION = "create-if-absent";
/** How long a failing store is retried, in ms: somebody waits for the answer. */
const RETRY_MS = 15_000;

export interface ReachStoreRequest {
  readonly place: StorePlace;
  readonly config: PipelineConfig;
  readonly lookup: Lookup;
  readonly redactor: Redactor;
}

/**
 * What speaks against keeping checkpoints at a configured location: it is reached, read, written to under a name of
 * the trial's own, and asked for a write that has to be refused. Two handles take part; whether a store keeps its word
 * against other machines only `doctor` can show. Findings stand at `location`, or at `checkpoint` where that is absent.
 */
export async function reachStore(request: ReachStoreRequest): Promise<readonly Finding[]> {
  const { place, config } = request;
  const trial = trialPlace(place);
  const storeTimeoutMs = Math.min(config.checkpoint.storeTimeoutMs, RETRY_MS);
  const hasty = { ...config, checkpoint: { ...config.checkpoint, storeTimeoutMs } };
  const stores: CheckpointStore[] = [];
  try {
    return await withCheckpointErrors(async () => {
      for (let handle = 0; handle < 2; handle++)
        stores.push(await retriedStoreAt({ ...request, config: hasty, isTrial: true }));
      return at(config, await problems(stores, config.checkpoint.singleWriter));
    });
  } catch (thrown) {
    if (!(thrown instanceof CairnError) || thrown.kind === "config") throw thrown;
    return at(config, [thrown]);
  } finally {
    for (const store of stores) await store.close();
    trial.restore();
  }
}

type Problem = Pick<Finding, "code" | "message" | "hint"> & Partial<Pick<Finding, "severity">>;

async function problems(
  [store, other]: readonly CheckpointStore[],
  singleWriter: boolean,
): Promise<readonly Problem[]> {
  if (store === undefined || other === undefined) return [];
  const folder = trialFolder(systemRandom.nonce());
  const racers = [handleRacer("handle 1", store), handleRacer("handle 2", other)];
  try {
    // Who says that there is no second writer needs no conditions.
    const tried = new Set(singleWriter ? [RIGHTS] : [RIGHTS, CONDITION]);
    for (const check of storeChecks.filter(({ name }) => tried.has(name))) {
      const { findings } = await check.run({ store, other, racers, folder, clock: systemClock });
      if (findings.length > 0) return findings;
    }
    return [];
  } finally {
    // What could not be written need not be removed.
    await sweepTrials(store, folder).catch(() => undefined);
  }
}

function at(config: PipelineConfig, found: readonly Problem[]): Finding[] {
  return found.flatMap(({ code, message, hint, severity }) =>
    locateIssues(judgedCheckpoint(config), [{ path: ["location"], message, hint }]).map((finding) => ({
      ...finding,
      code,
      message,
      severity: severity ?? finding.severity,
    })),
  );
}
