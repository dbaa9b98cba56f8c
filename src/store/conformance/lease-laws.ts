import assert from "node:assert/strict";
import type { CheckpointStore, Lease, LeaseAnswer } from "../store.ts";
import { handles, needed, type Law } from "./law.ts";
import { holderOf } from "./records.ts";

async function take(store: CheckpointStore, name: string, id: string): Promise<Lease> {
  const answer = await store.takeLease(name, holderOf(id));
  assert.ok(!answer.held, `${id} was refused the lease`);
  return answer.lease;
}

function holderId(answer: LeaseAnswer): string | undefined {
  return answer.held ? answer.holder?.id : undefined;
}

/** At most one holder, and never a lock without a living owner. */
export const leaseLaws: readonly Law[] = [
  {
    name: "of 20 that want a lease at once exactly one gets it",
    quotes: "At most one holder has a lease that is not lost.",
    async prove(bench) {
      const stores = await handles(bench, 4);
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, i) => {
          const store = stores[i % stores.length];
          assert.ok(store);
          return store.takeLease("p/k/lock", holderOf(`racer ${i}`));
        }),
      );
      assert.equal(answers.filter(({ held }) => !held).length, 1);
    },
  },
  {
    name: "whoever meets a held lease is told who holds it and what it noted",
    quotes: "Who holds a lease, as written into it.",
    async prove(bench) {
      const [other] = await handles(bench, 1);
      assert.ok(other);
      const lease = await take(bench.store, "lock", "first");
      assert.equal(holderId(await other.takeLease("lock", holderOf("second"))), "first");
      await lease.note({ runId: "run-1", groups: [{ pgid: 77, leaderStart: "1" }] });
      await lease.note({ groups: [{ pgid: 78, leaderStart: "2" }] });
      const wanted = { ...holderOf("first"), runId: "run-1", groups: [{ pgid: 78, leaderStart: "2" }] };
      assert.deepEqual(await other.leaseHolder("lock"), wanted);
      await lease.note({ groups: [] });
      assert.deepEqual((await other.leaseHolder("lock"))?.groups, []);
      lease.check();
      assert.equal(lease.lost.aborted, false);
      await lease.release();
    },
  },
  {
    name: "a released lease is free at once, and nobody is named as its previous holder",
    quotes: "`previous`: the holder it was taken over from, when that one did not release it.",
    async prove(bench) {
      const [other] = await handles(bench, 1);
      assert.ok(other);
      assert.equal(await other.leaseHolder("lock"), undefined);
      for (let round = 0; round < 3; round++) {
        const lease = await take(bench.store, "lock", `holder ${round}`);
        await lease.release();
        await lease.release();
        assert.equal(await other.leaseHolder("lock"), undefined);
        const answer = await other.takeLease("lock", holderOf("second"));
        assert.ok(!answer.held);
        assert.equal(answer.previous, undefined);
        await answer.lease.release();
      }
    },
  },
  {
    name: "leases of different names and logs of the same name don't touch each other",
    quotes: "Logs of numbered records, and leases.",
    async prove(bench) {
      const first = await take(bench.store, "p/a/lock", "first");
      const second = await take(bench.store, "p/b/lock", "second");
      await bench.store.append("p/a/lock", 1, '{"seq":1,"a":1}');
      first.check();
      second.check();
      assert.equal((await bench.store.read("p/a/lock")).length, 1);
      assert.deepEqual(await bench.store.logs(""), ["p/a/lock"]);
      await first.release();
      second.check();
      await second.release();
    },
  },
  {
    name: "the lease of a dead process is taken over, and its taker told whose it was",
    quotes: "The lease of a dead process on this host is taken over at once where `can.lease` is `os`.",
    async prove(bench) {
      const die = needed(bench, "die");
      const [dying, heir] = await handles(bench, 2);
      assert.ok(dying && heir);
      const lease = await take(dying, "lock", "dying");
      await lease.note({ runId: "run-1", groups: [{ pgid: 99, leaderStart: "5" }] });
      assert.equal(holderId(await heir.takeLease("lock", holderOf("heir"))), "dying");
      await die(dying);
      assert.equal(await heir.leaseHolder("lock"), undefined);
      const answer = await heir.takeLease("lock", holderOf("heir"));
      assert.ok(!answer.held);
      assert.equal(answer.previous?.id, "dying");
      assert.deepEqual(answer.previous?.groups, [{ pgid: 99, leaderStart: "5" }]);
      answer.lease.check();
      assert.equal((await bench.store.leaseHolder("lock"))?.id, "heir");
      await answer.lease.release();
    },
  },
];
