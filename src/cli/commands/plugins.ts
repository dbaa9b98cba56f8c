import { findingsToJson, findingsToText, type JsonObject, type JsonValue } from "../../base/mod.ts";
import type { ContractDescription, PluginDescription, PluginProblem, PluginRequest } from "../../api/mod.ts";
import { type Command, type CommandContext, loadOptions } from "../context.ts";
import type { GroupDefinition } from "../definition.ts";
import { EXIT } from "../exit.ts";
import { configFlags, format, plugins as pluginsFlag } from "../flags.ts";
import { printJson, printText } from "../output.ts";
import { type Style, visible } from "../style.ts";
import { table } from "../wrap.ts";
import { configPositional } from "../positionals.ts";

const CONFIG = configPositional("A pipeline file: its plugin folders count too", false);

async function request(context: CommandContext, config: string | undefined): Promise<PluginRequest> {
  return {
    ...(await loadOptions(context, config ?? "")),
    config,
    plugins: context.given.list("plugins"),
  };
}

function problemJson(problem: PluginProblem): JsonObject {
  return { type: problem.type, ...findingsToJson([problem.finding])[0] };
}

function printProblems(context: CommandContext, problems: readonly PluginProblem[]): void {
  const { err, errStyle } = context.output;
  err.write(
    findingsToText(
      problems.map(({ finding }) => finding),
      { color: errStyle.enabled },
    ),
  );
}

const list: Command = {
  kind: "command",
  name: "list",
  summary: "List what instance-types resolve to",
  about: [
    "Every type of every plugin folder, and the built-in ones; what does not load is said on standard error.",
  ],
  examples: [{ does: "those that a pipeline can use", line: "cairn plugins list daily.conf" }],
  positionals: [CONFIG],
  flags: [pluginsFlag, ...configFlags, format],
  topics: ["plugins"],
  async run(context) {
    const { listPlugins } = await import("../../api/mod.ts");
    const { plugins, problems } = await listPlugins(await request(context, context.given.positionals[0]));
    if (context.given.text("format") === "json") {
      printJson(context.output, {
        version: 1,
        plugins: plugins.map(pluginJson),
        problems: problems.map(problemJson),
      });
      return EXIT.success;
    }
    printProblems(context, problems);
    const rows = plugins.map((each) => [
      visible(each.type),
      each.kind,
      visible(each.file ?? "built in"),
      visible(each.description ?? ""),
    ]);
    printText(
      context.output,
      rows.length === 0 ? "No plugins." : table(["TYPE", "KIND", "FILE", "DESCRIPTION"], rows).join("\n"),
    );
    return EXIT.success;
  },
};

function pluginJson(plugin: PluginDescription): JsonObject {
  return {
    type: plugin.type,
    kind: plugin.kind,
    description: plugin.description ?? null,
    file: plugin.file ?? null,
    fields: plugin.fields.map((field) => ({
      name: field.name,
      type: field.type,
      required: field.required,
      default: field.default ?? null,
      description: field.description ?? null,
    })),
    ...(plugin.kind === "component"
      ? { input: contractJson(plugin.input), output: contractJson(plugin.output) }
      : {}),
  };
}

function contractJson(contract: ContractDescription | undefined): JsonValue {
  if (contract === undefined) return null;
  return {
    byConfiguration: contract.byConfiguration,
    fields: contract.fields.map(({ from, name, type, nullable, description }) => ({
      ...(from === undefined ? {} : { from }),
      name,
      type,
      nullable,
      description: description ?? null,
    })),
  };
}

const show: Command = {
  kind: "command",
  name: "show",
  summary: "Show one type: its file, its configuration with defaults, its contracts",
  about: [
    "The fields of `instance-config` as the plugin's schema declares them; either spelling, kebab-case or camelCase, may be written.",
  ],
  examples: [
    { does: "what does it need?", line: "cairn plugins show com.example.Extract --config=daily.conf" },
  ],
  positionals: [{ name: "TYPE", summary: "An instance-type", required: true }],
  flags: [
    {
      name: "config",
      type: "text",
      value: "CONFIG",
      group: "Configuration and plugins",
      summary: "A pipeline file: its plugin folders count too",
      completes: "file",
    },
    pluginsFlag,
    ...configFlags,
    format,
  ],
  topics: ["plugins"],
  async run(context) {
    const { showPlugin } = await import("../../api/mod.ts");
    const [type = ""] = context.given.positionals;
    const plugin = await showPlugin(type, await request(context, context.given.text("config")));
    if (context.given.text("format") === "json")
      printJson(context.output, { version: 1, ...pluginJson(plugin) });
    else printText(context.output, pluginText(plugin, context.output.style));
    return EXIT.success;
  },
};

function pluginText(plugin: PluginDescription, style: Style): string {
  const rows = plugin.fields.map((field) => [
    `  ${visible(field.name)}`,
    visible(field.type),
    field.required
      ? "required"
      : field.default === undefined
        ? "optional"
        : `default ${visible(JSON.stringify(field.default))}`,
    visible(field.description ?? ""),
  ]);
  const lines = [
    `${style.bold(visible(plugin.type))} (${plugin.kind}) ${visible(plugin.file ?? "built in")}`,
    ...(plugin.description === undefined ? [] : [visible(plugin.description)]),
    "",
    ...(rows.length === 0 ? ["It declares no fields."] : table(["  FIELD", "TYPE", "", ""], rows)),
    ...contractLines("NEEDS", plugin.input),
    ...contractLines("PRODUCES", plugin.output),
  ];
  return lines.join("\n");
}

function contractLines(heading: string, contract: ContractDescription | undefined): readonly string[] {
  if (contract === undefined) return [];
  if (contract.byConfiguration) return ["", `  ${heading}`, "  what its configuration says"];
  const rows = contract.fields.map(({ from, name, type, nullable, description }) => [
    `  ${visible(from === undefined ? name : `${from}: ${name}`)}`,
    visible(type),
    nullable ? "" : "not null",
    visible(description ?? ""),
  ]);
  return [
    "",
    ...(rows.length === 0 ? [`  ${heading}`, "  nothing"] : table([`  ${heading}`, "TYPE", "", ""], rows)),
  ];
}

const check: Command = {
  kind: "command",
  name: "check",
  summary: "Load all plugins and tell what does not load",
  about: ["Exit 0 where all load, else 2."],
  examples: [{ does: "before a deployment", line: "cairn plugins check daily.conf" }],
  positionals: [CONFIG],
  flags: [pluginsFlag, ...configFlags, format],
  topics: ["plugins"],
  async run(context) {
    const { checkPlugins } = await import("../../api/mod.ts");
    const { checked, problems } = await checkPlugins(await request(context, context.given.positionals[0]));
    const { output } = context;
    const valid = problems.length === 0;
    if (context.given.text("format") === "json") {
      printJson(output, { version: 1, valid, checked, problems: problems.map(problemJson) });
    } else {
      printProblems(context, problems);
      if (context.given.on("quiet") !== true || !valid) {
        printText(output, `${checked} checked, ${problems.length} with problems`);
      }
    }
    return valid ? EXIT.success : EXIT.usage;
  },
};

/** `cairn plugins`. */
export const plugins: GroupDefinition<CommandContext> = {
  kind: "group",
  name: "plugins",
  summary: "Look at plugins",
  about: ["Which types there are, what they are configured with, whether they load."],
  examples: [],
  commands: [list, show, check],
};
