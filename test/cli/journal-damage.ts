import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { encodeRecord, NO_PREVIOUS } from "../../src/checkpoint/record.ts";
import type { TempDir } from "../kit/mod.ts";

/** The file of a run's journal below a folder. */
export function journalOf(dir: TempDir, runId: string): string {
  const found = readdirSync(dir.path, { recursive: true, encoding: "utf8" }).find(
    (path) => path.includes("/runs/") && path.includes(runId) && path.endsWith(".jsonl"),
  );
  if (found === undefined) throw new Error(`no journal of ${runId} in ${dir.path}`);
  return dir.join(found);
}

/** Makes a journal one of a later format: a sound chain whose first record says so. */
export function makeNewer(file: string): void {
  let prev = NO_PREVIOUS;
  const lines = readFileSync(file, "utf8")
    .trimEnd()
    .split("\n")
    .map((line, index) => {
      const { seq, nonce, at, events } = JSON.parse(line) as {
        seq: number;
        nonce: string;
        at: string;
        events: object[];
      };
      const changed = index === 0 ? events.map((event) => ({ ...event, format: 99 })) : events;
      const record = encodeRecord({
        seq,
        nonce,
        prev,
        at: Date.parse(at),
        events: changed.map((event) => JSON.stringify(event)),
      });
      prev = record.sum;
      return record.text;
    });
  writeFileSync(file, `${lines.join("\n")}\n`);
}

/** Changes one letter inside a record, so that its sum is wrong. */
export function breakRecord(file: string, seq: number): void {
  const lines = readFileSync(file, "utf8").split("\n");
  lines[seq - 1] = (lines[seq - 1] ?? "").replace('"events":[{"type":"', '"events":[{"type":"x');
  writeFileSync(file, lines.join("\n"));
}
