import { CairnError, type JsonObject, messageOf } from "../base/mod.ts";
import type { Artifact, Completion, IntentEvent, PublishIntent, StageIntent } from "../checkpoint/mod.ts";
import { discardStaged, type OpenFiles, publishStaged, readStaged } from "../files/mod.ts";
import { discarded, type IntentBook, isKept } from "./intent-book.ts";

export interface OutputPublisherOptions {
  readonly book: IntentBook;
  files(): Promise<OpenFiles>;
  /** Aborts when the run is not ours any more. */
  readonly lost: AbortSignal | undefined;
  warn(message: string): void;
  /** Named instants for crash tests; absent in the shipped path. */
  readonly point?: ((name: string) => void | Promise<void>) | undefined;
}

/** What publishing came to. */
export interface PublishedOutputs {
  /** Of the component, with what was published. */
  readonly artifacts: readonly Artifact[];
  /** To be recorded with the completion. */
  readonly closed: readonly IntentEvent[];
}

/** Longest time for what a failed attempt left behind; the next start does the rest, ms. */
const SWEEP_MS = 10_000;
/** The same where the run is told to stop, ms. */
const HASTY_SWEEP_MS = 1_000;

/** Publishes the outputs of completed components, and sweeps those of others. Only the runner does either. */
export class OutputPublisher {
  readonly #options: OutputPublisherOptions;

  constructor(options: OutputPublisherOptions) {
    this.#options = options;
  }

  /**
   * Publishes after it is durable what is to be published: that record is also the proof that the run is ours.
   *
   * @throws what the journal throws, with nothing published; else a FILE_… error, and the intent stays open
   */
  async publish(
    index: number,
    completion: Completion,
    staged: readonly JsonObject[],
  ): Promise<PublishedOutputs> {
    const { book } = this.#options;
    await this.#point("publish-begins");
    await book.record([{ type: "intent", index, id: "publish", action: "publish", staged, completion }]);
    await this.#point("publish-recorded");
    return this.#publishAll(index, completion, staged);
  }

  /** Finishes what this run, or the one before, began; undefined where it can't be: then the component runs again. */
  async finish(index: number, intent: PublishIntent): Promise<PublishedOutputs | undefined> {
    try {
      return await this.#publishAll(index, intent.completion, intent.staged);
    } catch (thrown) {
      if (!(thrown instanceof CairnError) || thrown.code !== "STAGED_GONE") throw thrown;
      this.#options.warn(`${thrown.message}; the component runs again`);
      await this.#options.book.record([{ type: "intent-closed", index, id: "publish", how: "lost" }]);
      return undefined;
    }
  }

  /**
   * Removes what attempts of the component, or with `undefined` those of runs before, had staged, but for what is kept for
   * the next attempt. What can't be removed now stays noted for the next start.
   */
  async sweep(index: number | undefined, inHaste: boolean = false): Promise<readonly IntentEvent[]> {
    const found = this.#options.book.stages(index).filter((intent) => !isKept(intent));
    return this.#sweepAll(found, inHaste ? HASTY_SWEEP_MS : SWEEP_MS);
  }

  /** The same after the component has completed without publishing anything: nothing is kept any longer. */
  async sweepCompleted(index: number): Promise<readonly IntentEvent[]> {
    return this.#sweepAll(this.#options.book.stages(index), SWEEP_MS);
  }

  async #sweepAll(found: readonly StageIntent[], limitMs: number): Promise<readonly IntentEvent[]> {
    const swept: IntentEvent[] = [];
    for (const intent of found) if (await this.#sweepOne(intent, limitMs)) swept.push(discarded(intent));
    return swept;
  }

  async #sweepOne(intent: StageIntent, limitMs: number): Promise<boolean> {
    // What is about to be published is not for sweeping.
    const open = intent.index === undefined ? undefined : this.#options.book.publishOf(intent.index);
    if (open?.staged.some(({ id }) => id === intent.staged["id"]) === true) return false;
    try {
      await discardStaged(
        await this.#options.files(),
        readStaged(intent.staged),
        AbortSignal.timeout(limitMs),
      );
      return true;
    } catch (thrown) {
      this.#options.warn(
        `what was staged (${JSON.stringify(intent.staged["place"])}) is not swept yet: ${messageOf(thrown)}`,
      );
      return false;
    }
  }

  async #publishAll(
    index: number,
    completion: Completion,
    staged: readonly JsonObject[],
  ): Promise<PublishedOutputs> {
    const { lost, book } = this.#options;
    const files = await this.#options.files();
    const artifacts = new Map((completion.artifacts ?? []).map((artifact) => [artifact.uri, artifact]));
    for (const one of staged) {
      lost?.throwIfAborted();
      const { uri, size, token } = await publishStaged(files, readStaged(one), lost, this.#options.point);
      if (one["artifact"] !== false) artifacts.set(uri, { uri, size, token });
      await this.#point("published");
    }
    const closed: IntentEvent[] = [{ type: "intent-closed", index, id: "publish", how: "published" }];
    const ids = new Set(staged.map(({ id }) => id));
    for (const stage of book.stages(index)) {
      if (ids.has(stage.staged["id"] ?? null)) {
        closed.push({ type: "intent-closed", index, id: stage.id, how: "published" });
      }
    }
    const others = book.stages(index).filter((stage) => !ids.has(stage.staged["id"] ?? null));
    closed.push(...(await this.#sweepAll(others, SWEEP_MS)));
    return { artifacts: [...artifacts.values()], closed };
  }

  async #point(name: string): Promise<void> {
    await this.#options.point?.(name);
  }
}
