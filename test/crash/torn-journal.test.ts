import { expect, test } from "bun:test";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { localStore } from "../../src/store/mod.ts";
import { crashWorld, NAMES } from "./world.ts";

/** Bytes between two cuts: every byte in a long run, else a number that has nothing to do with the records' sizes. */
const STRIDE = process.env["CAIRN_TEST_LONG"] === "1" ? 1 : 23;

/** The journal of the one run below a location. */
function journalOf(location: string): string {
  const found = readdirSync(location, { recursive: true, encoding: "utf8" }).filter(
    (name) => name.includes("runs/") && name.endsWith(".jsonl"),
  );
  expect(found.length).toBe(1);
  return join(location, found[0] ?? "");
}

/** Components with a whole completion record in this part of a journal. */
function completedIn(text: string): string[] {
  return text
    .split("\n")
    .slice(0, -1)
    .flatMap((line) => (JSON.parse(line) as { events: { type: string; index: number }[] }).events)
    .filter(({ type }) => type === "component-completed")
    .map(({ index }) => NAMES[index] ?? "");
}

test("a journal cut anywhere resumes after its last whole record, and runs exactly what is missing", async () => {
  using world = crashWorld();
  const store = localStore({ folder: world.location });
  expect((await world.run(store)).exitCode).toBe(0);
  await store.close();
  const journal = journalOf(world.location);
  const whole = readFileSync(journal);
  const keyLog = join(dirname(dirname(journal)), "keys.jsonl");
  const keys = readFileSync(keyLog);
  const firstEnd = whole.indexOf(10) + 1;
  world.ran();

  for (let length = 0; length < whole.length; length += STRIDE) {
    rmSync(dirname(journal), { recursive: true });
    mkdirSync(dirname(journal));
    writeFileSync(journal, whole.subarray(0, length));
    writeFileSync(keyLog, keys);
    const again = localStore({ folder: world.location });
    const result = await world.run(again);
    await again.close();
    expect(result.exitCode, `cut at ${length}: ${JSON.stringify(result)}`).toBe(0);
    const end = whole.lastIndexOf(10, length - 1) + 1;
    const kept = length < firstEnd ? [] : completedIn(whole.subarray(0, end).toString());
    const missing = NAMES.filter((name) => !kept.includes(name));
    expect(world.ran(), `cut at byte ${length} of ${whole.length}`).toEqual(missing);
  }
}, 300_000);
