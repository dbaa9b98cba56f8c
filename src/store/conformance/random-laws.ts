import assert from "node:assert/strict";
import type { CheckpointStore } from "../store.ts";
import { handles, type Law } from "./law.ts";
import { chance, recordText } from "./records.ts";

const STEPS = 150;
const LOGS = ["p/one", "p/two", "q"];

/** What the store should hold: texts by number for each log, and the highest number ever taken. */
interface Expected {
  readonly texts: Map<number, string>;
  highest: number;
}

async function step(
  store: CheckpointStore,
  log: string,
  expected: Expected,
  next: () => number,
  step: number,
): Promise<void> {
  const { texts, highest } = expected;
  const dice = next();
  if (dice < 0.5) {
    const text = recordText(highest + 1, `step ${step}`);
    assert.deepEqual(await store.append(log, highest + 1, text), { taken: false });
    texts.set(highest + 1, text);
    expected.highest = highest + 1;
  } else if (dice < 0.65 && highest > 0) {
    const seq = [...texts.keys()][Math.floor(next() * texts.size)] ?? highest;
    const answer = await store.append(log, seq, recordText(seq, `late ${step}`));
    assert.deepEqual(answer, { taken: true, present: texts.get(seq) });
  } else if (dice < 0.75) {
    // All but the highest may go: that is the rule for whoever removes.
    const going = [...texts.keys()].filter((seq) => seq !== highest && next() < 0.5);
    await store.remove(log, going);
    for (const seq of going) texts.delete(seq);
  } else if (dice < 0.9) {
    const from = 1 + Math.floor(next() * (highest + 1));
    const wanted = [...texts].filter(([seq]) => seq >= from).map(([seq, text]) => ({ seq, text }));
    assert.deepEqual(await store.read(log, from), wanted);
  } else {
    const text = texts.get(highest);
    assert.deepEqual(await store.last(log), text === undefined ? undefined : { seq: highest, text });
  }
}

/** What no single law thinks of. */
export const randomLaws: readonly Law[] = [
  {
    name: "any mix of calls by three handles leaves what a simple model of the store says",
    quotes: "All laws together.",
    async prove(bench, seed) {
      const next = chance(seed);
      const stores = [bench.store, ...(await handles(bench, 2))];
      const model = new Map<string, Expected>(LOGS.map((log) => [log, { texts: new Map(), highest: 0 }]));
      for (let i = 0; i < STEPS; i++) {
        const store = stores[Math.floor(next() * stores.length)];
        const log = LOGS[Math.floor(next() * LOGS.length)];
        const expected = log === undefined ? undefined : model.get(log);
        assert.ok(store && log !== undefined && expected);
        await step(store, log, expected, next, i);
      }
      const filled = LOGS.filter((log) => (model.get(log)?.texts.size ?? 0) > 0);
      assert.deepEqual(await bench.store.logs(""), filled.toSorted());
    },
  },
];
