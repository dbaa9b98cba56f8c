import type { PipelineConfig, ReapReport } from "../../api/mod.ts";
import type { Command, CommandContext } from "../context.ts";
import { EXIT } from "../exit.ts";
import { dryRun, format, locationFlags, plugins } from "../flags.ts";
import { configOfLocation, withLocation } from "../open-location.ts";
import { printJson, printText } from "../output.ts";
import { visible } from "../style.ts";
import { table } from "../wrap.ts";
import { configPositional } from "../positionals.ts";

/** `cairn checkpoints reap`. */
export const reap: Command = {
  kind: "command",
  name: "reap",
  summary: "Close runs whose process has gone, and tell hooks",
  about: [
    "A run that was killed, or whose machine went, can't say so. Its checkpoint stays resumable, and the next start of its pipeline and run key closes it and tells the hooks (onAbandoned). This command does the same without a start: for pipelines that start seldom, and for alerts that can't wait. It also tells hooks the ends of runs (afterPipeline) whose process died before it could. Each end is told once, whoever comes first.",
    "With CONFIG it is about that pipeline, and the hooks in CONFIG are told. With a location alone runs of all its pipelines are closed, and telling is left to whoever comes with hooks. A run whose runner lives is never touched; on object stores a dead one counts as alive until its lease runs out. Closing changes nothing about resuming.",
    "Exit 0, whether there was anything to do or not.",
  ],
  examples: [
    { does: "in cron, every ten minutes", line: "cairn checkpoints reap daily.conf -q" },
    { does: "what would be done?", line: "cairn checkpoints reap daily.conf -n" },
    {
      does: "close dead runs of all pipelines of a location",
      line: "cairn checkpoints reap --location=/data/checkpoints",
    },
  ],
  positionals: [configPositional("The pipeline file whose runs and hooks are meant", false)],
  flags: [
    ...locationFlags,
    {
      name: "pipeline",
      type: "text",
      value: "NAME",
      group: "Selection",
      summary: "Only runs of the pipeline of that name (default: that of CONFIG)",
    },
    dryRun("Only tell what would be done"),
    plugins,
    format,
  ],
  exclusive: [["location", "config"]],
  topics: ["checkpoints", "resume"],
  async run(context) {
    const { reapCheckpoints } = await import("../../api/mod.ts");
    const { given, output, cwd, env } = context;
    const config = await pipelineConfig(context);
    return withLocation(context, given.positionals[0], async (store) => {
      const report = await reapCheckpoints(store, {
        config,
        pipelineName: given.text("pipeline"),
        plugins: given.list("plugins"),
        dryRun: given.on("dry-run"),
        observer: {
          log: ({ level, message }) => {
            if (level === "warn" || level === "error") output.err.write(`${level}: ${visible(message)}\n`);
          },
        },
        cwd,
        env,
      });
      if (given.text("format") === "json") printJson(output, { ...report });
      else if (given.on("quiet") !== true) printText(output, reportText(report));
      return EXIT.success;
    });
  },
};

/** The configuration that says where the location is, which has the hooks. */
async function pipelineConfig(context: CommandContext): Promise<PipelineConfig | undefined> {
  const path = configOfLocation(context, context.given.positionals[0]);
  if (path === undefined) return undefined;
  const { loadConfig } = await import("../../api/mod.ts");
  return loadConfig(path, { cwd: context.cwd, env: context.env });
}

function reportText({ dryRun: onlyTells, closed, told, held }: ReapReport): string {
  const rows = [
    ...closed.map((run) => [run, "abandoned", run.lastSeenAt] as const),
    ...told
      .filter(({ runId }) => !closed.some((run) => run.runId === runId))
      .map((end) => [end, end.status, end.endedAt] as const),
  ].map(([run, end, at]) => [visible(run.runId), visible(run.pipelineName), end, at]);
  const lines = rows.length === 0 ? [] : table(["RUN ID", "PIPELINE", "END", "LAST SEEN"], rows);
  for (const { pipelineName, holder } of held) {
    lines.push(
      `${visible(pipelineName)} is held by process ${holder.pid} on ${visible(holder.host)}: left alone`,
    );
  }
  const would = onlyTells ? "would be " : "";
  lines.push(`${closed.length} ${would}closed, ${told.length} ${would}told to hooks`);
  return lines.join("\n");
}
