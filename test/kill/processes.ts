import { readdirSync, readFileSync } from "node:fs";

/** The text of a file under /proc, or nothing where the process has gone meanwhile. */
function procText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (thrown) {
    const code = (thrown as NodeJS.ErrnoException).code;
    if (code === "ENOENT" || code === "ESRCH" || code === "EACCES") return "";
    throw thrown;
  }
}

function allPids(): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** Direct children of a process. */
export function childrenOf(pid: number): number[] {
  return allPids().filter((child) => {
    const stat = procText(`/proc/${child}/stat`);
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]) === pid;
  });
}

/** Living processes (zombies aside) whose environment has `NAME=value`. */
export function processesWith(name: string, value: string): number[] {
  return allPids().filter((pid) => procText(`/proc/${pid}/environ`).split("\0").includes(`${name}=${value}`));
}

/** SIGKILL; a process that is gone already is fine. */
export function killHard(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== "ESRCH") throw thrown;
  }
}
