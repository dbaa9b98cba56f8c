import type { Command, CommandContext } from "../context.ts";
import {
  configFlags,
  dryRun,
  format,
  holdFlags,
  logFlags,
  plugins,
  resumeFlags,
  runFlags,
  selectionExclusive,
  selectionFlags,
} from "../flags.ts";
import { planAndPrint } from "./plan.ts";
import { configPositional } from "../positionals.ts";

/** Flags that exclude each other in whatever starts a run. */
const startExclusive: readonly (readonly string[])[] = [["resume", "fresh"], ...selectionExclusive];

/** `cairn run`. */
export const run: Command = {
  kind: "command",
  name: "run",
  summary: "Run a pipeline, or go on with it",
  about: [
    "Reads the configuration, checks all of it, and runs its components in order. Nothing runs where anything is wrong: exit 2 with every finding. CONFIG `-` is standard input.",
    "With checkpointing on (in the configuration or with --checkpoint) each completion is recorded durably, and a later run can go on from there: by itself with auto-resume, or with `cairn resume`. The last line of a failed run, on standard error, is the command that resumes it.",
  ],
  examples: [
    {
      does: "run it, keeping a checkpoint where the configuration says",
      line: "cairn run daily.conf --checkpoint",
    },
    {
      does: "the same line every day, in cron: goes on with what failed",
      line: "cairn run daily.conf --auto-resume -q",
    },
    {
      does: "one logical run per date; a date that has completed is not run again",
      line: "cairn run daily.conf --auto-resume --run-key=2026-11-23",
    },
    {
      does: "other values for this run",
      line: "cairn run daily.conf --set 'day=\"2026-11-24\"' --max-parallel=4",
    },
    { does: "for a program", line: "cairn run daily.conf --format=json --log-format=json" },
  ],
  positionals: [configPositional()],
  flags: [
    ...resumeFlags,
    ...holdFlags,
    ...selectionFlags,
    plugins,
    ...configFlags,
    dryRun("Only tell what would run, and why: the same as `cairn plan`"),
    ...runFlags,
    format,
    ...logFlags,
  ],
  exclusive: startExclusive,
  topics: ["resume", "checkpoints", "exit-codes", "configuration"],
  async run(context: CommandContext) {
    if (context.given.on("dry-run") === true) return planAndPrint(context);
    const { runAndReport } = await import("../run-and-report.ts");
    return runAndReport(context);
  },
};
