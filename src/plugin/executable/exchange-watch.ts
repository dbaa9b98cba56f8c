import { statSync } from "node:fs";
import type { ComponentContext } from "../../sdk/mod.ts";
import type { ExchangeFolder } from "./exchange-folder.ts";
import { TailLines } from "./tail-lines.ts";
import { parseProgress, parseStep } from "./told.ts";

/** Time between two looks at what a program has written, in ms. */
const LOOK_INTERVAL_MS = 20;

/** Makes steps of a running program durable, and passes its progress on. */
export interface ExchangeWatch {
  /** The program has ended: takes what is still unread. Throws why a step could not be kept. */
  finish(): Promise<void>;
}

/** @param fail Is called at once when a step can't be kept: the program should end. */
export function watchExchange(
  exchange: ExchangeFolder,
  { step, progress }: Pick<ComponentContext, "step" | "progress">,
  fail: () => void,
): ExchangeWatch {
  const steps = new TailLines(exchange.steps, statSync(exchange.steps).size);
  const progressLines = new TailLines(exchange.progress, 0);
  let problem: { readonly thrown: unknown } | undefined;
  const keep = async (line: string): Promise<void> => {
    const { name, result } = parseStep(line);
    await step(name, () => result);
    exchange.kept(name);
  };
  const look = async (last: boolean): Promise<void> => {
    const told = progressLines
      .take(last)
      .flatMap((line) => parseProgress(line) ?? [])
      .at(-1);
    if (told !== undefined) progress(told.done, told.total, told.label);
    await Promise.all(steps.take(last).map(keep));
  };
  const guarded = async (last: boolean): Promise<void> => {
    if (problem !== undefined) return;
    try {
      await look(last);
    } catch (thrown) {
      problem ??= { thrown };
      fail();
    }
  };
  // One look at a time: steps are told in the order in which they were written.
  let looking: Promise<void> = Promise.resolve();
  let busy = false;
  const timer = setInterval(() => {
    if (busy) return;
    busy = true;
    looking = guarded(false).then(() => {
      busy = false;
      return undefined;
    });
  }, LOOK_INTERVAL_MS);
  return {
    async finish() {
      clearInterval(timer);
      await looking;
      await guarded(true);
      if (problem !== undefined) throw problem.thrown;
    },
  };
}
