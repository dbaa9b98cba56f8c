import assert from "node:assert/strict";
import { handles, type Law } from "./law.ts";
import { fill, recordText } from "./records.ts";

/** What is removed is gone, and doesn't come back by the hand of a writer that slept. */
export const removalLaws: readonly Law[] = [
  {
    name: "removed records are left out of what is read, and the others stay as they are",
    quotes: "`read` gives records in the order of their numbers, gaps (removed records) left out.",
    async prove(bench) {
      const [other] = await handles(bench, 1);
      assert.ok(other);
      const texts = await fill(bench.store, "log", 1, 6);
      await bench.store.remove("log", [2, 3, 5, 99]);
      for (const store of [bench.store, other]) {
        assert.deepEqual(
          await store.read("log"),
          [1, 4, 6].map((seq) => ({ seq, text: texts[seq - 1] })),
        );
        assert.deepEqual(await store.last("log"), { seq: 6, text: texts[5] });
        assert.deepEqual(await store.read("log", 5), [{ seq: 6, text: texts[5] }]);
      }
      assert.deepEqual(await other.append("log", 7, recordText(7, "next")), { taken: false });
      assert.deepEqual(await bench.store.append("log", 7, recordText(7, "late")), {
        taken: true,
        present: recordText(7, "next"),
      });
    },
  },
  {
    name: "the highest record that is kept refuses its number for good",
    quotes: "Elsewhere the highest record must be kept by whoever removes.",
    async prove(bench) {
      const [zombie] = await handles(bench, 1);
      assert.ok(zombie);
      await fill(zombie, "log", 1, 4);
      await fill(bench.store, "log", 5, 5);
      await bench.store.remove("log", [1, 2, 3, 4]);
      assert.deepEqual(await zombie.append("log", 5, recordText(5, "zombie")), {
        taken: true,
        present: (await bench.store.last("log"))?.text,
      });
      assert.equal((await bench.store.read("log")).length, 1);
    },
  },
  {
    name: "a log whose last record is removed is gone, and can be made anew",
    quotes: "The log is gone when its last record is.",
    async prove({ store }) {
      await fill(store, "p/k/runs/a", 1, 3);
      await fill(store, "p/k/keys", 1, 1);
      await store.remove("p/k/runs/a", [1, 2]);
      assert.deepEqual(await store.logs(""), ["p/k/keys", "p/k/runs/a"]);
      await store.remove("p/k/runs/a", [3]);
      assert.deepEqual(await store.logs(""), ["p/k/keys"]);
      assert.deepEqual(await store.read("p/k/runs/a"), []);
      await fill(store, "p/k/runs/a", 1, 1);
      assert.deepEqual(await store.logs("p/k/runs/"), ["p/k/runs/a"]);
    },
  },
  {
    name: "a writer that slept while its run was superseded, deleted and pruned is refused each time",
    quotes: "Then remove all but the final record, the very number a sleeping writer would try.",
    async prove(bench) {
      const [sleeper] = await handles(bench, 1);
      assert.ok(sleeper);
      await fill(sleeper, "run", 1, 3);
      const mine = recordText(4, "completion of the sleeper");
      const superseded = recordText(4, "superseded");
      assert.deepEqual(await bench.store.append("run", 4, superseded), { taken: false });
      assert.deepEqual(await sleeper.append("run", 4, mine), { taken: true, present: superseded });
      await bench.store.remove("run", [1, 2, 3]);
      assert.deepEqual(await sleeper.append("run", 4, mine), { taken: true, present: superseded });
      assert.deepEqual(await bench.store.read("run"), [{ seq: 4, text: superseded }]);
    },
  },
];
