import { expect, test } from "bun:test";
import type { ObjectOperations } from "../../../src/store/mod.ts";
import { seeded } from "../../kit/mod.ts";
import { holderOf, World } from "./world.ts";

test("a lease that many want at random instants has never two holders who both believe in it", async () => {
  const chance = seeded("lease races");
  for (let round = 0; round < 20; round++) {
    const world = new World();
    const jitter = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, chance.int(3)));
    const processes = Array.from({ length: 5 }, () => {
      const objects = world.objects();
      const slow: ObjectOperations = {
        ...objects,
        putIfAbsent: async (...args) => {
          await jitter();
          return objects.putIfAbsent(...args);
        },
        list: async (...args) => {
          await jitter();
          return objects.list(...args);
        },
      };
      return world.process({ objects: slow });
    });
    if (chance.next() < 0.5) {
      const first = await world.process().store.takeLease("lock", holderOf("first"));
      if (!first.held) await first.lease.release();
    }
    const answers = await Promise.all(
      processes.map(({ store }, i) => store.takeLease("lock", holderOf(`racer ${i}`))),
    );
    expect(answers.filter(({ held }) => !held).length).toBeLessThanOrEqual(1);
    const winner = answers.find(({ held }) => !held);
    const highest = await world.process().store.leaseHolder("lock");
    if (winner !== undefined && !winner.held) {
      winner.lease.check();
      expect(highest?.id).toStartWith("racer");
    }
  }
});
