import { CairnError, type Finding } from "../base/mod.ts";
import { judgedCheckpoint, locateIssues, type PipelineConfig } from "../config/mod.ts";
import { invalidConfig } from "../run/mod.ts";
import type { CheckpointStore } from "../store/mod.ts";

/**
 * What is wrong with `on-store-failure = continue` at a store (or, before it is opened, a scheme). Whoever goes on
 * without records can't be told that another runner has taken over: that is safe only where nobody else can, because
 * the operating system holds the lock, or because the configuration says so.
 */
export function storeFailureFindings(
  config: PipelineConfig,
  store: CheckpointStore | string,
): readonly Finding[] {
  const { onStoreFailure, singleWriter } = config.checkpoint;
  if (onStoreFailure === "fail" || singleWriter) return [];
  // Of a plugin's scheme nobody knows before it is opened.
  const isTimed = typeof store === "string" ? TIMED.has(store) : store.can.lease === "timed";
  if (!isTimed) return [];
  const where = typeof store === "string" ? `a store of "${store}:"` : `"${store.location}"`;
  return locateIssues(judgedCheckpoint(config), [
    {
      path: ["on-store-failure"],
      message: `on-store-failure = continue is not possible on ${where}: another runner may take over while this one goes on`,
      hint: "Keep checkpoints in a local folder, set single-writer = true where no second runner ever starts, or leave on-store-failure = fail.",
    },
  ]).map((finding) => ({ ...finding, code: "CONFIG_STORE_FAILURE" }));
}

/** Schemes of built-in stores that machines share. */
const TIMED: ReadonlySet<string> = new Set(["s3a", "s3", "hdfs", "webhdfs", "swebhdfs"]);

/** Throws CONFIG_INVALID with {@link storeFailureFindings}. */
export function checkStoreFailure(config: PipelineConfig, store: CheckpointStore | string): void {
  const findings = storeFailureFindings(config, store);
  if (findings.length > 0) throw invalidConfig(findings);
}

/** Opens a store; where the world is to blame for its not opening, gives one whose every call fails so. */
export async function openOrFailing(
  location: string,
  open: () => Promise<CheckpointStore>,
): Promise<CheckpointStore> {
  try {
    return await open();
  } catch (thrown) {
    if (!(thrown instanceof CairnError) || thrown.kind !== "world") throw thrown;
    return failingStore(location, thrown);
  }
}

function failingStore(location: string, error: CairnError): CheckpointStore {
  const fail = (): Promise<never> => Promise.reject(error);
  return {
    location,
    can: { lease: "os", durable: false },
    append: fail,
    read: fail,
    last: fail,
    logs: fail,
    remove: fail,
    takeLease: fail,
    leaseHolder: fail,
    time: fail,
    writtenAt: fail,
    close: () => Promise.resolve(),
  };
}
