import { systemClock } from "../../base/mod.ts";
import type { CheckpointInFull } from "../../api/mod.ts";
import { ageText, checkpointJson, holderText, paintState, stateText } from "../checkpoint-text.ts";
import type { Command } from "../context.ts";
import { EXIT } from "../exit.ts";
import { format, locationFlags, plugins } from "../flags.ts";
import { withLocation } from "../open-location.ts";
import { printJson, printText } from "../output.ts";
import { type Style, visible } from "../style.ts";
import { table } from "../wrap.ts";
import { runIds } from "../positionals.ts";

/** `cairn checkpoints show`. */
export const show: Command = {
  kind: "command",
  name: "show",
  summary: "Show checkpoints in full",
  about: [
    "Each component with its state, times and outputs, the failure, the chain of runs, the options, and every record of the journal. Of a corrupt checkpoint what is readable is shown, with what is wrong.",
  ],
  examples: [
    { does: "the last run", line: "cairn checkpoints show latest --config=daily.conf" },
    { does: "for a program", line: "cairn checkpoints show 0199c3 --format=json" },
  ],
  positionals: [runIds],
  flags: [...locationFlags, plugins, format],
  exclusive: [["location", "config"]],
  topics: ["checkpoints"],
  async run(context) {
    const { readCheckpoint } = await import("../../api/mod.ts");
    const { given, output } = context;
    return withLocation(context, undefined, async (store) => {
      const all: CheckpointInFull[] = [];
      for (const runId of given.positionals) all.push(await readCheckpoint(store, runId));
      if (given.text("format") === "json") {
        printJson(output, { version: 1, location: store.location, checkpoints: all.map(fullJson) });
      } else printText(output, all.map((each) => fullText(each, output.style)).join("\n\n"));
      return EXIT.success;
    });
  },
};

function fullJson(full: CheckpointInFull): object {
  return {
    ...checkpointJson(full.checkpoint),
    options: full.state?.options ?? {},
    components: (full.state?.components ?? []).map(({ name, type, fingerprint }) => ({
      name,
      type,
      configFingerprint: fingerprint.config,
      codeFingerprint: fingerprint.code,
    })),

    records: full.records,
    problems: full.problems,
  };
}

function fullText(full: CheckpointInFull, style: Style): string {
  const { checkpoint, state } = full;
  const { failedAt, holder } = checkpoint;
  const facts: [string, string][] = [
    ["pipeline", visible(checkpoint.pipelineName)],
    ["state", `${paintState(checkpoint.state, stateText(checkpoint), style)} (status ${checkpoint.status})`],
    ["started", `${checkpoint.startedAt} (${ageText(checkpoint.startedAt, systemClock.now())} ago)`],
  ];
  if (checkpoint.runKey !== null) facts.push(["run key", visible(checkpoint.runKey)]);
  if (checkpoint.resumedFrom !== null) facts.push(["resumed from", visible(checkpoint.resumedFrom)]);
  if (checkpoint.rootRunId !== checkpoint.runId) facts.push(["first run", visible(checkpoint.rootRunId)]);
  if (state?.supersededBy !== undefined) facts.push(["superseded by", visible(state.supersededBy.runId)]);
  if (holder !== null) facts.push(["held by", holderText(holder)]);
  if (state !== undefined && Object.keys(state.options).length > 0) {
    facts.push(["options", visible(JSON.stringify(state.options))]);
  }
  if (failedAt?.error !== undefined) {
    facts.push(["error", visible(`${failedAt.error.name}: ${failedAt.error.message}`)]);
  }
  const width = Math.max(...facts.map(([name]) => name.length));
  const lines = [
    style.bold(`run ${visible(checkpoint.runId)}`),
    ...facts.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`),
    "",
    ...componentTable(full),
    "",
    ...recordTable(full),
    ...full.problems.map((problem) => `${style.red("problem:")} ${visible(problem)}`),
  ];
  return lines.join("\n").trimEnd();
}

function componentTable({ checkpoint, state }: CheckpointInFull): string[] {
  const names = state?.components ?? [];
  const rows = Array.from({ length: Math.max(checkpoint.totalComponents, names.length) }, (_, index) => {
    const done = checkpoint.completedComponents.find((each) => each.index === index);
    const outputs = state?.completions.get(index)?.outputs;
    return [
      String(index + 1),
      visible(done?.name ?? names[index]?.name ?? "?"),
      done === undefined ? (checkpoint.failedAt?.index === index ? "not completed" : "–") : "completed",
      done?.completedAt ?? "",
      done === undefined ? "" : `${done.durationMs} ms`,
      outputs === undefined ? "" : visible(cut(JSON.stringify(outputs))),
    ];
  });
  return table(["#", "COMPONENT", "STATE", "COMPLETED", "TOOK", "OUTPUTS"], rows);
}

/** Longest piece of outputs in the table; JSON has them whole. */
const MAX_OUTPUTS = 60;

function cut(text: string): string {
  return text.length <= MAX_OUTPUTS ? text : `${text.slice(0, MAX_OUTPUTS - 1)}…`;
}

function recordTable({ records }: CheckpointInFull): string[] {
  const rows = records.map(({ seq, at, events }) => [
    String(seq),
    at,
    events
      .map((event) =>
        "index" in event && event.index !== undefined ? `${event.type} ${event.index + 1}` : event.type,
      )
      .join(", "),
  ]);
  return table(["RECORD", "AT", "EVENTS"], rows);
}
