import { lstatSync, readdirSync, readFileSync, readlinkSync, rmSync } from "node:fs";
import { join } from "node:path";
import { sha256 } from "../../base/mod.ts";
import { isDead, statFields } from "../../program/mod.ts";

const PREFIX = "cairn-program-";
/** PID, its start time, and where a PID means the same: this boot and this PID namespace. */
const NAME = /^cairn-program-(\d+)-(\d+)-([0-9a-f]{12})-[^-]+$/;

/** Undefined where the system does not tell. */
function hereOf(): string | undefined {
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    return sha256(`${boot} ${readlinkSync("/proc/self/ns/pid")}`).slice(0, 12);
  } catch {
    // No /proc, or not the part that is asked for: then nothing is ever taken for stale.
    return undefined;
  }
}

/** The start time of a process that lives. */
function startOf(pid: number): string | undefined {
  const fields = statFields(pid);
  return fields === undefined || isDead(fields) ? undefined : fields[19];
}

/** What the name of a folder of this process begins with. A SIGKILL leaves the folder behind; its name says whose it was. */
export function ownFolderPrefix(): string {
  const [here, start] = [hereOf(), startOf(process.pid)];
  return here === undefined || start === undefined ? PREFIX : `${PREFIX}${process.pid}-${start}-${here}-`;
}

/** None where the folder can be written to but not be listed. */
function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    // Whoever makes a folder here is told what is wrong with it.
    return [];
  }
}

/** Removes folders of this user whose process is surely gone. What can't be removed is left: it harms nobody. */
export function sweepStaleFolders(parent: string): void {
  const here = hereOf();
  if (here === undefined) return;
  for (const name of namesIn(parent)) {
    const [, pid, start, where] = NAME.exec(name) ?? [];
    if (where !== here || startOf(Number(pid)) === start) continue;
    const path = join(parent, name);
    try {
      const stat = lstatSync(path);
      if (stat.isDirectory() && stat.uid === process.getuid?.())
        rmSync(path, { recursive: true, force: true });
    } catch (thrown) {
      // Another one sweeps it too, or it holds what only root may remove.
      const code: unknown = thrown instanceof Error ? Reflect.get(thrown, "code") : undefined;
      if (typeof code !== "string") throw thrown;
    }
  }
}
