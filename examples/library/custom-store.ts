/**
 * `class RedisCheckpointStore extends CheckpointStore`: a store of one's own. This one keeps its records in an
 * SQLite file. Its shape differs from the page's `save`/`loadLatest`, which could not keep a second writer out:
 * records are appended at numbers, and each number can be taken once (here: a primary key).
 *
 *     bun examples/library/custom-store.ts pipeline.conf checkpoints.sqlite
 */
import { Database } from "bun:sqlite";
import { type CheckpointStore, loadConfig, runPipeline, type RunResult } from "../../src/api/mod.ts";
import { sqliteLeases } from "./sqlite-leases.ts";

interface Row {
  readonly seq: number;
  readonly text: string;
}

const TABLES = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA busy_timeout = 10000;
  CREATE TABLE IF NOT EXISTS records (log TEXT, seq INTEGER, text TEXT, at INTEGER, PRIMARY KEY (log, seq)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS leases (name TEXT PRIMARY KEY, owner TEXT, holder TEXT, until INTEGER);
`;

/** A checkpoint store in an SQLite file. */
export function sqliteCheckpointStore(file: string): CheckpointStore {
  const db = new Database(file, { create: true });
  db.run(TABLES);
  const insert = db.query("INSERT OR IGNORE INTO records VALUES (?1, ?2, ?3, ?4)");
  const one = db.query<Row, [string, number]>("SELECT seq, text FROM records WHERE log = ?1 AND seq = ?2");
  const from = db.query<Row, [string, number]>(
    "SELECT seq, text FROM records WHERE log = ?1 AND seq >= ?2 ORDER BY seq",
  );
  const top = db.query<Row & { readonly at: number }, [string]>(
    "SELECT seq, text, at FROM records WHERE log = ?1 ORDER BY seq DESC LIMIT 1",
  );
  const names = db.query<{ readonly log: string }, []>("SELECT DISTINCT log FROM records ORDER BY log");
  const remove = db.query("DELETE FROM records WHERE log = ?1 AND seq = ?2");

  const leases = sqliteLeases(db);
  const append = db.transaction((log: string, seq: number, text: string) => {
    const present = top.get(log)?.seq ?? 0;
    if (seq <= present) {
      // Taken, or removed, which is the same to a writer who comes late.
      return { taken: true as const, present: one.get(log, seq)?.text };
    }
    if (seq > present + 1) throw new Error(`record ${seq} of ${log} would leave a gap after ${present}`);
    insert.run(log, seq, text, Date.now());
    return { taken: false as const };
  });

  const highest = (log: string): { readonly seq: number; readonly text: string } | undefined => {
    const row = top.get(log);
    return row === null ? undefined : { seq: row.seq, text: row.text };
  };
  return {
    location: `sqlite:${file}`,
    can: { lease: "timed", durable: true },
    append: (log, seq, text, signal) => attempt(log, signal, () => append.immediate(log, seq, text)),
    read: (log, first = 1, signal) => attempt(log, signal, () => from.all(log, first)),
    last: (log, signal) => attempt(log, signal, () => highest(log)),
    logs: (prefix, signal) =>
      attempt(prefix.replace(/\/$/, "") || "all", signal, () =>
        names.all().flatMap(({ log }) => (log.startsWith(prefix) ? [log] : [])),
      ),
    remove: (log, seqs, signal) =>
      attempt(log, signal, () => {
        for (const seq of seqs) remove.run(log, seq);
      }),
    takeLease: (name, holder, signal) => attempt(name, signal, () => leases.take(name, holder)),
    leaseHolder: (name, signal) => attempt(name, signal, () => leases.holder(name)),
    time: (signal) => attempt("time", signal, () => Date.now()),
    writtenAt: (log, signal) => attempt(log, signal, () => top.get(log)?.at),
    close: () => attempt("close", undefined, () => db.close()),
  };
}

/** Relative paths of safe segments of at most 200 characters; no file is named by them here, but the contract is the same for all stores. */
const NAME = /^[a-z0-9._-]{1,200}(?:\/[a-z0-9._-]{1,200})*$/;

/** SQLite answers at once; what it throws becomes a rejection. */
async function attempt<T>(name: string, signal: AbortSignal | undefined, work: () => T): Promise<T> {
  signal?.throwIfAborted();
  if (!NAME.test(name) || name.split("/").some((segment) => segment === "." || segment === "..")) {
    throw new Error(`${JSON.stringify(name)} is no name of a log or lease`);
  }
  return Promise.resolve(work());
}

export async function example(configPath: string, file: string): Promise<RunResult> {
  const store = sqliteCheckpointStore(file);
  const result = await runPipeline(await loadConfig(configPath), { store, autoResume: true });
  await store.close();
  return result;
}

if (import.meta.main)
  await example(process.argv[2] ?? "pipeline.conf", process.argv[3] ?? "checkpoints.sqlite");
