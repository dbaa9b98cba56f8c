import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Effect } from "./effects.ts";

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

/** Every run's journal ends in exactly one final event, and just one of them in `run-completed`. */
export function brokenEnds(location: string): string[] {
  const broken: string[] = [];
  let completed = 0;
  for (const file of filesBelow(location).filter(
    (path) => path.includes("/runs/") && path.endsWith(".jsonl"),
  )) {
    const events = readFileSync(file, "utf8")
      .split("\n")
      .filter((line) => line !== "")
      .flatMap((line) =>
        (JSON.parse(line) as { events: { type: string }[] }).events.map((event) => event.type),
      );
    const finals = events.filter((type) => FINAL.has(type));
    completed += finals.filter((type) => type === "run-completed").length;
    if (finals.length !== 1) broken.push(`${file} has the final events [${finals.join(", ")}]`);
    if (finals.length === 1 && events.at(-1) !== finals[0])
      broken.push(`${file} goes on after its final event`);
  }
  if (completed !== 1) broken.push(`${completed} runs completed, expected 1`);
  return broken;
}
