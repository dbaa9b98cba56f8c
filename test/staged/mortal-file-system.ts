import { type FileSystem, systemFileSystem } from "../../src/store/mod.ts";

/** The files of a process that dies before the test does. */
export interface MortalFileSystem {
  readonly fs: FileSystem;
  /** Closes what is open, which frees its locks; from here on every call fails. */
  die(): void;
}

export function mortalFileSystem(): MortalFileSystem {
  const open = new Set<number>();
  let dead = false;
  const alive = (): void => {
    if (dead) throw Object.assign(new Error("the process is dead"), { code: "EIO" });
  };
  const fs = new Proxy(systemFileSystem, {
    get(target, name) {
      const call: unknown = Reflect.get(target, name);
      if (typeof call !== "function") return call;
      return (...args: unknown[]): unknown => {
        alive();
        const answer: unknown = Reflect.apply(call, target, args);
        if (name === "open") open.add(answer as number);
        if (name === "close") open.delete(args[0] as number);
        return answer;
      };
    },
  });
  return {
    fs,
    die() {
      dead = true;
      for (const fd of open) systemFileSystem.close(fd);
      open.clear();
    },
  };
}
