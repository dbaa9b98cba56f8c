import { storeError } from "../errors.ts";

/**
 * What happens to a call:
 *
 * - `before`: it fails and was not done, as when a connection is refused;
 * - `after`: it is done and fails all the same, as when the answer is lost;
 * - `truncate`: it is done with half of its text and fails, as when the writer dies in the middle;
 * - `hang`: it is never answered, until its signal aborts;
 * - `delay`: it is done `ms` later.
 */
export type FaultKind = "before" | "after" | "truncate" | "hang" | "delay";

export interface Fault {
  readonly kind: FaultKind;
  /** Which call, counted from 1 over all calls of `method`, or over all calls where no method is named. */
  readonly at: number;
  /** Name of the method; any by default. */
  readonly method?: string | undefined;
  /** How many calls in a row from `at` on; 1 by default. */
  readonly times?: number | undefined;
  /** For `delay`, in milliseconds. */
  readonly ms?: number | undefined;
}

/** Kinds that any store can suffer without anybody's help, for {@link randomFaults}. */
const RANDOM_KINDS: readonly FaultKind[] = ["before", "after", "delay"];

/**
 * Faults at random among the first `calls` calls: each fails with the chance `rate`. `next` gives numbers in [0, 1);
 * the same numbers give the same faults.
 */
export function randomFaults(next: () => number, calls: number, rate: number): Fault[] {
  const faults: Fault[] = [];
  for (let at = 1; at <= calls; at++) {
    if (next() >= rate) continue;
    const kind = RANDOM_KINDS[Math.floor(next() * RANDOM_KINDS.length)] ?? "before";
    faults.push({ kind, at, ms: 1 });
  }
  return faults;
}

/** A target with faults, and what was called on it. */
export interface Faulty<T> {
  readonly target: T;
  /** Names of the methods called so far, in order. */
  readonly calls: readonly string[];
}

/**
 * Puts faults before an object whose methods are asynchronous: a store, or the five operations of one. Every fault is
 * one that real stores show, and that the runner has to survive. Which call fails is the caller's to say: the n-th,
 * for n = 1, 2, 3 …, or by a seed.
 */
export function withFaults<T extends object>(target: T, faults: readonly Fault[]): Faulty<T> {
  const calls: string[] = [];
  const find = (method: string): Fault | undefined => {
    const ofMethod = calls.filter((name) => name === method).length;
    return faults.find((fault) => {
      const count = fault.method === undefined ? calls.length : ofMethod;
      const mine = fault.method === undefined || fault.method === method;
      return mine && count >= fault.at && count < fault.at + (fault.times ?? 1);
    });
  };
  const proxy = new Proxy(target, {
    get(object, name) {
      const member: unknown = Reflect.get(object, name, object);
      if (typeof member !== "function" || typeof name !== "string") return member;
      return (...args: unknown[]): unknown => {
        calls.push(name);
        const fault = find(name);
        const done = (given: readonly unknown[]): unknown => Reflect.apply(member, object, given);
        return fault === undefined ? done(args) : suffer(fault, name, args, done);
      };
    },
  });
  return { target: proxy, calls };
}

async function suffer(
  fault: Fault,
  method: string,
  args: readonly unknown[],
  done: (args: readonly unknown[]) => unknown,
): Promise<unknown> {
  if (fault.kind === "hang") return hang(args.find((arg) => arg instanceof AbortSignal));
  if (fault.kind === "delay") {
    await new Promise((resolve) => setTimeout(resolve, fault.ms ?? 1));
    return done(args);
  }
  if (fault.kind !== "before") await done(fault.kind === "truncate" ? halved(args) : args);
  throw injected(fault, method);
}

/** The arguments with the last text (a record comes behind its log's name) cut in half. */
function halved(args: readonly unknown[]): unknown[] {
  const last = args.findLastIndex((arg) => typeof arg === "string");
  return args.map((arg, index) =>
    index === last && typeof arg === "string" ? arg.slice(0, arg.length / 2) : arg,
  );
}

function hang(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => {
    const fail = (): void => reject(signal?.reason as Error);
    if (signal?.aborted === true) fail();
    else signal?.addEventListener("abort", fail, { once: true });
  });
}

function injected(fault: Fault, method: string): Error {
  return storeError(
    "STORE_UNAVAILABLE",
    `Cannot ${method}: the store failed (fault "${fault.kind}" at call ${fault.at})`,
  );
}
