import { chmodSync, closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";

const OWNER_ONLY = 0o600;

/** A file that holds secrets for as long as a program of this user reads it. */
export interface HiddenFile extends Disposable {
  readonly path: string;
}

/**
 * Writes a file for this user alone. On Linux it has no name in any folder: programs of the same user reach it through
 * this process, and it is gone with this process, however that one ends. Elsewhere it is removed when disposed of.
 */
export function hiddenFile(text: string, folder: string): HiddenFile {
  const own = mkdtempSync(join(folder, "cairn-spark-"));
  const named = join(own, "spark.conf");
  let fd: number;
  try {
    fd = openSync(named, "wx+", OWNER_ONLY);
    chmodSync(named, OWNER_ONLY);
    writeSync(fd, text);
  } catch (thrown) {
    rmSync(own, { recursive: true, force: true });
    throw thrown;
  }
  const isNameless = process.platform === "linux";
  if (isNameless) rmSync(own, { recursive: true });
  return {
    path: isNameless ? `/proc/${process.pid}/fd/${fd}` : named,
    [Symbol.dispose]() {
      closeSync(fd);
      if (!isNameless) rmSync(own, { recursive: true, force: true });
    },
  };
}
