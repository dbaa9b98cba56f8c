import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { tempDir } from "./temp-dir.ts";

/** Mounts a file system in memory; false where this user may not. `options` as of `mount -o`. */
export function mount(path: string, options: string): boolean {
  mkdirSync(path, { recursive: true });
  return spawnSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", path]).status === 0;
}

/** Takes it away again. */
export function unmount(path: string): void {
  spawnSync("umount", ["-l", path]);
}

/** Whether this user may mount here: root on most machines, nobody in most containers. */
export const mayMount: boolean = ((): boolean => {
  using dir = tempDir();
  const done = mount(dir.join("probe"), "size=64k");
  if (done) unmount(dir.join("probe"));
  return done;
})();
