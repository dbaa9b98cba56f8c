import type { PipelinePlan } from "../../api/mod.ts";
import { type Command, type CommandContext, configOf, loadOptions, startOptions } from "../context.ts";
import { EXIT } from "../exit.ts";
import {
  configFlags,
  format,
  plugins,
  resumeFlags,
  runFlags,
  selectionExclusive,
  selectionFlags,
} from "../flags.ts";
import { changeWays } from "../change-ways.ts";
import { differenceLines } from "../difference-text.ts";
import { printJson, printText } from "../output.ts";
import { type Style, visible } from "../style.ts";
import { table } from "../wrap.ts";
import { configPositional } from "../positionals.ts";

/** `cairn plan`. */
export const plan: Command = {
  kind: "command",
  name: "plan",
  summary: "Tell what a run would do now, and why; write nothing",
  about: [
    "Each component: whether it would run or be restored, with the reason; the checkpoint that would be resumed; what changed since the completed components ran. Nothing is run and nothing is written, not even a folder.",
    "Exit 4 where `run` would refuse because of changes, 8 where the run is poisoned, else 0.",
  ],
  examples: [
    { does: "after a failure", line: "cairn plan daily.conf --auto-resume" },
    { does: "for one given run", line: "cairn plan daily.conf --resume=0199c3" },
    { does: "for a program", line: "cairn plan daily.conf --format=json" },
  ],
  positionals: [configPositional()],
  flags: [
    ...resumeFlags,
    ...selectionFlags,
    plugins,
    ...configFlags,
    ...runFlags.filter(({ name }) => name === "fail-fast" || name === "max-parallel"),
    format,
  ],
  exclusive: [["resume", "fresh"], ...selectionExclusive],
  topics: ["resume"],
  run: planAndPrint,
};

/** Plans and prints: also for `run --dry-run` and `resume --dry-run`. */
export async function planAndPrint(context: CommandContext): Promise<number> {
  const { planFile } = await import("../../api/mod.ts");
  const { given, output } = context;
  const path = configOf(context);
  const result = await planFile(path, {
    ...(await loadOptions(context, path)),
    ...startOptions(context),
    plugins: given.list("plugins"),
    failFast: given.on("fail-fast"),
    maxParallel: given.number("max-parallel"),
  });
  if (given.text("format") === "json") printJson(output, result);
  else printText(output, planText(result, output.style));
  if (result.refused) return EXIT.cannotResume;
  return result.poisoned.length > 0 ? EXIT.poisoned : EXIT.success;
}

/** The plan for people. */
export function planText(result: PipelinePlan, style: Style): string {
  const lines = [`${style.bold(visible(result.pipelineName))} ${startText(result)}`];
  if (result.location !== null) lines.push(`checkpoint ${visible(result.location)}`);
  if (result.selection !== null) lines.push(`selection ${selectionText(result.selection)}`);
  if (result.components.length > 0) lines.push("", ...componentLines(result));
  if (result.differences.length > 0) {
    lines.push(
      "",
      "Changed since the completed components ran:",
      ...differenceLines(result.differences, style),
    );
  }
  for (const warning of result.warnings) lines.push(`${style.yellow("warning:")} ${visible(warning)}`);
  if (result.refused) {
    lines.push("", `${style.red("`run` would refuse (exit 4).")} Ways out: ${waysOut(result)}.`);
  } else if (result.poisoned.length > 0) {
    lines.push(
      "",
      `${style.red("`run` would refuse (exit 8).")} Ways out: mend it, --retry-poisoned, --fresh.`,
    );
  }
  return lines.join("\n");
}

function waysOut({ differences }: PipelinePlan): string {
  if (differences.some(({ lost }) => lost)) return "put back what was removed (by its old name), or --fresh";
  return [...changeWays(differences).map(({ flags }) => flags.join(" ")), "--fresh"].join(", ");
}

function startText(result: PipelinePlan): string {
  const key = result.runKey === null ? "" : ` of run key ${JSON.stringify(result.runKey)}`;
  if (result.alreadyCompleted) return `has completed${key}: nothing would run`;
  return result.resumes === null ? `would start a new run${key}` : `would resume run ${result.resumes}${key}`;
}

function selectionText(selection: NonNullable<PipelinePlan["selection"]>): string {
  return Object.entries(selection)
    .flatMap(([way, names]) => names.map((name) => `--${way}=${visible(name)}`))
    .join(" ");
}

function componentLines(result: PipelinePlan): string[] {
  const rows = result.components.map((each) => [
    String(each.index + 1),
    each.action,
    visible(each.name),
    visible(each.type),
    each.reason,
    visible(each.explanation),
  ]);
  return table(["#", "action", "component", "type", "reason", "why"], rows);
}
