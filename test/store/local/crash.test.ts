import { describe, expect, test } from "bun:test";
import {
  openFolderStore,
  type CheckpointStore,
  type FolderLayout,
  type StoredRecord,
} from "../../../src/store/mod.ts";
import { seeded } from "../../kit/mod.ts";
import { CrashFileSystem } from "./crash-file-system.ts";

const FOLDER = "/data/checkpoints";
/** Power losses tried at each operation: what is lost is chance. */
const LOSSES = 4;

/** The logs that the store has to hold. */
type Logs = Map<string, readonly StoredRecord[]>;

interface Step {
  readonly log: string;
  readonly does: (store: CheckpointStore) => Promise<unknown>;
  /** The log after it. */
  readonly gives: (before: readonly StoredRecord[]) => readonly StoredRecord[];
}

function text(seq: number): string {
  return `{"seq":${seq},"body":"${"record ".repeat(5)}${seq}"}`;
}

function append(log: string, seq: number): Step {
  return {
    log,
    does: (store) => store.append(log, seq, text(seq)),
    gives: (before) => [...before, { seq, text: text(seq) }],
  };
}

function remove(log: string, ...seqs: number[]): Step {
  return {
    log,
    does: (store) => store.remove(log, seqs),
    gives: (before) => before.filter(({ seq }) => !seqs.includes(seq)),
  };
}

/** Two runs with their cleanup, a third one in a folder that was swept, another key, another pipeline. */
const SCRIPT: readonly Step[] = [
  append("p/k/keys", 1),
  append("p/k/runs/a", 1),
  append("p/k/runs/a", 2),
  append("p/k/runs/a", 3),
  append("p/k/keys", 2),
  append("p/k/runs/b", 1),
  append("p/k/runs/a", 4),
  remove("p/k/runs/a", 1, 2, 3),
  append("p/k/runs/b", 2),
  remove("p/k/runs/a", 4),
  remove("p/k/runs/b", 1, 2),
  append("p/k/keys", 3),
  append("p/k/runs/c", 1),
  append("p/k/runs/c", 2),
  append("p/other/keys", 1),
  append("p/other/runs/d", 1),
  append("q/k/keys", 1),
];

const LOGS = [...new Set(SCRIPT.map(({ log }) => log))];

function open(fs: CrashFileSystem, layout: FolderLayout): Promise<CheckpointStore> {
  return openFolderStore({ folder: FOLDER, fs, layout });
}

/** Runs the script until the power goes; returns what was answered, and the step that was under way. */
async function runScript(store: CheckpointStore): Promise<{ logs: Logs; underWay: Step | undefined }> {
  const logs: Logs = new Map();
  for (const step of SCRIPT) {
    try {
      await step.does(store);
    } catch {
      return { logs, underWay: step };
    }
    logs.set(step.log, step.gives(logs.get(step.log) ?? []));
  }
  return { logs, underWay: undefined };
}

/** The records that count: torn ones don't. */
async function readable(store: CheckpointStore, log: string): Promise<readonly StoredRecord[]> {
  return (await store.read(log)).filter((record) => record.text !== undefined);
}

/** What a removal of several objects may leave: any part of them. */
function allowed(before: readonly StoredRecord[], step: Step | undefined, layout: FolderLayout): string[] {
  if (step === undefined) return [JSON.stringify(before)];
  const after = step.gives(before);
  const states = [before, after];
  if (layout === "link" && after.length < before.length) {
    const going = before.filter((record) => !after.includes(record));
    for (let mask = 0; mask < 2 ** going.length; mask++) {
      const gone = new Set(going.filter((_, index) => (mask >> index) & 1));
      states.push(before.filter((record) => !gone.has(record)));
    }
  }
  return states.map((state) => JSON.stringify(state));
}

for (const layout of ["lines", "link"] as const) {
  describe(`a power loss at every file operation (layout ${layout})`, () => {
    test("what another process read after its writer was killed is there after a power loss, too", async () => {
      const chance = seeded(`kill, read, power loss, ${layout}`);
      const whole = new CrashFileSystem();
      await runScript(await open(whole, layout));
      for (let at = 1; at <= whole.operations + 1; at++) {
        const fs = new CrashFileSystem();
        const store = await open(fs, layout);
        fs.lossAt = fs.operations + at;
        await runScript(store);
        fs.killProcesses();
        const reader = await open(fs, layout);
        for (const log of LOGS) {
          const found = await readable(reader, log);
          for (let loss = 0; loss < LOSSES; loss++) {
            const after = await open(
              fs.recover(() => chance.next()),
              layout,
            );
            // A removal may be undone by the loss: then there is more than was read, never less.
            const there = (await readable(after, log)).map((record) => record.text);
            for (const record of found) expect(there).toContain(record.text);
          }
        }
      }
    }, 60_000);

    test("what was answered is there, what was under way happened or not, and the log can be written on", async () => {
      const chance = seeded(`power loss, ${layout}`);
      const whole = new CrashFileSystem();
      await runScript(await open(whole, layout));
      expect(whole.operations).toBeGreaterThan(100);
      for (let at = 1; at <= whole.operations + 1; at++) {
        for (let loss = 0; loss < LOSSES; loss++) {
          const fs = new CrashFileSystem();
          const store = await open(fs, layout).catch(() => undefined);
          fs.lossAt = fs.operations + at;
          if (store === undefined) throw new Error("the store could not be opened");
          const { logs, underWay } = await runScript(store);
          const recovered = fs.recover(() => chance.next());
          const after = await open(recovered, layout);
          for (const log of LOGS) {
            const found = await readable(after, log);
            const step = underWay?.log === log ? underWay : undefined;
            expect(allowed(logs.get(log) ?? [], step, layout)).toContain(JSON.stringify(found));
            const next = ((await after.last(log))?.seq ?? 0) + 1;
            expect(await after.append(log, next, text(next))).toEqual({ taken: false });
            const again = await open(
              recovered.recover(() => chance.next()),
              layout,
            );
            expect(await readable(again, log)).toEqual([...found, { seq: next, text: text(next) }]);
          }
        }
      }
    }, 60_000);
  });
}
