import { readdirSync, readFileSync } from "node:fs";

function codeOf(thrown: unknown): unknown {
  return thrown instanceof Error ? Reflect.get(thrown, "code") : undefined;
}

/** Fields of /proc/PID/stat after the command's name; undefined where there is no such process. */
export function statFields(pid: number): readonly string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "latin1");
    return text.slice(text.lastIndexOf(")") + 2).split(" ");
  } catch (thrown) {
    const code = codeOf(thrown);
    if (code === "ENOENT" || code === "ESRCH" || code === "EACCES") return undefined;
    throw thrown;
  }
}

/** All processes that can be seen; none where the system has no /proc. */
export function allProcesses(): number[] {
  try {
    return readdirSync("/proc").map(Number).filter(Number.isInteger);
  } catch (thrown) {
    if (codeOf(thrown) === "ENOENT") return [];
    throw thrown;
  }
}

/** Whether a process, by its fields, has ended and is only waited for. */
export function isDead(fields: readonly string[]): boolean {
  return fields[0] === "Z" || fields[0] === "X";
}

/** Processes that live in a group. */
export function membersOf(pgid: number): number[] {
  return allProcesses().filter((pid) => {
    const fields = statFields(pid);
    return fields !== undefined && Number(fields[2]) === pgid && !isDead(fields);
  });
}
