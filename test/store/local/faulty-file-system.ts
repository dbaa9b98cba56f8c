import type { FileSystem } from "../../../src/store/mod.ts";

/** `short`: half of a write is done, then it fails; other operations fail before they do anything. */
export type FileFault = "before" | "after" | "short";

export interface FaultyFileSystem {
  readonly fs: FileSystem;
  /** Names of the operations since the last `arm`, in order. */
  readonly calls: string[];
  /** From now on the n-th operation (from 1) fails, and as many after it as `times` says. */
  arm(at: number, kind: FileFault, times?: number): void;
  disarm(): void;
}

/** Closing always frees a descriptor on Linux, whatever it reports: it never fails before it is done. */
const ALWAYS_DONE = new Set(["close", "unlock"]);

/** A file system whose n-th operation fails with `errno`. */
export function faultyFileSystem(real: FileSystem, errno: string = "EIO"): FaultyFileSystem {
  const calls: string[] = [];
  let armed: { at: number; kind: FileFault; times: number } | undefined;
  const fault = (name: string): Error =>
    Object.assign(new Error(`${errno}: injected at ${name}`), { code: errno });

  const wrap =
    (name: string, operation: (...args: unknown[]) => unknown) =>
    (...args: unknown[]): unknown => {
      calls.push(name);
      const failing =
        armed !== undefined && calls.length >= armed.at && calls.length < armed.at + armed.times;
      if (!failing || armed === undefined) return operation(...args);
      const [fd, bytes, position] = args;
      if (name === "write" && armed.kind === "short" && bytes instanceof Uint8Array) {
        operation(fd, bytes.subarray(0, Math.floor(bytes.length / 2)), position);
      } else if (armed.kind === "after" || ALWAYS_DONE.has(name)) {
        const answer = operation(...args);
        if (name === "open" && typeof answer === "number") real.close(answer);
      }
      throw fault(name);
    };

  const entries = Object.entries(real).map(([name, operation]) => [
    name,
    wrap(name, operation as (...args: unknown[]) => unknown),
  ]);
  return {
    fs: Object.fromEntries(entries) as FileSystem,
    calls,
    arm(at, kind, times = 1) {
      calls.length = 0;
      armed = { at, kind, times };
    },
    disarm() {
      armed = undefined;
    },
  };
}
