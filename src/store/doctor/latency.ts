import { durationText } from "../../base/mod.ts";
import { type StoreCheck, trialText } from "./trial.ts";

/** Calls of each kind that are timed. */
const CALLS = 15;
/** An append that takes longer than this as a rule is a finding, in ms: it is paid for every completion. */
const SLOW_MS = 2_000;

/** How long calls take: the median and the worst. */
export const latency: StoreCheck = {
  name: "latency",
  async run({ store, other, folder, clock, signal }) {
    const log = `${folder}/latency`;
    const timed = async (work: (n: number) => Promise<unknown>): Promise<Figures> => {
      const spans: number[] = [];
      for (let n = 1; n <= CALLS; n++) {
        const began = clock.steady();
        await work(n);
        spans.push(clock.steady() - began);
      }
      return figures(spans);
    };
    const append = await timed((seq) => store.append(log, seq, trialText(seq, "latency"), signal));
    const last = await timed(() => other.last(log, signal));
    const read = await timed(() => other.read(log, 1, signal));
    const list = await timed(() => other.logs(`${folder}/`, signal));
    const slow = append.medianMs > SLOW_MS;
    return {
      summary: `append ${text(append)}, last record ${text(last)}, ${CALLS} records ${text(read)}, list ${text(list)} (median / worst)`,
      facts: { append: { ...append }, last: { ...last }, read: { ...read }, list: { ...list } },
      findings: slow
        ? [
            {
              severity: "warning",
              code: "STORE_SLOW",
              message: `an append takes ${durationText(append.medianMs)}, and every completion waits for one`,
              hint: "Look at the network and at the store's load.",
            },
          ]
        : [],
    };
  },
};

interface Figures {
  readonly medianMs: number;
  readonly worstMs: number;
}

function figures(spans: readonly number[]): Figures {
  const sorted = spans.toSorted((a, b) => a - b);
  const round = (ms: number | undefined): number => Math.round((ms ?? 0) * 100) / 100;
  return { medianMs: round(sorted[Math.floor(sorted.length / 2)]), worstMs: round(sorted.at(-1)) };
}

function text({ medianMs, worstMs }: Figures): string {
  return `${durationText(medianMs)} / ${durationText(worstMs)}`;
}
