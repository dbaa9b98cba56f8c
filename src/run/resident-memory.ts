import { readdirSync, readFileSync } from "node:fs";
import { descendantsOf, residentBytes } from "./process-groups.ts";

/** What a system call says of a process that is gone, or that is not ours to look at. */
const UNSEEN = new Set(["ENOENT", "ESRCH", "EACCES", "EPERM"]);

/** Undefined where the process is gone or the system has no such file. */
function look<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (thrown) {
    const code: unknown = thrown instanceof Error ? Reflect.get(thrown, "code") : undefined;
    if (typeof code === "string" && UNSEEN.has(code)) return undefined;
    throw thrown;
  }
}

/** Children of a process, whichever of its threads started them; undefined where the system does not list them. */
function childrenOf(pid: number): readonly number[] | undefined {
  const threads = look(() => readdirSync(`/proc/${pid}/task`));
  if (threads === undefined) return [];
  const lists = threads.map((thread) =>
    look(() => readFileSync(`/proc/${pid}/task/${thread}/children`, "latin1")),
  );
  // A kernel without these lists has none for any thread.
  if (lists.every((list) => list === undefined)) return undefined;
  return lists.flatMap((list = "") => list.split(" ").filter(Boolean).map(Number));
}

/** A process with all that it started. Looks only at these processes where the kernel can say whose children are whose. */
function treeOf(root: number): readonly number[] {
  const found = [root];
  for (const pid of found) {
    const children = childrenOf(pid);
    if (children === undefined && pid === root) return [root, ...descendantsOf(root)];
    found.push(...(children ?? []));
  }
  return found;
}

/** Resident bytes of a process where a page that several share is shared out among them. Costs more than RSS does. */
function sharedOutBytes(pid: number): number | undefined {
  const text = look(() => readFileSync(`/proc/${pid}/smaps_rollup`, "latin1"));
  const kib = /^Pss:\s*(\d+)/mu.exec(text ?? "")?.[1];
  return kib === undefined ? residentBytes(pid) : Number(kib) * 1024;
}

/**
 * Resident bytes of a process with all that it started, where they are more than `limit`; undefined where they are not,
 * or can't be told. Pages that several of them share count once.
 */
export function memoryAbove(limit: number, root: number): number | undefined {
  const sum = (pids: readonly number[], bytes: (pid: number) => number | undefined): number =>
    pids.reduce((total, pid) => total + (bytes(pid) ?? 0), 0);
  const tree = treeOf(root);
  const resident = sum(tree, residentBytes);
  if (resident <= limit) return undefined;
  const used = tree.length === 1 ? resident : sum(tree, sharedOutBytes);
  return used > limit ? used : undefined;
}
