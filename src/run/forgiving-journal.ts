import { CairnError } from "../base/mod.ts";
import { isPoisoned, type RunEvent, type RunJournal } from "../checkpoint/mod.ts";
import type { CheckpointStore } from "../store/mod.ts";
import type { RunResult } from "./result.ts";

/** The code by which a journal says that its store failed for good; every other error is about who owns the run. */
const STORE_FAILED = "CHECKPOINT_STORE_FAILED";

/** Whether it was the store that failed, and not somebody else who has the run. */
export function isStoreFailure(thrown: unknown): thrown is CairnError {
  return thrown instanceof CairnError && thrown.code === STORE_FAILED;
}

/**
 * A journal for `on-store-failure = continue`: when its store fails for good, `onFailure` is told once and the run
 * goes on; what it then appends is recorded nowhere. A run that is taken over by somebody else ends as ever.
 */
export class ForgivingJournal implements RunJournal {
  readonly #journal: RunJournal;
  readonly #onFailure: (error: CairnError) => void;
  readonly #lost = new AbortController();
  #failed = false;

  constructor(journal: RunJournal, onFailure: (error: CairnError) => void) {
    this.#journal = journal;
    this.#onFailure = onFailure;
    const lose = (): void => {
      const reason: unknown = journal.lost.reason;
      if (isStoreFailure(reason)) this.#fail(reason);
      else this.#lost.abort(reason);
    };
    if (journal.lost.aborted) lose();
    else journal.lost.addEventListener("abort", lose, { once: true });
  }

  get runId(): string {
    return this.#journal.runId;
  }

  get rootRunId(): string {
    return this.#journal.rootRunId;
  }

  get resumedFrom(): string | undefined {
    return this.#journal.resumedFrom;
  }

  /** None after the failure: nothing can be written down. */
  get ends(): RunJournal["ends"] {
    return this.#failed ? undefined : this.#journal.ends;
  }

  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /** True from the failure on: nothing more is recorded. */
  get failed(): boolean {
    return this.#failed;
  }

  /** Undefined after the failure: then nothing was appended. */
  get lastAppend(): RunJournal["lastAppend"] {
    return this.#failed ? undefined : this.#journal.lastAppend;
  }

  state(): ReturnType<RunJournal["state"]> {
    return this.#journal.state();
  }

  append(events: readonly RunEvent[]): Promise<void> {
    return this.#forgiven(() => this.#journal.append(events));
  }

  outputs(index: number): ReturnType<RunJournal["outputs"]> {
    return this.#journal.outputs(index);
  }

  noteGroups(groups: Parameters<RunJournal["noteGroups"]>[0]): Promise<void> {
    return this.#forgiven(() => this.#journal.noteGroups(groups));
  }

  cleanup(): Promise<void> {
    return this.#journal.cleanup();
  }

  close(): Promise<void> {
    return this.#journal.close();
  }

  async #forgiven(work: () => Promise<void>): Promise<void> {
    this.#lost.signal.throwIfAborted();
    if (this.#failed) return;
    try {
      await work();
    } catch (thrown) {
      if (!isStoreFailure(thrown)) throw thrown;
      this.#fail(thrown);
    }
  }

  #fail(error: CairnError): void {
    if (this.#failed) return;
    this.#failed = true;
    this.#onFailure(error);
  }
}

/** What the log, the result and the last line say where a run goes on without records. */
export function unrecordedWarning(error: CairnError): string {
  return `The checkpoint store failed, and the run goes on without records (on-store-failure = continue): what completes from now on is not in the checkpoint. ${error.message}`;
}

/** The result's word on the checkpoint; null where none was wanted. */
export function checkpointFacts(
  store: CheckpointStore | undefined,
  journal: RunJournal | undefined,
  kept: boolean,
  storeFailed: boolean,
): RunResult["checkpoint"] {
  if (journal === undefined && !storeFailed) return null;
  const poisoned = kept && journal !== undefined && isPoisoned(journal.state());
  return {
    location: store?.location ?? "",
    kept,
    ...(poisoned && { poisoned }),
    ...(storeFailed && { storeFailed }),
  };
}
