import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Effect } from "./effects.ts";
import type { CheckpointStore } from "../../src/store/mod.ts";

/**
 * Reads the evidence of a whole chain of killed and resumed runs and says what was broken:
 *
 * - a component whose completion had been reported began again;
 * - a step ran again although a later step of its component had begun (so its record was durable);
 * - a component began before its predecessor had ended, or never ended although the run succeeded.
 */
export function brokenPromises(
  effects: readonly Effect[],
  reported: ReadonlyMap<string, number>,
  names: readonly string[],
): string[] {
  const broken: string[] = [];
  const ended = new Set<string>();
  const stepsBegun = new Map<string, string[]>();
  let start = -1;
  for (const effect of effects) {
    const { kind, component, step = "" } = effect;
    if (kind === "-") start += 1;
    if (kind === "E") ended.add(component);
    if (kind === "S") {
      const since = reported.get(component);
      if (since !== undefined && start > since)
        broken.push(`${component} was reported in start ${since} and began again in start ${start}`);
      const before = names[names.indexOf(component) - 1];
      if (before !== undefined && !ended.has(before))
        broken.push(`${component} began before ${before} had ended`);
    }
    if (kind === "s") {
      const begun = stepsBegun.get(component) ?? [];
      if (begun.length > 0 && begun.includes(step) && begun.at(-1) !== step) {
        broken.push(`${component} ran ${step} again although ${begun.at(-1)} had begun after it`);
      }
      stepsBegun.set(component, [...begun, step]);
    }
  }
  for (const name of names)
    if (!ended.has(name)) broken.push(`${name} never ended although the run succeeded`);
  return broken;
}

const FINAL = new Set(["run-completed", "superseded", "deleted"]);

/** All files below a folder. */
function filesBelow(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesBelow(path) : [path];
  });
}

/** The types of a journal's events, record by record. */
interface JournalEvents {
  readonly name: string;
  readonly types: readonly string[];
}

function typesOf(records: readonly string[]): string[] {
  return records.flatMap((line) =>
    (JSON.parse(line) as { events: { type: string }[] }).events.map((event) => event.type),
  );
}

/** The ends of the journals in a local folder, read without any code of Cairn's. */
export function brokenEnds(location: string): string[] {
  const files = filesBelow(location).filter((path) => path.includes("/runs/") && path.endsWith(".jsonl"));
  return judgeEnds(
    files.map((file) => ({
      name: file,
      types: typesOf(
        readFileSync(file, "utf8")
          .split("\n")
          .filter((line) => line !== ""),
      ),
    })),
  );
}

/** The ends of the journals in any store. */
export async function brokenEndsIn(store: CheckpointStore): Promise<string[]> {
  const journals: JournalEvents[] = [];
  for (const log of (await store.logs("")).filter((name) => name.includes("/runs/"))) {
    const records = await store.read(log);
    journals.push({ name: log, types: typesOf(records.flatMap(({ text }) => text ?? [])) });
  }
  return judgeEnds(journals);
}

/** Every run's journal ends in exactly one final event, and just one of them in `run-completed`. */
function judgeEnds(journals: readonly JournalEvents[]): string[] {
  const broken: string[] = [];
  let completed = 0;
  for (const { name, types } of journals) {
    const finals = types.filter((type) => FINAL.has(type));
    completed += finals.filter((type) => type === "run-completed").length;
    if (finals.length !== 1) broken.push(`${name} has the final events [${finals.join(", ")}]`);
    if (finals.length === 1 && types.at(-1) !== finals[0])
      broken.push(`${name} goes on after its final event`);
  }
  if (completed !== 1) broken.push(`${completed} runs completed, expected 1`);
  return broken;
}
