import type { Command, CommandContext } from "../context.ts";
import { EXIT } from "../exit.ts";
import { helpFor, topicHelp } from "../help.ts";
import { topics } from "../topics.ts";
import { didYouMean, usageError } from "../usage-error.ts";

/** `cairn help`. */
export const help: Command = {
  kind: "command",
  name: "help",
  summary: "Show help on a command or a topic",
  about: ["Without a word the overview of all commands and topics."],
  examples: [
    { does: "what does exit code 5 mean?", line: "cairn help exit-codes" },
    { does: "the same as `cairn checkpoints list --help`", line: "cairn help checkpoints list" },
  ],
  positionals: [
    {
      name: "TOPIC",
      summary: `A command, or one of ${topics.map(({ name }) => name).join(", ")}`,
      required: false,
      many: true,
    },
  ],
  flags: [],
  run(context) {
    showHelp(context, context.given.positionals);
    return EXIT.success;
  },
};

function showHelp(context: CommandContext, words: readonly string[]): void {
  const { output, definitions } = context;
  const layout = { style: output.style, columns: output.out.columns() };
  const [first, second, third] = words;
  if (first === undefined) return output.out.write(helpFor([], definitions, layout));
  const found = definitions.find((each) => each.name === first);
  const topic = topics.find(({ name }) => name === first);
  // `checkpoints` and `plugins` are both a command and a topic: the group's help, then the page.
  const subcommand = found?.kind === "group" && found.commands.some((each) => each.name === second);
  const known = second === undefined ? found !== undefined || topic !== undefined : subcommand;
  if (!known || third !== undefined) {
    const names = [
      ...topics.map(({ name }) => name),
      ...definitions.map(({ name }) => name),
      ...definitions.flatMap((each) =>
        each.kind === "group" ? each.commands.map(({ name }) => `${each.name} ${name}`) : [],
      ),
    ];
    const word = words.join(" ");
    const near = didYouMean(word, names) ?? `Topics: ${topics.map(({ name }) => name).join(", ")}.`;
    throw usageError(`No help on ${JSON.stringify(word)}`, near, "cairn");
  }
  if (topic !== undefined) output.out.write(topicHelp(topic, definitions, layout));
  if (found !== undefined)
    output.out.write(`${topic === undefined ? "" : "\n"}${helpFor(words, definitions, layout)}`);
}
