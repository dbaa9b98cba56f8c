import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/**
 * A new, empty folder that goes away with its scope:
 *
 * ```ts
 * using dir = tempDir();
 * dir.write("conf/pipeline.conf", "pipeline { … }");
 * ```
 */
export interface TempDir extends Disposable {
  /** Absolute path. */
  readonly path: string;
  /** The absolute path of a name inside. */
  join(...names: string[]): string;
  /** Writes a file inside, with its parent folders; returns its absolute path. */
  write(name: string, content: string | Uint8Array, mode?: number): string;
  /** Reads a file inside as UTF-8. */
  read(name: string): string;
}

/** Makes a {@link TempDir}; `prefix` shows in its name. */
export function tempDir(prefix: string = "cairn-test-"): TempDir {
  const path = mkdtempSync(join(tmpdir(), prefix));
  return {
    path,
    join: (...names) => join(path, ...names),
    write(name, content, mode) {
      const file = join(path, name);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content, mode === undefined ? {} : { mode });
      return file;
    },
    read: (name) => readFileSync(join(path, name), "utf8"),
    [Symbol.dispose]() {
      rmSync(path, { recursive: true, force: true });
    },
  };
}
