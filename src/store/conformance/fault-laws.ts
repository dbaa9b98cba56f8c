import assert from "node:assert/strict";
import type { CheckpointStore } from "../store.ts";
import { isTransient } from "../errors.ts";
import { randomFaults, withFaults, type FaultKind } from "../wrap/faults.ts";
import { handles, needed, type Law } from "./law.ts";
import { chance, contents, recordText } from "./records.ts";

const RECORDS = 6;
/** After this time an append that was not answered is given up; longer than any store needs that does answer. */
const UNANSWERED_MS = 1_000;
/** More sends of one record than any fault here can cost. */
const MOST_SENDS = 4;

/**
 * Writes a log through a store that fails at some call, as the journal does: until number k is settled only k's same
 * text is sent. A torn record (void, but its number may be taken) is followed by the same record at the next number.
 */
async function writeThrough(
  store: CheckpointStore,
  log: string,
  { failed, patience }: { failed?: (() => Promise<void>) | undefined; patience?: number | undefined } = {},
): Promise<void> {
  let seq = 1;
  for (let i = 1; i <= RECORDS; i++) {
    for (let sends = 1; !(await settled(store, log, seq, i, patience)); sends++) {
      assert.ok(sends < MOST_SENDS, `record ${i} isn't settled after ${sends} sends`);
      await failed?.();
      const last = await store.last(log);
      if (last?.seq === seq && last.text === undefined) seq++;
    }
    seq++;
  }
}

async function settled(
  store: CheckpointStore,
  log: string,
  seq: number,
  i: number,
  patience: number | undefined,
): Promise<boolean> {
  const text = recordText(seq, `the record ${i}`);
  try {
    const signal = patience === undefined ? undefined : AbortSignal.timeout(patience);
    const answer = await store.append(log, seq, text, signal);
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
        await writeThrough(faulty.target, log, {
          failed: tear && (() => tear(log)),
          patience: kind === "hang" ? UNANSWERED_MS : undefined,
        });
        const whole = (await contents(store, log)).filter((line) => !line.endsWith("(void)"));
        const bodies = whole.map(bodyOf);
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
  {
    name: "two writers through stores that fail at random leave every record of theirs once, in an order of their own",
    quotes: LAW_7,
    async prove(bench, seed) {
      const next = chance(seed);
      const [first, second] = await handles(bench, 2);
      assert.ok(first && second);
      const writers = [first, second].map((store) => withFaults(store, randomFaults(next, 400, 0.3)).target);
      const each = 15;
      await Promise.all(writers.map((store, writer) => writeAmongOthers(store, `writer ${writer}`, each)));
      const bodies = (await contents(bench.store, "shared")).map(bodyOf);
      for (const writer of ["writer 0", "writer 1"]) {
        assert.deepEqual(
          bodies.filter((body) => body.startsWith(writer)),
          Array.from({ length: each }, (_, i) => `${writer} record ${i + 1}`),
        );
      }
      assert.equal(bodies.length, 2 * each);
    },
  },
];

/** Appends records at whatever number is free; a number is left only once somebody else's record is seen there. */
async function writeAmongOthers(store: CheckpointStore, writer: string, count: number): Promise<void> {
  let seq = 1;
  for (let i = 1; i <= count; seq++) {
    const text = recordText(seq, `${writer} record ${i}`);
    if (await isMine(store, seq, text)) i++;
  }
}

/** Sends the text until it is settled whose the number is. */
async function isMine(store: CheckpointStore, seq: number, text: string): Promise<boolean> {
  for (;;) {
    try {
      const answer = await store.append("shared", seq, text);
      return !answer.taken || answer.present === text;
    } catch (thrown) {
      if (!isTransient(thrown)) throw thrown;
    }
  }
}

/** The body of a line that `contents` gives. */
function bodyOf(line: string): string {
  return (JSON.parse(line.slice(line.indexOf(":") + 1)) as { body: string }).body;
}
