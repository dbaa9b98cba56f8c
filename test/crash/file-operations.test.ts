import { expect, test } from "bun:test";
import type { RunResult } from "../../src/api/mod.ts";
import { type FileSystem, localStore, systemFileSystem } from "../../src/store/mod.ts";
import { faultyFileSystem, type FileFault } from "../store/local/faulty-file-system.ts";
import { crashWorld, type CrashWorld, NAMES } from "./world.ts";

/** More operations than a run of three components has: the loop must have come to its end before. */
const MOST_OPERATIONS = 2_000;
/** Every operation in a long run; else every third, begun at a place that changes with the kind of fault. */
const STRIDE = process.env["CAIRN_TEST_LONG"] === "1" ? 1 : 3;

/** Completions that somebody was told of: they are in the result of the run that failed. */
function reported(result: RunResult | undefined): string[] {
  return (result?.components ?? [])
    .filter(({ status }) => status === "completed" || status === "restored")
    .map(({ name }) => name);
}

/** A run on a file system that fails. Its store is closed whatever happens, as the death of a process would do. */
async function runBroken(world: CrashWorld, fs: FileSystem): Promise<RunResult> {
  const store = localStore({ folder: world.location, fs });
  try {
    return await world.run(store);
  } finally {
    await store.close().catch(() => undefined);
  }
}

for (const [offset, fault] of (["before", "after", "short"] as readonly FileFault[]).entries()) {
  test(`every file operation failing in turn (${fault}): nothing reported runs again, nothing is left out`, async () => {
    for (let at = 1 + (STRIDE > 1 ? offset : 0); ; at += STRIDE) {
      expect(at).toBeLessThan(MOST_OPERATIONS);
      using world = crashWorld();
      const faulty = faultyFileSystem(systemFileSystem);
      faulty.arm(at, fault, 1_000_000);
      const first = await runBroken(world, faulty.fs).catch(() => undefined);
      const calls = faulty.calls.length;
      const before = world.ran();
      const told = reported(first);

      const healthy = localStore({ folder: world.location });
      const second = await world.run(healthy);
      await healthy.close();
      const again = world.ran();
      expect(second.exitCode, JSON.stringify({ at, fault, second })).toBe(0);
      expect(
        again.filter((name) => told.includes(name)),
        `operation ${at} failed ${fault}`,
      ).toEqual([]);
      expect(new Set([...before, ...again])).toEqual(new Set(NAMES));
      if (first !== undefined && first.exitCode !== 0) expect([1, 6]).toContain(first.exitCode);
      // The run was over before the fault could strike.
      if (calls < at) break;
    }
  }, 300_000);
}
