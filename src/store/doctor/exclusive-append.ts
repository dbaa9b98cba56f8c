import { type CheckOutcome, broken, type StoreCheck, type Trial } from "./trial.ts";
import { judgeRace, type RaceGoal } from "./race.ts";

/** New logs that everybody wants to begin, and numbers of one log that everybody wants. */
const NEW_LOGS = 12;
const NUMBERS = 25;
/** Findings of one kind are alike; so many are shown, and the summary counts them. */
const MAX_SHOWN = 1;

/** Races for the first record of new logs. */
export const createIfAbsent: StoreCheck = {
  name: "create-if-absent",
  run: (trial) =>
    raced(
      trial,
      Array.from({ length: NEW_LOGS }, (_, at) => ({ log: `${trial.folder}/new-${at + 1}`, seq: 1 })),
      (writers) => `${writers} began ${NEW_LOGS} new logs at once: each has one author`,
    ),
};

/** Races for every number of one log. */
export const exclusiveAppend: StoreCheck = {
  name: "exclusive-append",
  run: (trial) =>
    raced(
      trial,
      Array.from({ length: NUMBERS }, (_, at) => ({ log: `${trial.folder}/raced`, seq: at + 1 })),
      (writers) => `${writers} wanted ${NUMBERS} numbers of a log: each was given once`,
    ),
};

/** Between the word and the start, so that it reaches everybody, in ms. */
const WORD_MS = 50;
/** A slot is as long as a read takes, within these bounds in ms: all are at the start of each goal together. */
const SHORTEST_SLOT_MS = 5;
const LONGEST_SLOT_MS = 500;

async function raced(
  { racers, store, signal, clock, folder }: Trial,
  goals: readonly RaceGoal[],
  sound: (writers: string) => string,
): Promise<CheckOutcome> {
  await Promise.all(racers.map((racer) => racer.ready()));
  const began = clock.steady();
  await store.read(`${folder}/nothing`, 1, signal);
  const slotMs = Math.min(LONGEST_SLOT_MS, Math.max(SHORTEST_SLOT_MS, 2 * (clock.steady() - began)));
  const race = { goals, startAt: clock.now() + WORD_MS, slotMs };
  const reports = await Promise.all(racers.map((racer) => racer.race(race)));
  const stored: (string | undefined)[] = [];
  for (const { log, seq } of goals) {
    stored.push((await store.read(log, seq, signal)).find((record) => record.seq === seq)?.text);
  }
  const wrong = judgeRace(goals, reports, stored);
  const gaveUp = reports.flatMap(({ racer, error }) => (error === undefined ? [] : { racer, error }));
  const wins = reports.map(({ answers }) => answers.filter(({ won }) => won).length);
  const writers = `${racers.length} writers`;
  return {
    summary: wrong.length === 0 ? sound(writers) : `${wrong.length} of ${goals.length} numbers went wrong`,
    facts: { writers: racers.length, numbers: goals.length, wrong: wrong.length, wins },
    findings: [
      ...wrong.slice(0, MAX_SHOWN).map(broken),
      ...gaveUp.slice(0, 1).map(({ racer, error }) => ({
        severity: "error" as const,
        code: "STORE_FAILED",
        message: `${gaveUp.length} of ${writers} gave up; ${racer}: ${error}`,
      })),
    ],
  };
}
