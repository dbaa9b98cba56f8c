import { join } from "node:path";
import { CairnError, type ErrorKind } from "../../src/base/mod.ts";
import type { CheckpointStore, FolderLayout, Lease, LeaseAnswer } from "../../src/store/mod.ts";

export interface ChildCall {
  readonly id: number;
  readonly method: string;
  readonly args: readonly unknown[];
  /** The lease that is meant; undefined: the store. */
  readonly lease?: number | undefined;
}

export interface ChildAnswer {
  readonly id: number;
  readonly value?: unknown;
  /** Set where the value is a lease that was taken. */
  readonly lease?: number | undefined;
  readonly error?: {
    readonly message: string;
    readonly facts?: { readonly code: string; readonly kind: ErrorKind } | undefined;
  };
}

/** A store whose handle is in another process, and that process. */
export interface ChildStore extends CheckpointStore {
  readonly pid: number;
  /** SIGKILL, and waits until the process is gone. */
  kill(): Promise<void>;
}

interface Waiting {
  readonly resolve: (answer: ChildAnswer) => void;
  readonly reject: (error: Error) => void;
}

/** Opens the store of a folder in a new process. */
export function childStore(folder: string, layout: FolderLayout = "lines"): ChildStore {
  const waiting = new Map<number, Waiting>();
  let calls = 0;
  const child = Bun.spawn([process.execPath, join(import.meta.dir, "child-main.ts"), folder, layout], {
    stdio: ["ignore", "inherit", "inherit"],
    serialization: "advanced",
    ipc(answer: ChildAnswer) {
      waiting.get(answer.id)?.resolve(answer);
      waiting.delete(answer.id);
    },
    onExit() {
      for (const { reject } of waiting.values()) reject(new Error("the process with the store is gone"));
      waiting.clear();
    },
  });
  const call = async (method: string, args: readonly unknown[], lease?: number): Promise<ChildAnswer> => {
    const signal = args.find((arg) => arg instanceof AbortSignal);
    signal?.throwIfAborted();
    const id = ++calls;
    const given = args.filter((arg) => !(arg instanceof AbortSignal));
    const answer = await new Promise<ChildAnswer>((resolve, reject) => {
      waiting.set(id, { resolve, reject });
      child.send({ id, method, args: given, lease } satisfies ChildCall);
    });
    if (answer.error === undefined) return answer;
    const { message, facts } = answer.error;
    throw facts === undefined ? new Error(message) : new CairnError(message, facts);
  };
  const value = async <T>(method: string, ...args: unknown[]): Promise<T> =>
    (await call(method, args)).value as T;
  return {
    location: folder,
    can: { lease: layout === "lines" ? "os" : "timed", durable: true },
    pid: child.pid,
    append: (...args) => value("append", ...args),
    read: (...args) => value("read", ...args),
    last: (...args) => value("last", ...args),
    logs: (...args) => value("logs", ...args),
    remove: (...args) => value("remove", ...args),
    leaseHolder: (...args) => value("leaseHolder", ...args),
    time: (...args) => value("time", ...args),
    writtenAt: (...args) => value("writtenAt", ...args),
    async takeLease(...args) {
      const answer = await call("takeLease", args);
      if (answer.lease === undefined) return answer.value as LeaseAnswer;
      return { ...(answer.value as object), held: false, lease: childLease(call, answer.lease) };
    },
    async close() {
      if (child.exitCode === null && child.signalCode === null) await value("close");
    },
    async kill() {
      child.kill("SIGKILL");
      await child.exited;
    },
  };
}

function childLease(
  call: (method: string, args: readonly unknown[], lease: number) => Promise<ChildAnswer>,
  id: number,
): Lease {
  return {
    lost: new AbortController().signal,
    check: () => undefined,
    async note(change) {
      await call("note", [change], id);
    },
    async release() {
      await call("release", [], id);
    },
  };
}
