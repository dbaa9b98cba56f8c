import { expect, test } from "bun:test";
import { join } from "node:path";
import { readFileSync } from "node:fs";
import { openLocalStore } from "../../../src/store/mod.ts";
import { tempDir } from "../../kit/mod.ts";
import { caught } from "../failure.ts";
import { childStore, type ChildStore } from "../child-store.ts";

const PROCESSES = 50;
const holder = (id: string) => ({
  id,
  host: "h",
  pid: 1,
  pidStart: "",
  bootId: "",
  pidNamespace: "",
  since: "",
  groups: [],
});

/** Opens stores in that many processes, a few at a time, and ends them with the scope. */
async function processes(folder: string, count: number): Promise<{ stores: ChildStore[] } & AsyncDisposable> {
  const stores: ChildStore[] = [];
  const atOnce = 8;
  while (stores.length < count) {
    const some = Array.from({ length: Math.min(atOnce, count - stores.length) }, () => childStore(folder));
    await Promise.all(some.map((store) => store.time()));
    stores.push(...some);
  }
  return {
    stores,
    async [Symbol.asyncDispose]() {
      await Promise.all(stores.map((store) => store.kill()));
    },
  };
}

test("of 50 processes that race for a number of a new log, and for the next, exactly one gets each", async () => {
  using dir = tempDir();
  await using racing = await processes(dir.join("store"), PROCESSES);
  for (const seq of [1, 2]) {
    const answers = await Promise.all(
      racing.stores.map((store, i) => store.append("p/k/keys", seq, `{"seq":${seq},"racer":${i}}`)),
    );
    const winners = answers.flatMap((answer, i) => (answer.taken ? [] : [i]));
    expect(winners).toHaveLength(1);
    const winning = `{"seq":${seq},"racer":${winners[0]}}`;
    for (const answer of answers) if (answer.taken) expect(answer.present).toBe(winning);
    expect(readFileSync(dir.join("store/p/k/keys.jsonl"), "utf8").split("\n")[seq - 1]).toBe(winning);
  }
  const leases = await Promise.all(
    racing.stores.map((store, i) => store.takeLease("p/k/lock", holder(`${i}`))),
  );
  expect(leases.filter(({ held }) => !held)).toHaveLength(1);
}, 60_000);

test("a lease is free as soon as its process is killed, while other processes of that process live on", async () => {
  using dir = tempDir();
  const dying = childStore(dir.path);
  const store = await openLocalStore({ folder: dir.path });
  await dying.takeLease("lock", holder("dying"));
  expect((await store.takeLease("lock", holder("heir"))).held).toBe(true);
  expect((await store.leaseHolder("lock"))?.id).toBe("dying");
  await dying.kill();
  const answer = await store.takeLease("lock", holder("heir"));
  if (answer.held) throw new Error("the lock of a dead process is held");
  expect(answer.previous?.id).toBe("dying");
  await answer.lease.release();
});

test("a spawned child does not keep the locks of its parent alive", async () => {
  using dir = tempDir();
  const parent = Bun.spawn([process.execPath, join(import.meta.dir, "lock-holder.ts"), dir.path], {
    stdout: "pipe",
    stderr: "inherit",
  });
  const reader = parent.stdout.getReader();
  const { value } = await reader.read();
  const grandchild = Number(new TextDecoder().decode(value));
  try {
    const store = await openLocalStore({ folder: dir.path });
    expect((await store.takeLease("lock", holder("heir"))).held).toBe(true);
    parent.kill("SIGKILL");
    await parent.exited;
    expect(process.kill(grandchild, 0)).toBe(true);
    expect((await store.takeLease("lock", holder("heir"))).held).toBe(false);
    expect(await store.append("run", 2, '{"seq":2,"a":1}')).toEqual({ taken: false });
    await store.close();
  } finally {
    process.kill(grandchild, "SIGKILL");
  }
});

test("a log that another process keeps locked is waited for, then named with the way to find that process", async () => {
  using dir = tempDir();
  const store = await openLocalStore({ folder: dir.path, patienceMs: 100 });
  await store.append("run", 1, '{"seq":1,"a":1}');
  const locker = Bun.spawn(["flock", dir.join("run.jsonl"), "sleep", "60"], {
    stdout: "ignore",
    stderr: "ignore",
  });
  try {
    while (!(await Bun.file("/proc/locks").text()).includes(` ${locker.pid} `)) await Bun.sleep(5);
    expect(await caught(() => store.append("run", 2, '{"seq":2,"a":1}'))).toMatchObject({
      code: "STORE_BUSY",
    });
    expect(await store.read("run")).toHaveLength(1);
  } finally {
    locker.kill("SIGKILL");
    await locker.exited;
  }
  await store.close();
});
