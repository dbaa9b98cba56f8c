import {
  type CommandDefinition,
  type Definition,
  FLAG_GROUPS,
  type FlagGroup,
  type FlagDefinition,
  flagUsage,
  isNegatable,
  variableOf,
} from "./definition.ts";
import { EXIT_BY_CODE, EXIT_MEANINGS } from "./exit.ts";
import { generalFlags } from "./flags.ts";
import { usageLine } from "./help.ts";

type AnyDefinition = Definition<never>;

/** `docs/reference/cli.md`, made from the same definitions as `--help`. */
export function cliReference(definitions: readonly AnyDefinition[]): string {
  const commands = definitions.flatMap((each) =>
    each.kind === "command"
      ? [{ path: [each.name], command: each }]
      : each.commands.map((command) => ({ path: [each.name, command.name], command })),
  );
  return [
    "# The command line",
    "",
    "Written by `bun scripts/docs.ts` from the definitions that `cairn --help` shows. Don't edit.",
    "",
    "Results go to standard output, everything else (log, progress, errors) to standard error. `--format=json` prints exactly",
    'one JSON document on standard output; documents carry `"version": 1` and only grow. A command line that these definitions',
    "don't allow is exit 2 with the nearest valid name. [exit-codes.md](exit-codes.md) lists what each exit code means.",
    "",
    "A value is given as `--flag=VALUE` or `--flag VALUE` (`--checkpoint` takes one only as `--checkpoint=LOCATION`); `--` ends",
    "the flags. A flag wins over its variable, the variable over the configuration. Durations are HOCON's, with their unit: `30s`, `5 minutes`, `2h`.",
    "",
    "| command | does |",
    "|---|---|",
    ...commands.map(({ path, command }) => {
      const anchor = ["cairn", ...path].join("-");
      return `| [\`${usageLine(path, command).replace("cairn ", "").replace(" [FLAGS]", "")}\`](#${anchor}) | ${cell(command.summary)} |`;
    }),
    "",
    ...commands.flatMap(({ path, command }) => commandSection(path, command)),
    "## Flags of every command",
    "",
    ...flagTable(generalFlags),
    "",
  ].join("\n");
}

/** `docs/reference/exit-codes.md`, made from the table in `exit.ts`. */
export function exitCodesReference(): string {
  return [
    "# Exit codes",
    "",
    "Written by `bun scripts/docs.ts` from the one table that the program uses (`src/cli/exit.ts`). Don't edit.",
    "",
    "| exit | meaning | what to do |",
    "|---|---|---|",
    ...EXIT_MEANINGS.map(({ code, meaning, todo }) => `| ${code} | ${cell(meaning)} | ${cell(todo)} |`),
    "",
    "For whoever repeats a run by itself (cron, systemd, Airflow, Kubernetes): 1, 3, 6, 9 and the codes of signals leave a",
    "checkpoint, where checkpointing is on, that a repeat with `--auto-resume` goes on from; 2, 4, 7 and 8 want a change first, a",
    "repeat would do the same; 5 only wants patience.",
    "",
    "A configuration error is always 2 and a bug always 70. Of the errors that the world is to blame for (1), these have an",
    "exit code of their own; the code stands in brackets after the message and as `error.code` in JSON:",
    "",
    "| error code | exit |",
    "|---|---|",
    ...EXIT_BY_CODE.map(([code, exit]) => `| \`${code}\` | ${exit} |`),
    "",
  ].join("\n");
}

function commandSection(path: readonly string[], command: CommandDefinition<never>): string[] {
  const examples = command.examples.flatMap(({ does, line }) => [`# ${does}`, line]);
  const groups = FLAG_GROUPS.flatMap((group) => groupSection(group, command));
  return [
    `## cairn ${path.join(" ")}`,
    "",
    `${command.summary}.`,
    "",
    "```text",
    usageLine(path, command),
    "```",
    "",
    ...command.about.flatMap((paragraph) => [paragraph, ""]),
    ...(examples.length === 0 ? [] : ["```sh", ...examples, "```", ""]),
    ...(command.positionals.length === 0
      ? []
      : [
          "| argument | meaning |",
          "|---|---|",
          ...command.positionals.map((each) => `| \`${each.name}\` | ${cell(each.summary)} |`),
          "",
        ]),
    ...groups,
  ];
}

function groupSection(group: FlagGroup, command: CommandDefinition<never>): string[] {
  const flags = command.flags.filter((flag) => flag.group === group);
  return flags.length === 0 ? [] : [`**${group}**`, "", ...flagTable(flags), ""];
}

function flagTable(flags: readonly FlagDefinition[]): string[] {
  return [
    "| flag | variable | meaning |",
    "|---|---|---|",
    ...flags.map((flag) => {
      const negated = isNegatable(flag) ? `, \`--no-${flag.name}\`` : "";
      const many = flag.repeatable ? " May be given several times." : "";
      const fallback = flag.fallback === undefined ? "" : ` Default: ${flag.fallback}.`;
      const variable = variableOf(flag);
      const usage = flagUsage(flag).replaceAll("|", String.raw`\|`);
      return `| \`${usage}\`${negated} | ${variable === undefined ? "–" : `\`${variable}\``} | ${cell(flag.summary)}.${many}${fallback} |`;
    }),
  ];
}

function cell(text: string): string {
  return text.replaceAll("|", String.raw`\|`);
}
