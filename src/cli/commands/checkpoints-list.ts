import type { CheckpointStore } from "../../api/mod.ts";
import { nearest, systemClock } from "../../base/mod.ts";
import { checkpointJson, checkpointTable } from "../checkpoint-text.ts";
import type { Command } from "../context.ts";
import { EXIT } from "../exit.ts";
import type { Given } from "../given.ts";
import { format, locationFlags, plugins } from "../flags.ts";
import { withLocation } from "../open-location.ts";
import { printJson, printText } from "../output.ts";
import { visible } from "../style.ts";
import { configPositional } from "../positionals.ts";

/** `cairn checkpoints list`. */
export const list: Command = {
  kind: "command",
  name: "list",
  summary: "List the runs of a location, newest first",
  about: [
    "For each run its ID, pipeline, run key, state (with the component at which it stopped), start, age and, of a running one, its holder.",
  ],
  examples: [
    { does: "the location of a pipeline file", line: "cairn checkpoints list daily.conf" },
    {
      does: "what could be resumed",
      line: "cairn checkpoints list --location=/data/checkpoints --resumable",
    },
    { does: "for a program", line: "cairn checkpoints list daily.conf --format=json" },
  ],
  positionals: [configPositional("The pipeline file whose location is meant", false)],
  flags: [
    ...locationFlags,
    {
      name: "resumable",
      type: "boolean",
      group: "Selection",
      summary: "Only failed, partial and interrupted runs",
    },
    {
      name: "pipeline",
      type: "text",
      value: "NAME",
      group: "Selection",
      summary: "Only runs of the pipeline of that name",
    },
    plugins,
    format,
  ],
  exclusive: [["location", "config"]],
  topics: ["checkpoints", "resume"],
  async run(context) {
    const { listCheckpoints } = await import("../../api/mod.ts");
    const { given, output } = context;
    return withLocation(context, given.positionals[0], async (store) => {
      const found = await listCheckpoints(store, {
        pipelineName: given.text("pipeline"),
        resumable: given.on("resumable"),
      });
      if (given.text("format") === "json") {
        printJson(output, { version: 1, checkpoints: found.map(checkpointJson) });
      } else if (found.length > 0) printText(output, checkpointTable(found, systemClock.now(), output.style));
      else if (given.on("quiet") !== true) {
        output.err.write(`${await noneText(store, given)}\n`);
      }
      return EXIT.success;
    });
  },
};

/** Pipelines that are named where the one that was asked for has no checkpoints. */
const MAX_NAMES = 5;

/** That there is nothing to list; where one pipeline was asked for, also which others there are. */
async function noneText(store: CheckpointStore, given: Given): Promise<string> {
  const what = given.on("resumable") === true ? "resumable checkpoints" : "checkpoints";
  const asked = given.text("pipeline");
  const at = `at ${visible(store.location)}`;
  if (asked === undefined) return `No ${what} ${at}`;
  const { listCheckpoints } = await import("../../api/mod.ts");
  const names = [...new Set((await listCheckpoints(store)).map(({ pipelineName }) => pipelineName))];
  const none = `No ${what} of a pipeline ${visible(JSON.stringify(asked))} ${at}`;
  if (names.length === 0 || names.includes(asked)) return none;
  const quoted = names.map((name) => visible(JSON.stringify(name)));
  const meant = nearest(asked, names);
  if (meant !== undefined) return `${none}; did you mean ${visible(JSON.stringify(meant))}?`;
  const more = names.length > MAX_NAMES ? ` and ${names.length - MAX_NAMES} more` : "";
  return `${none}; there are some of ${quoted.slice(0, MAX_NAMES).join(", ")}${more}`;
}
