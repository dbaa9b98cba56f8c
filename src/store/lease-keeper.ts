import type { LeaseHolder } from "./store.ts";

/** What a lease object says. */
export interface LeaseNote {
  /** Undefined where the object can't be read. */
  readonly holder: LeaseHolder | undefined;
  /** New for each taking: tells our own object from another's when an answer was lost. */
  readonly token: string;
  /** How long the lease lasts after each writing, in ms: what its holder counts on. */
  readonly durationMs: number;
  readonly released: boolean;
}

/** A lease that another process of this machine is to renew. */
export interface LeaseOrder {
  /** The lease's name. */
  readonly name: string;
  /** Number of its object. */
  readonly number: number;
  readonly note: LeaseNote;
  /** When it was last written: the machine's time since its start, in ms, that runs on while it sleeps. */
  readonly renewedAt: number;
}

/** How a lease stands. */
export interface LeaseStanding {
  /** Until when it is surely held if nobody renews it, on the clock of {@link LeaseOrder.renewedAt}. */
  readonly deadline: number;
  /** True where somebody else has taken it over. */
  readonly takenOver: boolean;
}

/** Renews a lease in the place of its holder. */
export interface LeaseKeeper {
  /** Begins to renew it. */
  keep(order: LeaseOrder): Promise<void>;
  /** Has the lease say this from now on, if it doesn't; and tells how it stands. Ends the renewing with a released note. */
  update(note: LeaseNote): Promise<LeaseStanding>;
  /** Ends it; it renews nothing more. */
  close(): Promise<void>;
}
