import { allProcesses, isDead, membersOf, statFields } from "../program/mod.ts";
import type { ProcessGroup } from "../store/mod.ts";

/** Longest wait for a killed process group to be gone, in ms, and the time between two looks. */
const GONE_TIMEOUT_MS = 5000;
const GONE_INTERVAL_MS = 10;

function codeOf(thrown: unknown): unknown {
  return thrown instanceof Error ? Reflect.get(thrown, "code") : undefined;
}

/** Start time of a process in clock ticks since boot; empty where the system does not say. */
export function startTimeOf(pid: number): string {
  return statFields(pid)?.[19] ?? "";
}

/** Resident bytes of a process; undefined where it is gone or the system does not say. */
export function residentBytes(pid: number): number | undefined {
  const pages = Number(statFields(pid)?.[21]);
  return Number.isFinite(pages) ? pages * PAGE_BYTES : undefined;
}

/** Of x64 and of arm64 as distributions build it. */
const PAGE_BYTES = 4096;

/** Sends SIGKILL to a whole process group. False where there is none. */
export function killGroup(pgid: number): boolean {
  try {
    process.kill(-pgid, "SIGKILL");
    return true;
  } catch (thrown) {
    if (codeOf(thrown) === "ESRCH") return false;
    throw thrown;
  }
}

/**
 * Children, their children and so on, also of those that left the process group. The worker adopts orphans,
 * so none escapes by the death of its parent.
 */
export function descendantsOf(root: number): number[] {
  const children = new Map<number, number[]>();
  for (const pid of allProcesses()) {
    const parent = Number(statFields(pid)?.[1]);
    const siblings = children.get(parent);
    if (siblings === undefined) children.set(parent, [pid]);
    else siblings.push(pid);
  }
  const found: number[] = [];
  const open = [root];
  for (let pid = open.pop(); pid !== undefined; pid = open.pop()) {
    const own = children.get(pid) ?? [];
    found.push(...own);
    open.push(...own);
  }
  return found;
}

/** Dead children of a process that nobody has waited for. */
export function deadChildrenOf(parent: number): number[] {
  return allProcesses().filter((pid) => {
    const fields = statFields(pid);
    return fields !== undefined && Number(fields[1]) === parent && isDead(fields);
  });
}

/** Kills a worker with all that it started, whatever groups those are in. */
export function killTree(pid: number): void {
  const descendants = process.platform === "linux" ? descendantsOf(pid) : [];
  killGroup(pid);
  for (const descendant of descendants) {
    try {
      process.kill(descendant, "SIGKILL");
    } catch (thrown) {
      if (codeOf(thrown) !== "ESRCH") throw thrown;
    }
  }
}

/**
 * Kills what is left of a dead runner's workers and waits until it is gone. A group whose leader started at
 * another time than noted is somebody else's and is left alone; one whose leader is gone but has members
 * is ours: its number can't be given to others while it has members.
 */
export async function killGroups(groups: readonly ProcessGroup[]): Promise<void> {
  for (const { pgid, leaderStart } of groups) {
    const present = startTimeOf(pgid);
    if (present !== "" && leaderStart !== "" && present !== leaderStart) continue;
    if (!killGroup(pgid)) continue;
    const until = performance.now() + GONE_TIMEOUT_MS;
    while (membersOf(pgid).length > 0 && performance.now() < until) await Bun.sleep(GONE_INTERVAL_MS);
  }
}
