import { systemClock } from "../../base/mod.ts";
import { checkpointJson, checkpointTable } from "../checkpoint-text.ts";
import type { Command } from "../context.ts";
import { EXIT } from "../exit.ts";
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
        output.err.write(
          `No ${given.on("resumable") === true ? "resumable " : ""}checkpoints at ${visible(store.location)}\n`,
        );
      }
      return EXIT.success;
    });
  },
};
