import { describe, expect, test } from "bun:test";
import { CairnError } from "../../../src/base/mod.ts";
import { openLocalStore, systemFileSystem, type CheckpointStore } from "../../../src/store/mod.ts";
import { tempDir } from "../../kit/mod.ts";
import { caught } from "../failure.ts";
import { faultyFileSystem, type FileFault } from "./faulty-file-system.ts";

const LOG = "p/k/run";
/** More operations than any call here makes. */
const MOST_OPERATIONS = 60;

function text(seq: number, body: string = "the record"): string {
  return `{"seq":${seq},"body":"${body} ${seq}"}`;
}

async function outcome(call: () => Promise<unknown>): Promise<unknown> {
  try {
    return await call();
  } catch (thrown) {
    return thrown;
  }
}

/** Fails the n-th file operation of `act`, for n = 1, 2, 3 … until it makes fewer than n. */
async function everyOperation(
  kind: FileFault,
  times: number,
  prove: (
    folder: string,
    faulty: ReturnType<typeof faultyFileSystem>,
    at: number,
  ) => Promise<"done" | "further">,
): Promise<number> {
  for (let at = 1; at <= MOST_OPERATIONS; at++) {
    using dir = tempDir();
    const faulty = faultyFileSystem(systemFileSystem);
    if ((await prove(dir.join("store"), faulty, at)) === "done") return at;
  }
  throw new Error("the call never came to an end");
}

async function settle(store: CheckpointStore, seq: number): Promise<void> {
  const answer = await store.append(LOG, seq, text(seq));
  expect(answer.taken ? answer.present : text(seq)).toBe(text(seq));
}

describe("a local store whose n-th file operation fails, for every n", () => {
  for (const kind of ["before", "after", "short"] as const) {
    for (const times of [1, 3]) {
      for (const appended of [0, 2]) {
        test(`append number ${appended + 1}, ${times} operations in a row failing (${kind}): the error is the store's, and the same text sent again settles it`, async () => {
          const operations = await everyOperation(kind, times, async (folder, faulty, at) => {
            const store = await openLocalStore({ folder, fs: faulty.fs });
            for (let seq = 1; seq <= appended; seq++) await store.append(LOG, seq, text(seq));
            faulty.arm(at, kind, times);
            const answer = await outcome(() => store.append(LOG, appended + 1, text(appended + 1)));
            const made = faulty.calls.length;
            faulty.disarm();
            if (answer instanceof Error) {
              expect(answer).toBeInstanceOf(CairnError);
              expect((answer as CairnError).kind).toBe("world");
            }
            // Whatever a reader sees meanwhile is whole.
            for (const record of await store.read(LOG)) expect(record.text).toBe(text(record.seq));
            await settle(store, appended + 1);
            await settle(store, appended + 2);
            const fresh = await openLocalStore({ folder });
            expect(await fresh.read(LOG)).toEqual(
              Array.from({ length: appended + 2 }, (_, i) => ({ seq: i + 1, text: text(i + 1) })),
            );
            await fresh.close();
            await store.close();
            return made < at ? "done" : "further";
          });
          expect(operations).toBeGreaterThan(4);
        });
      }
    }

    test(`remove (${kind}): all of it or nothing has happened, and trying again ends it`, async () => {
      await everyOperation(kind, 1, async (folder, faulty, at) => {
        const store = await openLocalStore({ folder, fs: faulty.fs });
        for (let seq = 1; seq <= 5; seq++) await store.append(LOG, seq, text(seq));
        faulty.arm(at, kind);
        await outcome(() => store.remove(LOG, [1, 2, 3]));
        const made = faulty.calls.length;
        faulty.disarm();
        const reader = await openLocalStore({ folder });
        expect([5, 2]).toContain((await reader.read(LOG)).length);
        await store.remove(LOG, [1, 2, 3]);
        await settle(store, 6);
        expect((await reader.read(LOG)).map(({ seq }) => seq)).toEqual([4, 5, 6]);
        await reader.close();
        await store.close();
        return made < at ? "done" : "further";
      });
    });

    test(`taking a lease (${kind}): it is never held by nobody`, async () => {
      const holder = {
        id: "1",
        host: "h",
        pid: 1,
        pidStart: "",
        bootId: "",
        pidNamespace: "",
        since: "",
        groups: [],
      };
      await everyOperation(kind, 1, async (folder, faulty, at) => {
        const store = await openLocalStore({ folder, fs: faulty.fs });
        faulty.arm(at, kind);
        const answer = await outcome(() => store.takeLease("p/lock", holder));
        const made = faulty.calls.length;
        faulty.disarm();
        const failed = answer instanceof Error || (answer as { held: boolean }).held;
        const again = await store.takeLease("p/lock", holder);
        expect(again.held).toBe(!failed);
        return made < at ? "done" : "further";
      });
    });
  }

  test("reading: an error or everything, never a part", async () => {
    for (const call of ["read", "last"] as const) {
      await everyOperation("before", 1, async (folder, faulty, at) => {
        const store = await openLocalStore({ folder, fs: faulty.fs });
        for (let seq = 1; seq <= 3; seq++) await store.append(LOG, seq, text(seq));
        faulty.arm(at, "before");
        const answer = await outcome(() => store[call](LOG));
        const made = faulty.calls.length;
        faulty.disarm();
        if (answer instanceof Error) expect(answer).toBeInstanceOf(CairnError);
        else expect(answer).toEqual(await store[call](LOG));
        await store.close();
        return made < at ? "done" : "further";
      });
    }
  });
});

test("after a failed sync the record is written again, not only synced again", async () => {
  using dir = tempDir();
  const faulty = faultyFileSystem(systemFileSystem);
  const store = await openLocalStore({ folder: dir.path, fs: faulty.fs });
  await store.append(LOG, 1, text(1));
  faulty.arm(1, "before", 0);
  await store.append(LOG, 2, text(2));
  const sync = faulty.calls.indexOf("syncData") + 1;
  // The sync fails, and so does cutting the file back: the record stands in the file, its page lost.
  faulty.arm(sync, "before", 2);
  expect((await caught(() => store.append(LOG, 3, text(3)))).message).toMatch("EIO");
  faulty.arm(1, "before", 0);
  expect(await store.append(LOG, 3, text(3))).toEqual({ taken: true, present: text(3) });
  const write = faulty.calls.indexOf("write");
  expect(write).toBeGreaterThan(-1);
  expect(faulty.calls.indexOf("syncData")).toBeGreaterThan(write);
  await store.close();
});
