import { describe, expect, test } from "bun:test";
import {
  type CommandDefinition,
  type Definition,
  flagUsage,
  isNegatable,
  variableOf,
} from "../../src/cli/definition.ts";
import { completionScript, SHELLS } from "../../src/cli/completions.ts";
import type { CommandContext } from "../../src/cli/context.ts";
import { definitions } from "../../src/cli/definitions.ts";
import { generalFlags } from "../../src/cli/flags.ts";
import { helpFor, topicHelp } from "../../src/cli/help.ts";
import { readArgs } from "../../src/cli/args.ts";
import { cliReference, exitCodesReference } from "../../src/cli/reference.ts";
import { createStyle } from "../../src/cli/style.ts";
import { topics } from "../../src/cli/topics.ts";
import { root, tempDir } from "../kit/mod.ts";

const layout = { style: createStyle(false), columns: 100 };

interface Leaf {
  readonly path: readonly string[];
  readonly command: CommandDefinition<CommandContext>;
}

const leaves: readonly Leaf[] = definitions.flatMap((each: Definition<CommandContext>): Leaf[] =>
  each.kind === "command"
    ? [{ path: [each.name], command: each }]
    : each.commands.map((command) => ({ path: [each.name, command.name], command })),
);

/** The words of an example line, for `readArgs`; quotes are taken off. */
function wordsOf(line: string): string[] {
  const first = line.split(/ (?:[|>]|&&) /u)[0] ?? "";
  return [...first.matchAll(/(?:'[^']*'|"[^"]*"|[^\s'"])+/gu)].map(([word]) =>
    word.replaceAll(/'([^']*)'/gu, "$1"),
  );
}

describe("help", () => {
  test.each(leaves.map((leaf) => [leaf.path.join(" "), leaf] as const))(
    "`cairn %s --help` shows all of it",
    (_, { path, command }) => {
      const text = helpFor(path, definitions, layout);
      expect(text).toContain(command.summary);
      for (const flag of [...command.flags, ...generalFlags]) {
        expect(text).toContain(flagUsage(flag));
        expect(text.replaceAll(/\s+/gu, " ")).toContain(flag.summary);
        if (isNegatable(flag)) expect(text).toContain(`--no-${flag.name}`);
        const variable = variableOf(flag);
        if (variable !== undefined) expect(text).toContain(variable);
      }
      for (const positional of command.positionals) expect(text).toContain(positional.name);
      expect(text.split("\n").every((line) => line.length <= 130 && line === line.trimEnd())).toBe(true);
    },
  );

  test("every example is a command line that the strict layer accepts", () => {
    for (const { command } of leaves) {
      for (const { line } of command.examples) {
        const [program, ...argv] = wordsOf(line.replace(/^eval "\$\((.*)\)"$/u, "$1"));
        expect(program).toBe("cairn");
        expect(readArgs(argv, {}, definitions).kind, line).toBe("command");
      }
    }
  });

  test("every command but those without a choice shows an example", () => {
    expect(
      leaves.filter(({ command }) => command.examples.length === 0).map(({ path }) => path.join(" ")),
    ).toEqual(["version"]);
  });

  test("the overview names every command and every topic", () => {
    const text = helpFor([], definitions, layout);
    for (const { path } of leaves) expect(text).toContain(path.join(" "));
    for (const topic of topics) expect(text).toContain(`cairn help ${topic.name}`);
  });

  test("topics say what they are about; that on the environment names every variable", () => {
    for (const topic of topics) expect(topicHelp(topic, definitions, layout)).toContain(topic.summary);
    const text = topics
      .filter(({ name }) => name === "environment")
      .map((topic) => topicHelp(topic, definitions, layout))[0];
    for (const flag of leaves.flatMap(({ command }) => command.flags))
      expect(text).toContain(variableOf(flag) ?? "");
  });

  test("a command's further topics exist", () => {
    const names = topics.map(({ name }) => name);
    for (const { command } of leaves)
      for (const topic of command.topics ?? []) expect(names).toContain(topic);
  });
});

describe("definitions", () => {
  test("no command has two flags of one name, short letter or variable", () => {
    for (const { command } of leaves) {
      const flags = [...command.flags, ...generalFlags];
      for (const keys of [
        flags.flatMap((flag) => [flag.name, ...(isNegatable(flag) ? [`no-${flag.name}`] : [])]),
        flags.flatMap((flag) => flag.short ?? []),
        flags.flatMap((flag) => variableOf(flag) ?? []),
      ]) {
        expect(keys.toSorted()).toEqual([...new Set(keys)].toSorted());
      }
    }
  });

  test("one variable has one meaning over all commands", () => {
    const shapes = new Map<string, string>();
    for (const flag of leaves.flatMap(({ command }) => command.flags)) {
      const shape = JSON.stringify([flag.name, flag.type, flag.choices, flag.repeatable]);
      const variable = variableOf(flag) ?? "";
      expect(shapes.get(variable) ?? shape).toBe(shape);
      shapes.set(variable, shape);
    }
  });

  test("exclusive sets name flags of their command", () => {
    for (const { command } of leaves) {
      const names = command.flags.map(({ name }) => name);
      for (const name of (command.exclusive ?? []).flat()) expect(names).toContain(name);
    }
  });
});

describe("generated pages", () => {
  test("docs/reference/cli.md and exit-codes.md are fresh (bun scripts/docs.ts writes them)", async () => {
    expect(await Bun.file(`${root}/docs/reference/cli.md`).text()).toBe(cliReference(definitions));
    expect(await Bun.file(`${root}/docs/reference/exit-codes.md`).text()).toBe(exitCodesReference());
  });
});

describe("completions", () => {
  const check: Record<(typeof SHELLS)[number], readonly string[]> = {
    bash: ["bash", "-n"],
    zsh: ["zsh", "-n"],
    fish: ["fish", "-n"],
  };

  test.each(SHELLS)(
    "the script of %s names every command and flag and is sound where that shell is installed",
    async (shell) => {
      const script = completionScript(shell, definitions);
      for (const { path, command } of leaves) {
        expect(script).toContain(path.join(" "));
        for (const flag of command.flags) expect(script).toContain(flag.name);
      }
      using dir = tempDir();
      const [program = "", ...args] = check[shell];
      // Shells that this machine lacks can't judge; bash is always there for the tests.
      if (Bun.which(program) === null) return;
      const judged = Bun.spawnSync([program, ...args, dir.write("script", script)]);
      expect(judged.stderr.toString()).toBe("");
      expect(judged.exitCode).toBe(0);
    },
  );

  test.each([
    ["cairn ru", ["run"]],
    ["cairn checkpoints pr", ["prune"]],
    ["cairn run --auto", ["--auto-resume"]],
    ["cairn -q run --no-check", ["--no-checkpoint"]],
    ["cairn validate --format = gi", ["github"]],
    ["cairn completions z", ["zsh"]],
  ])("bash completes `%s`", (line, expected) => {
    const script = `${completionScript("bash", definitions)}
COMP_WORDS=(${line
      .split(" ")
      .map((word) => `'${word}'`)
      .join(" ")}); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
compopt() { :; }
_cairn; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const answer = Bun.spawnSync(["bash", "--norc", "-c", script]);
    expect(answer.stderr.toString()).toBe("");
    expect(answer.stdout.toString().trim().split("\n")).toEqual(expected);
  });
});
