import type { LeftEnd, Outbox } from "../../../src/checkpoint/mod.ts";

/** What hooks hear of ends in a {@link World}: they answer at once, so that only processes make it interesting. */
export class ToldEnds {
  /** Runs whose hooks listen, and which have begun. */
  readonly begun: Set<string> = new Set();
  readonly #told: { readonly runId: string; readonly again: boolean }[] = [];

  copy(): ToldEnds {
    const copy = new ToldEnds();
    for (const runId of this.begun) copy.begun.add(runId);
    copy.#told.push(...this.#told);
    return copy;
  }

  /** As the runner does: claims each, tells it, settles it; stops where somebody else has the key. */
  async tellAll(outbox: Outbox, below: number): Promise<[]> {
    for (const one of await outbox.untold(below)) if (!(await this.tellOne(outbox, one))) break;
    return [];
  }

  async tellOne(outbox: Outbox, one: LeftEnd): Promise<boolean> {
    if (!(await outbox.claim(one))) return false;
    this.#told.push({ runId: one.runId, again: one.tries > 0 });
    return outbox.settle(one);
  }

  /** What is wrong once everything is told that can be: a run never told, or told twice without a word on it. */
  broken(): string | undefined {
    for (const runId of this.begun) {
      const ends = this.#told.filter((one) => one.runId === runId);
      if (ends.length === 0) return `I7: the end of run ${runId} is never told`;
      if (ends.filter(({ again }) => !again).length > 1) return `I7: the end of run ${runId} is told twice`;
    }
    return undefined;
  }
}
