import { version } from "../base/mod.ts";
import {
  type CommandDefinition,
  type Definition,
  FLAG_GROUPS,
  type FlagGroup,
  type FlagDefinition,
  flagUsage,
  type GroupDefinition,
  isNegatable,
  type PositionalDefinition,
  variableOf,
} from "./definition.ts";
import { generalFlags } from "./flags.ts";
import type { Style } from "./style.ts";
import { type Topic, topics } from "./topics.ts";
import { twoColumns, wrap } from "./wrap.ts";

/** Help is for reading: no wider than this, whatever the terminal. */
const MAX_WIDTH = 100;

/** How help is laid out. */
export interface HelpLayout {
  readonly style: Style;
  /** Columns of the terminal. */
  readonly columns: number;
}

type AnyDefinition = Definition<never>;

/** A positional as usage shows it: `CONFIG`, `[CONFIG]`, `CONFIG…`. */
function positionalUsage(positional: PositionalDefinition): string {
  const name = positional.many === true ? `${positional.name}…` : positional.name;
  return positional.required ? name : `[${name}]`;
}

/** `cairn run [FLAGS] CONFIG`. */
export function usageLine(path: readonly string[], command: CommandDefinition<never>): string {
  const flags = command.flags.length === 0 ? [] : ["[FLAGS]"];
  return ["cairn", ...path, ...flags, ...command.positionals.map(positionalUsage)].join(" ");
}

/** What help says of a flag besides its summary. */
function flagNotes(flag: FlagDefinition): string {
  const notes = [
    ...(isNegatable(flag) ? [`off: --no-${flag.name}`] : []),
    ...(flag.repeatable ? ["may be given several times"] : []),
    ...(flag.fallback === undefined ? [] : [`default: ${flag.fallback}`]),
    ...(variableOf(flag) === undefined ? [] : [variableOf(flag) ?? ""]),
  ];
  return notes.length === 0 ? "" : ` (${notes.join("; ")})`;
}

/** The help of a path: the program, a group, a command. */
export function helpFor(
  path: readonly string[],
  definitions: readonly AnyDefinition[],
  layout: HelpLayout,
): string {
  const [first, second] = path;
  const found = definitions.find((each) => each.name === first);
  if (found === undefined) return programHelp(definitions, layout);
  if (found.kind === "command") return commandHelp([found.name], found, layout);
  const command = found.commands.find((each) => each.name === second);
  return command === undefined
    ? groupHelp(found, layout)
    : commandHelp([found.name, command.name], command, layout);
}

function widthOf(layout: HelpLayout): number {
  return Math.max(40, Math.min(MAX_WIDTH, layout.columns));
}

function heading(text: string, layout: HelpLayout): string {
  return layout.style.bold(text);
}

function page(blocks: readonly (readonly string[])[]): string {
  return `${blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join("\n"))
    .join("\n\n")}\n`;
}

function programHelp(definitions: readonly AnyDefinition[], layout: HelpLayout): string {
  const width = widthOf(layout);
  const rows = definitions.flatMap((each) => {
    if (each.kind === "command") {
      return [{ term: [each.name, ...each.positionals.map(positionalUsage)].join(" "), text: each.summary }];
    }
    return each.commands.map((command) => ({ term: `${each.name} ${command.name}`, text: command.summary }));
  });
  return page([
    [
      `${heading("cairn", layout)} ${version}: pipelines that go on where they stopped`,
      "",
      ...wrap(
        "Runs the components of a HOCON pipeline file, records each completion durably, and after any failure resumes with what is left.",
        width,
      ),
    ],
    [
      heading("Start here", layout),
      "  cairn validate daily.conf             # find every mistake before anything runs",
      "  cairn run daily.conf --checkpoint     # run it, keeping a checkpoint",
      "  cairn plan daily.conf --auto-resume   # after a failure: what would run, what is restored",
      "  cairn run daily.conf --auto-resume    # go on",
    ],
    [heading("Commands", layout), ...twoColumns(rows, 2, width)],
    [heading("Flags of every command", layout), ...flagRows(generalFlags, width)],
    [
      heading("Topics", layout),
      ...twoColumns(
        topics.map(({ name, summary }) => ({ term: `cairn help ${name}`, text: summary })),
        2,
        width,
      ),
    ],
    ["`cairn COMMAND --help` says more about a command."],
  ]);
}

function groupHelp(group: GroupDefinition<never>, layout: HelpLayout): string {
  const width = widthOf(layout);
  const rows = group.commands.map((command) => ({
    term: [command.name, ...command.positionals.map(positionalUsage)].join(" "),
    text: command.summary,
  }));
  return page([
    [`${heading(`cairn ${group.name}`, layout)}: ${group.summary}`],
    ...group.about.map((paragraph) => wrap(paragraph, width)),
    [heading("Commands", layout), ...twoColumns(rows, 2, width)],
    exampleBlock(group, layout),
    [`\`cairn ${group.name} COMMAND --help\` says more about a command.`],
  ]);
}

function commandHelp(path: readonly string[], command: CommandDefinition<never>, layout: HelpLayout): string {
  const width = widthOf(layout);
  const all = [...command.flags, ...generalFlags];
  const groupBlock = (group: FlagGroup): string[] => {
    const flags = all.filter((flag) => flag.group === group);
    return flags.length === 0 ? [] : [heading(group, layout), ...flagRows(flags, width)];
  };
  const groups = FLAG_GROUPS.map(groupBlock);
  const positionals = command.positionals.map((each) => ({ term: each.name, text: `${each.summary}.` }));
  const more = (command.topics ?? []).map((topic) => `\`cairn help ${topic}\``);
  return page([
    [`${heading(["cairn", ...path].join(" "), layout)}: ${command.summary}`],
    [`${heading("Usage", layout)}  ${usageLine(path, command)}`],
    ...command.about.map((paragraph) => wrap(paragraph, width)),
    exampleBlock(command, layout),
    positionals.length === 0 ? [] : [heading("Arguments", layout), ...twoColumns(positionals, 2, width)],
    ...groups,
    more.length === 0 ? [] : [`More: ${more.join(", ")}`],
  ]);
}

function exampleBlock(described: Pick<AnyDefinition, "examples">, layout: HelpLayout): string[] {
  if (described.examples.length === 0) return [];
  const all = described.examples.flatMap(({ does, line }) => [layout.style.dim(`  # ${does}`), `  ${line}`]);
  return [heading("Examples", layout), ...all];
}

function flagRows(flags: readonly FlagDefinition[], width: number): string[] {
  const rows = flags.map((flag) => ({
    term: flag.short === undefined ? `    ${flagUsage(flag)}` : flagUsage(flag),
    text: `${flag.summary}${flagNotes(flag)}`,
  }));
  return twoColumns(rows, 2, width);
}

/** The page of a topic. */
export function topicHelp(topic: Topic, definitions: readonly AnyDefinition[], layout: HelpLayout): string {
  const width = widthOf(layout);
  const blocks = topic.body(definitions).map((part) => {
    switch (part.kind) {
      case "text":
        return wrap(part.text, width);
      case "lines":
        return part.lines.map((line) => `  ${line}`.trimEnd());
      case "terms":
        return twoColumns(part.rows, 2, width);
    }
  });
  return page([[`${heading(topic.name, layout)}: ${topic.summary}`], ...blocks]);
}
