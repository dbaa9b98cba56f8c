import { placeText } from "../../base/mod.ts";
import type { ConfigOrigin } from "../../api/mod.ts";
import { type Command, type CommandContext, configOf, loadOptions } from "../context.ts";
import type { GroupDefinition } from "../definition.ts";
import { EXIT } from "../exit.ts";
import { configFlags, format } from "../flags.ts";
import { printJson, printText } from "../output.ts";
import { visible } from "../style.ts";
import { configPositional } from "../positionals.ts";

const CONFIG = configPositional();

const show: Command = {
  kind: "command",
  name: "show",
  summary: "Print the resolved configuration, secrets masked",
  about: [
    "Includes, substitutions, environment and --set are resolved; what may be a secret is masked. With --origins each value has its place: `path = value    # file:line:column`.",
  ],
  examples: [
    { does: "as JSON text, which is HOCON too", line: "cairn config show daily.conf" },
    { does: "where does each value come from?", line: "cairn config show daily.conf --origins" },
  ],
  positionals: [CONFIG],
  flags: [
    {
      name: "origins",
      type: "boolean",
      group: "Output",
      summary: "One line per value, with the place it comes from",
    },
    format,
    ...configFlags,
  ],
  topics: ["configuration"],
  async run(context) {
    const { showConfig } = await import("../../api/mod.ts");
    const path = configOf(context);
    const { config, origins } = await showConfig(path, await loadOptions(context, path));
    const { output, given } = context;
    const withOrigins = given.on("origins") === true;
    if (given.text("format") === "json") {
      printJson(output, { version: 1, config, ...(withOrigins ? { origins: origins.map(originJson) } : {}) });
    } else if (withOrigins) printText(output, origins.map((each) => originLine(each, context)).join("\n"));
    else printText(output, JSON.stringify(config, null, 2));
    return EXIT.success;
  },
};

function originLine(origin: ConfigOrigin, context: CommandContext): string {
  const { style } = context.output;
  const value = visible(JSON.stringify(origin.value));
  return `${visible(origin.path)} = ${value}    ${style.dim(`# ${visible(placeText(origin.place))}`)}`;
}

function originJson(origin: ConfigOrigin): {
  path: string;
  value: ConfigOrigin["value"];
  file: string;
  line: number;
  column: number;
  steps: { kind: string; file: string; line: number; column: number; detail: string | null }[];
} {
  const { path, value, place, steps } = origin;
  return {
    path,
    value,
    file: place.file,
    line: place.line,
    column: place.column,
    steps: steps.map((step) => ({
      kind: step.kind,
      file: step.place.file,
      line: step.place.line,
      column: step.place.column,
      detail: step.detail ?? null,
    })),
  };
}

const explain: Command = {
  kind: "command",
  name: "explain",
  summary: "Tell where one value of the configuration comes from",
  about: [
    "Its value (masked where it may be a secret), its place, and how it got there: includes, substitutions, what it overrode, environment, --set.",
  ],
  examples: [
    {
      does: "which file sets the location?",
      line: "cairn config explain daily.conf pipeline.checkpoint.location",
    },
    {
      does: "a component's own value",
      line: "cairn config explain daily.conf pipeline.pipeline-components.0.instance-config.day",
    },
  ],
  positionals: [
    CONFIG,
    {
      name: "PATH",
      summary: "The value's path, dotted; a number counts into a list, from 0",
      required: true,
    },
  ],
  flags: [format, ...configFlags],
  topics: ["configuration"],
  async run(context) {
    const { explainConfig } = await import("../../api/mod.ts");
    const path = configOf(context);
    const [, valuePath = ""] = context.given.positionals;
    const found = await explainConfig(path, valuePath, await loadOptions(context, path));
    const { output } = context;
    if (context.given.text("format") === "json") {
      printJson(output, { version: 1, ...originJson(found), keys: found.keys });
      return EXIT.success;
    }
    const { style } = output;
    const lines = [
      `${style.bold(visible(found.path))} = ${visible(JSON.stringify(found.value))}`,
      `  at ${visible(placeText(found.place))}`,
      ...found.steps.map((step) => {
        const detail = step.detail === undefined ? "" : ` ${visible(step.detail)}`;
        return `  ${step.kind}${detail} ${style.dim(`at ${visible(placeText(step.place))}`)}`;
      }),
      ...(found.keys.length === 0 ? [] : [`  keys: ${found.keys.map(visible).join(", ")}`]),
    ];
    printText(output, lines.join("\n"));
    return EXIT.success;
  },
};

/** `cairn config`. */
export const config: GroupDefinition<CommandContext> = {
  kind: "group",
  name: "config",
  summary: "Look at the resolved configuration",
  about: ["Both commands show what a run would work with, and never a secret."],
  examples: [],
  commands: [show, explain],
};
