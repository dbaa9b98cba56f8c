import type { CheckpointState } from "../../api/mod.ts";
import { STATES } from "../checkpoint-text.ts";
import { type Command, type CommandContext, commandName } from "../context.ts";
import { dryRun, format, locationFlags, plugins } from "../flags.ts";
import { EXIT } from "../exit.ts";
import { configOfLocation, withLocation } from "../open-location.ts";
import { printJson, printText, printWarning } from "../output.ts";
import { visible } from "../style.ts";
import { didYouMean, usageError } from "../usage-error.ts";
import { table } from "../wrap.ts";

/** `cairn checkpoints prune`. */
export const prune: Command = {
  kind: "command",
  name: "prune",
  summary: "Remove old checkpoints",
  about: [
    "Completed, superseded and deleted ones that are older than the given time; others, which could still be resumed, only where --state names them. With --config, or --pipeline, only those of that pipeline.",
  ],
  examples: [
    { does: "what would go?", line: "cairn checkpoints prune --config=daily.conf --older-than=30d -n" },
    {
      does: "also give up failed runs of last year",
      line: "cairn checkpoints prune --older-than=365d --state=failed --state=completed",
    },
  ],
  positionals: [],
  flags: [
    ...locationFlags,
    {
      name: "older-than",
      type: "duration",
      value: "DURATION",
      group: "Selection",
      summary: "The least age; must be given",
    },
    {
      name: "state",
      type: "choice",
      choices: STATES,
      group: "Selection",
      summary: "States to remove, instead of completed, superseded and deleted",
      repeatable: { variable: "before", separator: "," },
    },
    {
      name: "pipeline",
      type: "text",
      value: "NAME",
      group: "Selection",
      summary: "Only checkpoints of the pipeline of that name",
    },
    dryRun("Only tell what would go"),
    plugins,
    format,
  ],
  exclusive: [["location", "config"]],
  topics: ["checkpoints"],
  async run(context) {
    const { pruneCheckpoints } = await import("../../api/mod.ts");
    const { given, output } = context;
    const warn = (message: string): void => printWarning(output, visible(message));
    const olderThanMs = given.number("older-than");
    if (olderThanMs === undefined) {
      throw usageError(
        "--older-than is missing",
        "Write for instance `--older-than=30d`.",
        commandName(context),
      );
    }
    const states = statesOf(context);
    const pipelineName = given.text("pipeline") ?? (await pipelineOf(context));
    return withLocation(context, undefined, async (store) => {
      const onlyTell = given.on("dry-run") === true;
      const pruned = await pruneCheckpoints(store, {
        olderThanMs,
        pipelineName,
        states,
        dryRun: onlyTell,
        warn,
      });
      if (given.text("format") === "json") {
        printJson(output, { version: 1, dryRun: onlyTell, pruned: pruned.map((each) => ({ ...each })) });
      } else if (given.on("quiet") !== true) {
        const rows = pruned.map((each) => [
          visible(each.runId),
          visible(each.pipelineName),
          each.state,
          each.startedAt,
        ]);
        if (rows.length > 0)
          printText(output, table(["RUN ID", "PIPELINE", "STATE", "STARTED"], rows).join("\n"));
        printText(output, `${pruned.length} ${onlyTell ? "would be removed" : "removed"}`);
      }
      return EXIT.success;
    });
  },
};

/** `--state`, checked; also what its variable says. */
function statesOf(context: CommandContext): readonly CheckpointState[] | undefined {
  const names = context.given.list("state");
  const unknown = names.find((name) => !STATES.includes(name as CheckpointState));
  if (unknown !== undefined) {
    const hint = didYouMean(unknown, STATES);
    throw usageError(`Unknown state ${JSON.stringify(unknown)}`, hint, commandName(context));
  }
  return names.length === 0 ? undefined : (names as readonly CheckpointState[]);
}

/** The name of the pipeline whose configuration says where the location is. */
async function pipelineOf(context: CommandContext): Promise<string | undefined> {
  const config = configOfLocation(context);
  if (config === undefined) return undefined;
  const { loadConfig } = await import("../../api/mod.ts");
  return (await loadConfig(config, { cwd: context.cwd, env: context.env })).pipelineName;
}
