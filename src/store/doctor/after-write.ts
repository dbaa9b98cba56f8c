import { broken, type CheckOutcome, type StoreCheck, trialText } from "./trial.ts";

/** How often each is tried. */
const ROUNDS = 10;

/** What one handle has written, another one reads at once, byte for byte. */
export const readAfterWrite: StoreCheck = {
  name: "read-after-write",
  async run({ store, other, folder, signal }) {
    const log = `${folder}/read`;
    const stale: number[] = [];
    for (let seq = 1; seq <= ROUNDS; seq++) {
      const text = trialText(seq, `naïve ☃ ${"x".repeat(seq * 100)}`);
      await store.append(log, seq, text, signal);
      const read = (await other.read(log, 1, signal)).find((record) => record.seq === seq)?.text;
      const last = await other.last(log, signal);
      if (read !== text || last?.seq !== seq || last.text !== text) stale.push(seq);
    }
    return outcome(stale, "records were read by another handle right after they were written", (count) =>
      broken(`${count} of ${ROUNDS} records were not there, or not whole, right after they were written`),
    );
  },
};

/** A log is listed by another handle as soon as it is begun, and no more once it is removed. */
export const listAfterWrite: StoreCheck = {
  name: "list-after-write",
  async run({ store, other, folder, signal }) {
    const stale: number[] = [];
    for (let round = 1; round <= ROUNDS; round++) {
      const log = `${folder}/listed/${round}`;
      await store.append(log, 1, trialText(1, "list"), signal);
      const listed = (await other.logs(`${folder}/`, signal)).includes(log);
      await store.remove(log, [1], signal);
      const stillListed = (await other.logs(`${folder}/`, signal)).includes(log);
      if (!listed || stillListed) stale.push(round);
    }
    return outcome(
      stale,
      "logs were listed right after they were begun, and not after they were removed",
      (count) =>
        broken(
          `${count} of ${ROUNDS} listings were not of that moment: a log was missing, or a removed one there`,
        ),
    );
  },
};

function outcome(
  stale: readonly number[],
  sound: string,
  finding: (count: number) => CheckOutcome["findings"][number],
): CheckOutcome {
  return {
    summary: `${ROUNDS - stale.length} of ${ROUNDS} ${sound}`,
    facts: { rounds: ROUNDS, stale: stale.length },
    findings: stale.length === 0 ? [] : [finding(stale.length)],
  };
}
