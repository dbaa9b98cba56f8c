import { type Clock, messageOf, systemClock } from "../../base/mod.ts";
import type { CheckpointStore } from "../store.ts";
import { trialText } from "./trial.ts";

/** A place that everybody wants. */
export interface RaceGoal {
  readonly log: string;
  readonly seq: number;
}

/** What racers are told. All of them are on one machine, so that a time of its clock is one moment. */
export interface Race {
  readonly goals: readonly RaceGoal[];
  /** When the first goal is open, ms since the epoch; the next ones follow every `slotMs`. */
  readonly startAt: number;
  readonly slotMs: number;
}

/** What one racer saw of all goals, in their order. */
export interface RaceReport {
  readonly racer: string;
  /** Per goal: whether the store said that this racer's record stands there, else what it said is there. */
  readonly answers: readonly { readonly won: boolean; readonly present?: string | undefined }[];
  /** Why it gave up, if it did. */
  readonly error?: string | undefined;
}

/** Somebody who appends at every goal in its moment, or as soon after that as he is done with the one before. */
export interface Racer {
  readonly name: string;
  /** Resolves when it can race; never rejects. */
  ready(): Promise<void>;
  race(race: Race): Promise<RaceReport>;
}

/** A racer over a handle of this process. */
export function handleRacer(name: string, store: CheckpointStore, clock: Clock = systemClock): Racer {
  return {
    name,
    ready: () => Promise.resolve(),
    async race({ goals, startAt, slotMs }) {
      const answers: RaceReport["answers"][number][] = [];
      try {
        for (const [index, { log, seq }] of goals.entries()) {
          await clock.sleep(Math.max(0, startAt + index * slotMs - clock.now()));
          const text = trialText(seq, name);
          const answer = await store.append(log, seq, text);
          // One's own text there: an answer was lost and the append repeated.
          if (!answer.taken || answer.present === text) answers.push({ won: true });
          else answers.push({ won: false, present: answer.present });
        }
      } catch (thrown) {
        return { racer: name, answers, error: messageOf(thrown) };
      }
      return { racer: name, answers };
    },
  };
}

/** What is wrong with the outcome of a race; each sentence names a goal. `stored` is what stands there now, per goal. */
export function judgeRace(
  goals: readonly RaceGoal[],
  reports: readonly RaceReport[],
  stored: readonly (string | undefined)[],
): readonly string[] {
  return goals.flatMap(({ log, seq }, index) => {
    const goal = `number ${seq} of the log "${log.slice(log.lastIndexOf("/") + 1)}"`;
    const took = reports.filter(({ answers }) => answers[index]?.won === true);
    const [winner] = took;
    const asked = reports.filter(({ answers }) => answers[index] !== undefined);
    if (winner === undefined) {
      return asked.length < reports.length ? [] : `of ${asked.length} writers none got ${goal}`;
    }
    if (took.length > 1) {
      return `${took.length} of ${asked.length} writers were told that they had written ${goal}`;
    }
    const text = trialText(seq, winner.racer);
    if (stored[index] !== text) return `${goal} does not hold what its one writer has written`;
    const misled = asked.filter(({ answers }) => {
      const answer = answers[index];
      return answer?.won === false && answer.present !== text;
    });
    return misled.length === 0
      ? []
      : `${misled.length} writers were shown another record than stands at ${goal}`;
  });
}
