import type { Database } from "bun:sqlite";
import type { Lease, LeaseAnswer, LeaseHolder } from "../../src/api/mod.ts";

/** How long a lease holds without being renewed, and how often it is renewed, in ms. */
const LEASE_MS = 60_000;
const RENEW_MS = LEASE_MS / 5;

interface LeaseRow {
  readonly owner: string | null;
  readonly holder: string;
  readonly until: number;
}

export interface SqliteLeases {
  take(name: string, holder: LeaseHolder): LeaseAnswer;
  /** The live holder. */
  holder(name: string): LeaseHolder | undefined;
}

/** Leases that end by time: a row with an owner and a deadline, renewed by its owner alone. */
export function sqliteLeases(db: Database): SqliteLeases {
  const find = db.query<LeaseRow, [string]>("SELECT owner, holder, until FROM leases WHERE name = ?1");
  const put = db.query("INSERT OR REPLACE INTO leases VALUES (?1, ?2, ?3, ?4)");
  const isHeld = (row: LeaseRow): boolean => row.owner !== null && row.until > Date.now();
  const takeRow = db.transaction((name: string, owner: string, holder: LeaseHolder) => {
    const present = find.get(name);
    if (present !== null && isHeld(present)) return { held: true as const, present };
    put.run(name, owner, JSON.stringify(holder), Date.now() + LEASE_MS);
    return { held: false as const, present };
  });
  return {
    take(name, holder) {
      const owner = crypto.randomUUID();
      const answer = takeRow.immediate(name, owner, holder);
      if (answer.held) {
        const { holder: text, until } = answer.present;
        const known = JSON.parse(text) as LeaseHolder;
        return { held: true, holder: known, until: new Date(until).toISOString() };
      }
      // Whoever did not release it died, or sleeps: the next one must end what it left running.
      const previous = answer.present?.owner == null ? undefined : answer.present.holder;
      return {
        held: false,
        lease: heldLease(db, name, owner, holder),
        ...(previous === undefined ? {} : { previous: JSON.parse(previous) as LeaseHolder }),
      };
    },
    holder(name) {
      const row = find.get(name);
      return row !== null && isHeld(row) ? (JSON.parse(row.holder) as LeaseHolder) : undefined;
    },
  };
}

/** A lease that is held, renewed until it is released or lost. */
function heldLease(db: Database, name: string, owner: string, holder: LeaseHolder): Lease {
  const find = db.query<LeaseRow, [string]>("SELECT owner, holder, until FROM leases WHERE name = ?1");
  const renew = db.query("UPDATE leases SET until = ?3 WHERE name = ?1 AND owner = ?2");
  const note = db.query("UPDATE leases SET holder = ?3 WHERE name = ?1 AND owner = ?2");
  const free = db.query("UPDATE leases SET owner = NULL WHERE name = ?1 AND owner = ?2");
  const lost = new AbortController();
  let current = holder;
  let deadline = performance.now() + LEASE_MS;
  const timer = setInterval(() => {
    if (renew.run(name, owner, Date.now() + LEASE_MS).changes === 1) deadline = performance.now() + LEASE_MS;
    else lost.abort(new Error(`the lease "${name}" was taken over`));
  }, RENEW_MS);
  timer.unref();
  return {
    lost: lost.signal,
    check() {
      if (performance.now() > deadline || find.get(name)?.owner !== owner) {
        lost.abort(new Error(`the lease "${name}" is not ours any more`));
      }
      lost.signal.throwIfAborted();
    },
    note(change) {
      current = { ...current, ...change };
      note.run(name, owner, JSON.stringify(current));
      return Promise.resolve();
    },
    release() {
      clearInterval(timer);
      free.run(name, owner);
      return Promise.resolve();
    },
  };
}
