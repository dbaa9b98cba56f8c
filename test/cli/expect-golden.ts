import { expect } from "bun:test";
import { hostname } from "node:os";
import { join } from "node:path";
import { compiledCairn, root, type TempDir } from "../kit/mod.ts";

/** What a program said: as much as a golden file holds. */
export interface Said {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What differs from run to run, by names: folders, run IDs, times, durations, process IDs, hosts, hashes. */
function withoutChance(text: string, dir: TempDir): string {
  return text
    .replaceAll(dir.path, "<dir>")
    .replaceAll(compiledCairn, "cairn")
    .replaceAll(root, "<cairn>")
    .replaceAll(hostname(), "<host>")
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/g, "<run ID>")
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{3})?Z/g, "<time>")
    .replaceAll(/\b\d+(?:\.\d)? (?:ms|s)\b(?: +)?/g, "<span> ")
    .replaceAll(/\b(pid|process) \d+/g, "$1 <pid>")
    .replaceAll(/\b[0-9a-f]{64}\b/g, "<hash>")
    .replaceAll(/(STARTED|COMPLETED|AT|AGE|TOOK|HOLDER) +/g, "$1 ")
    .replaceAll(/ +$/gm, "");
}

/**
 * Compares with `test/cli/golden/NAME.txt`. `CAIRN_UPDATE_GOLDEN=1` writes it anew: then read it aloud before it is
 * committed.
 */
export async function expectGolden(name: string, dir: TempDir, said: Said): Promise<void> {
  const text = [
    `exit ${said.code}`,
    "--- standard output",
    withoutChance(said.stdout, dir),
    "--- standard error",
    withoutChance(said.stderr, dir),
  ].join("\n");
  const file = Bun.file(join(import.meta.dir, "golden", `${name}.txt`));
  if (process.env["CAIRN_UPDATE_GOLDEN"] === "1") await Bun.write(file, text);
  expect(text).toBe(await file.text());
}
