import { type Command, configOf, loadOptions } from "../context.ts";
import { EXIT } from "../exit.ts";
import { configFlags } from "../flags.ts";
import { GRAPH_FORMATS, graphDot, graphMermaid, graphText } from "../graph-text.ts";
import { printJson, printText } from "../output.ts";
import { configPositional } from "../positionals.ts";

/** `cairn graph`. */
export const graph: Command = {
  kind: "command",
  name: "graph",
  summary: "Show the components of a pipeline and what each comes after",
  about: [
    "From the configuration alone: no plugin is loaded, nothing is run. A solid arrow (depends-on) needs success; a dashed one, from a component to the next in the file, only waits.",
  ],
  examples: [
    { does: "on the terminal", line: "cairn graph daily.conf" },
    { does: "as a picture", line: "cairn graph daily.conf --format=dot | dot -Tsvg >daily.svg" },
    { does: "for a Markdown page", line: "cairn graph daily.conf --format=mermaid" },
  ],
  positionals: [configPositional()],
  flags: [
    {
      name: "format",
      type: "choice",
      choices: GRAPH_FORMATS,
      group: "Output",
      summary: "What is printed",
      fallback: "text",
      variable: "CAIRN_GRAPH_FORMAT",
    },
    ...configFlags,
  ],
  async run(context) {
    const { graphPipeline, loadConfig } = await import("../../api/mod.ts");
    const path = configOf(context);
    const found = graphPipeline(await loadConfig(path, await loadOptions(context, path)));
    const format = context.given.choice("format", GRAPH_FORMATS) ?? "text";
    if (format === "json") printJson(context.output, found);
    else {
      const render = { text: graphText, mermaid: graphMermaid, dot: graphDot }[format];
      printText(context.output, render(found));
    }
    return EXIT.success;
  },
};
