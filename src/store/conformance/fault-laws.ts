import assert from "node:assert/strict";
import type { CheckpointStore } from "../store.ts";
import { withFaults, type FaultKind } from "../wrap/faults.ts";
import { needed, type Law } from "./law.ts";
import { contents, recordText } from "./records.ts";

const RECORDS = 6;
/** More sends of one record than any fault here can cost. */
const MOST_SENDS = 4;

/**
 * Writes a log through a store that fails at some call, as the journal does: until number k is settled only k's same
 * text is sent. A torn record (void, but its number may be taken) is followed by the same record at the next number.
 */
async function writeThrough(
  store: CheckpointStore,
  log: string,
  failed?: () => Promise<void>,
): Promise<void> {
  let seq = 1;
  for (let i = 1; i <= RECORDS; i++) {
    for (let sends = 1; !(await settled(store, log, seq, i)); sends++) {
      assert.ok(sends < MOST_SENDS, `record ${i} isn't settled after ${sends} sends`);
      await failed?.();
      const last = await store.last(log);
      if (last?.seq === seq && last.text === undefined) seq++;
    }
    seq++;
  }
}

async function settled(store: CheckpointStore, log: string, seq: number, i: number): Promise<boolean> {
  const text = recordText(seq, `the record ${i}`);
  try {
    const answer = await store.append(log, seq, text, AbortSignal.timeout(50));
    return !answer.taken || answer.present === text;
  } catch {
    // Unknown whether it happened: the same text is sent again.
    return false;
  }
}

function faultLaw(kind: FaultKind, says: string, quotes: string): Law {
  return {
    name: says,
    quotes,
    async prove(bench) {
      const { store } = bench;
      const tear = kind === "truncate" ? needed(bench, "tear") : undefined;
      for (let at = 1; at <= RECORDS; at++) {
        const log = `faults/${kind}-${at}`;
        const fault = kind === "truncate" ? "after" : kind;
        const faulty = withFaults(store, [{ kind: fault, at, method: "append", ms: 5 }]);
        await writeThrough(faulty.target, log, tear && (() => tear(log)));
        const whole = (await contents(store, log)).filter((line) => !line.endsWith("(void)"));
        const bodies = whole.map(
          (line) => (JSON.parse(line.slice(line.indexOf(":") + 1)) as { body: string }).body,
        );
        assert.deepEqual(
          bodies,
          Array.from({ length: RECORDS }, (_, i) => `the record ${i + 1}`),
          `${kind} at append ${at}`,
        );
      }
    },
  };
}

const LAW_7 =
  "An append that throws may or may not have happened; sending the same text at the same number again settles it.";

/** Whatever fails at whichever append: nothing is lost, nothing is there twice. */
export const faultLaws: readonly Law[] = [
  faultLaw("before", "an append that failed before it happened is settled by sending it again", LAW_7),
  faultLaw("after", "an append whose answer was lost is settled by sending it again", LAW_7),
  faultLaw("hang", "an append that was never answered is settled by sending it again", LAW_7),
  faultLaw("delay", "a slow append loses nothing", LAW_7),
  faultLaw(
    "truncate",
    "an append that was cut off in the middle is void, and the record that follows it stands",
    "A record that an append left torn is void.",
  ),
];
