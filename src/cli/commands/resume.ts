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

/** What `resume` says by itself. */
const IMPLIED: ReadonlySet<string> = new Set(["resume", "auto-resume", "fresh"]);

/** `cairn resume`. */
export const resume: Command = {
  kind: "command",
  name: "resume",
  summary: "Resume one given run",
  about: [
    "The same as `cairn run CONFIG --resume=RUN_ID`; checkpointing is implied. What the run completed is restored, the rest runs. Options that were given to it (--set, --no-fail-fast …) are remembered; values of secrets have to be given again.",
    "A run can be resumed once: the new run carries over what it completed. Where that can't be (no such run, resumed already, configuration of a completed component changed), nothing runs: exit 4 with the ways out.",
  ],
  examples: [
    { does: "the run that failed; a unique prefix will do", line: "cairn resume daily.conf 0199c3" },
    { does: "the last run of this pipeline", line: "cairn resume daily.conf latest" },
    {
      does: "after a change of a component that had completed: it and what follows run again",
      line: "cairn resume daily.conf latest --on-config-change=rerun",
    },
  ],
  positionals: [
    configPositional(),
    { name: "RUN_ID", summary: "The run: its ID, a unique prefix of it, or `latest`", required: true },
  ],
  flags: [
    ...resumeFlags.filter(({ name }) => !IMPLIED.has(name)),
    ...holdFlags,
    ...selectionFlags,
    plugins,
    ...configFlags,
    dryRun("Only tell what would run, and why: the same as `cairn plan`"),
    ...runFlags,
    format,
    ...logFlags,
  ],
  exclusive: selectionExclusive,
  topics: ["resume", "exit-codes"],
  async run(context: CommandContext) {
    if (context.given.on("dry-run") === true) return planAndPrint(context);
    const { runAndReport } = await import("../run-and-report.ts");
    return runAndReport(context);
  },
};
