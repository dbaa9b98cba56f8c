import { existsSync, readFileSync } from "node:fs";
import type { CheckpointStore } from "../../src/store/mod.ts";
import type { BentPipeline } from "./bent-pipeline.ts";
import type { Effect } from "./effects.ts";

/**
 * Reads the evidence of a chain of runs over a graph and says what was broken: a reported component began again, one
 * began before all that it depends on had ended, a step ran again after a later one had begun, one that was not
 * selected began, or one that was never ended although the run succeeded.
 */
export function brokenGraph(
  effects: readonly Effect[],
  reported: ReadonlyMap<string, number>,
  { components, selected }: BentPipeline,
): string[] {
  const broken: string[] = [];
  const ended = new Set<string>();
  const stepsBegun = new Map<string, string[]>();
  const before = new Map(components.map(({ name, dependsOn }) => [name, dependsOn]));
  let start = -1;
  for (const { kind, component, step = "" } of effects) {
    if (kind === "-") start += 1;
    if (kind === "E") ended.add(component);
    if (kind === "S") {
      const since = reported.get(component);
      if (since !== undefined && start > since)
        broken.push(`${component} was reported in start ${since} and began again in start ${start}`);
      if (!selected.includes(component)) broken.push(`${component} was not selected and began`);
      const missing = (before.get(component) ?? []).filter(
        (name) => selected.includes(name) && !ended.has(name),
      );
      if (missing.length > 0) broken.push(`${component} began before ${missing.join(", ")} had ended`);
    }
    if (kind === "s") {
      const begun = stepsBegun.get(component) ?? [];
      if (begun.includes(step) && begun.at(-1) !== step)
        broken.push(`${component} ran ${step} again although ${begun.at(-1)} had begun after it`);
      stepsBegun.set(component, [...begun, step]);
    }
  }
  for (const name of selected)
    if (!ended.has(name)) broken.push(`${name} never ended although the run succeeded`);
  return broken;
}

/** What is known of the ends of runs. */
export interface Ends {
  /** Run IDs in whose journal the first record stands, with the number of events there that end the run. */
  readonly journals: ReadonlyMap<string, number>;
  /** Lines of the hook: point, run ID, `again`. */
  readonly told: readonly { readonly point: string; readonly runId: string; readonly again: boolean }[];
}

/** The runs of a store's journals, read without any code that tells ends. */
export async function endsIn(store: CheckpointStore, file: string): Promise<Ends> {
  const journals = new Map<string, number>();
  for (const log of (await store.logs("")).filter((name) => name.includes("/runs/"))) {
    const texts = (await store.read(log)).flatMap(({ text }) => text ?? []);
    const events = texts.flatMap(
      (text) => (JSON.parse(text) as { events: Record<string, unknown>[] }).events,
    );
    const started = events.find(({ type }) => type === "run-started");
    if (started === undefined) continue;
    journals.set(String(started["runId"]), events.filter((event) => event["end"] !== undefined).length);
  }
  const text = existsSync(file) ? readFileSync(file, "utf8") : "";
  const lines = text.slice(0, text.lastIndexOf("\n") + 1).split("\n");
  const told = lines
    .filter((line) => line !== "")
    .map((line) => {
      const [point = "", runId = "", again] = line.split(" ");
      return { point, runId, again: again === "true" };
    });
  return { journals, told };
}

/**
 * Each run that was begun has one end in its journal, and its hooks were told it: once, or once more by a start that
 * said so, where a process was killed in the middle of telling. Nothing begins before the end of what came before it is told.
 */
export function brokenEndsOf({ journals, told }: Ends): string[] {
  const broken: string[] = [];
  for (const [runId, ends] of journals) {
    if (ends !== 1) broken.push(`run ${runId} has ${ends} ends in its journal`);
    const heard = told.filter((one) => one.runId === runId && one.point !== "began");
    if (heard.length === 0) broken.push(`hooks were never told the end of run ${runId}`);
    if (heard.filter(({ again }) => !again).length > 1)
      broken.push(`hooks were told ${heard.length} times the end of run ${runId}`);
    if (new Set(heard.map(({ point }) => point)).size > 1) broken.push(`run ${runId} ended in two ways`);
  }
  for (const [at, { point, runId }] of told.entries()) {
    if (point !== "began") continue;
    const later = told.slice(at + 1);
    const next = later.findIndex((one) => one.point === "began");
    const end = later.findIndex((one) => one.runId === runId && one.point !== "began");
    if (next !== -1 && end > next) broken.push(`a run began before hooks were told the end of run ${runId}`);
    if (!journals.has(runId)) broken.push(`run ${runId} began without a record`);
  }
  return broken;
}
