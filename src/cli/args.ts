import {
  type CommandDefinition,
  type Definition,
  type FlagDefinition,
  flagUsage,
  type GroupDefinition,
  isNegatable,
  variableOf,
} from "./definition.ts";
import { generalFlags } from "./flags.ts";
import { readFlagValue } from "./flag-value.ts";
import { type Given, given, type GivenValue, variableText } from "./given.ts";
import { didYouMean, usageError } from "./usage-error.ts";

/** What a command line asks for. */
export type Request<Context> =
  | { readonly kind: "version" }
  /** Help for the whole program, a group or a command. */
  | { readonly kind: "help"; readonly path: readonly string[] }
  | {
      readonly kind: "command";
      readonly path: readonly string[];
      readonly command: CommandDefinition<Context>;
      readonly given: Given;
    };

/** One word of the command line, told apart. */
type Word =
  | { readonly kind: "positional"; readonly text: string }
  | { readonly kind: "flag"; readonly flag: FlagDefinition; readonly value: boolean | number | string };

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The strict layer: reads a command line by the definitions that help and completions come from, and refuses
 * whatever they don't say. Throws usage errors (exit 2) with the nearest valid name.
 */
export function readArgs<Context>(
  argv: readonly string[],
  env: Environment,
  definitions: readonly Definition<Context>[],
): Request<Context> {
  const { path, definition, rest } = findCommand(argv, definitions);
  const name = ["cairn", ...path].join(" ");
  const flags = [...(definition?.kind === "command" ? definition.flags : []), ...generalFlags];
  if (definition?.kind !== "command") {
    return readWithoutCommand(rest, path, definition, definitions, flags);
  }
  const words = readWords(rest, flags, name, definitions);
  const asked = words.find((word) => word.kind === "flag" && (isAsk(word, "help") || isAsk(word, "version")));
  if (asked?.kind === "flag") {
    return asked.flag.name === "help" ? { kind: "help", path } : { kind: "version" };
  }
  const values = collect(words, flags, name);
  const exclusive = definition.exclusive ?? [];
  addVariables(values, flags, exclusive, env, name);
  checkExclusive(values, exclusive, name);
  const positionals = words.flatMap((word) => (word.kind === "positional" ? [word.text] : []));
  checkPositionals(positionals, definition, name);
  return { kind: "command", path, command: definition, given: given(flags, values, positionals) };
}

function isAsk(word: Word, name: string): boolean {
  return word.kind === "flag" && word.flag.name === name && word.value === true;
}

/** Takes the command's words out of argv; general flags may stand before and between them. */
function findCommand<Context>(
  argv: readonly string[],
  definitions: readonly Definition<Context>[],
): { path: string[]; definition: Definition<Context> | undefined; rest: string[] } {
  const path: string[] = [];
  const rest: string[] = [];
  let here: readonly Definition<Context>[] = definitions;
  let definition: Definition<Context> | undefined;
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i] ?? "";
    if (word === "--") return { path, definition, rest: [...rest, ...argv.slice(i)] };
    if (word.startsWith("-") && word !== "-") {
      rest.push(word);
      const value = argv[i + 1];
      if (takesNext(word) && value !== undefined) {
        rest.push(value);
        i++;
      }
      continue;
    }
    const found = here.find((each) => each.name === word);
    if (found === undefined) return { path, definition, rest: [...rest, ...argv.slice(i)] };
    path.push(word);
    definition = found;
    if (found.kind === "command") return { path, definition, rest: [...rest, ...argv.slice(i + 1)] };
    here = found.commands;
  }
  return { path, definition, rest };
}

/** Whether a word is a general flag whose value is the next word: `--color`, `-C`, `-qC`. */
function takesNext(word: string): boolean {
  const isIt = (flag: FlagDefinition): boolean =>
    word === `--${flag.name}` ||
    (!word.startsWith("--") && flag.short !== undefined && word.endsWith(flag.short));
  return generalFlags.some((flag) => flag.type !== "boolean" && isIt(flag));
}

/** No command was named: help and version, or what is wrong. */
function readWithoutCommand<Context>(
  rest: readonly string[],
  path: readonly string[],
  group: GroupDefinition<Context> | undefined,
  definitions: readonly Definition<Context>[],
  flags: readonly FlagDefinition[],
): Request<Context> {
  const name = ["cairn", ...path].join(" ");
  const here: readonly Definition<Context>[] = group === undefined ? definitions : group.commands;
  const unknown = rest.find(
    (word, i) => (word === "-" || !word.startsWith("-")) && !takesNext(rest[i - 1] ?? ""),
  );
  if (unknown !== undefined) {
    const commands = definitions.flatMap((each) =>
      each.kind === "group" ? each.commands.map((command) => `${each.name} ${command.name}`) : [each.name],
    );
    const elsewhere = commands.find((command) => command.split(" ").at(-1) === unknown);
    const names = here.map((each) => each.name);
    const hint = elsewhere === undefined ? didYouMean(unknown, names) : `Did you mean \`${elsewhere}\`?`;
    const what = group === undefined ? "" : ` of \`${name}\``;
    throw usageError(`Unknown command ${JSON.stringify(unknown)}${what}`, hint, name);
  }
  const words = readWords(rest, flags, name, definitions);
  if (words.some((word) => isAsk(word, "help"))) return { kind: "help", path };
  if (words.some((word) => isAsk(word, "version"))) return { kind: "version" };
  const names = here.map((each) => each.name).join(", ");
  throw usageError(`\`${name}\` needs a command`, `It has: ${names}.`, name);
}

function readWords<Context>(
  rest: readonly string[],
  flags: readonly FlagDefinition[],
  name: string,
  definitions: readonly Definition<Context>[],
): Word[] {
  const words: Word[] = [];
  for (let i = 0; i < rest.length; i++) {
    const text = rest[i] ?? "";
    if (text === "--") {
      words.push(...rest.slice(i + 1).map((each): Word => ({ kind: "positional", text: each })));
      break;
    }
    if (text === "-" || !text.startsWith("-")) {
      words.push({ kind: "positional", text });
      continue;
    }
    const { found, taken } = text.startsWith("--")
      ? readLong(text, rest[i + 1], flags, name, definitions)
      : readShorts(text, rest[i + 1], flags, name);
    words.push(...found);
    i += taken;
  }
  return words;
}

interface Read {
  readonly found: readonly Word[];
  /** How many of the following words it took. */
  readonly taken: 0 | 1;
}

function readLong<Context>(
  text: string,
  next: string | undefined,
  flags: readonly FlagDefinition[],
  name: string,
  definitions: readonly Definition<Context>[],
): Read {
  const equals = text.indexOf("=");
  const long = equals < 0 ? text.slice(2) : text.slice(2, equals);
  const inline = equals < 0 ? undefined : text.slice(equals + 1);
  const flag = flags.find((each) => each.name === long);
  if (flag) return valueOf(flag, `--${long}`, inline, next, name);
  const negated = flags.find((each) => long === `no-${each.name}` && isNegatable(each));
  if (negated === undefined) throw unknownFlag(`--${long}`, flags, name, definitions);
  if (inline !== undefined) throw usageError(`--${long} takes no value`, undefined, name);
  return { found: [{ kind: "flag", flag: negated, value: false }], taken: 0 };
}

/** `-q`, `-nq`, `-C DIR`, `-CDIR`. */
function readShorts(
  text: string,
  next: string | undefined,
  flags: readonly FlagDefinition[],
  name: string,
): Read {
  const found: Word[] = [];
  for (let i = 1; i < text.length; i++) {
    const flag = flags.find((each) => each.short === text[i]);
    if (flag === undefined) throw unknownFlag(`-${text[i] ?? ""}`, flags, name, []);
    if (flag.type !== "boolean") {
      const glued = text.slice(i + 1);
      const read = valueOf(flag, `-${flag.short}`, glued === "" ? undefined : glued, next, name);
      return { found: [...found, ...read.found], taken: read.taken };
    }
    found.push({ kind: "flag", flag, value: true });
  }
  return { found, taken: 0 };
}

function valueOf(
  flag: FlagDefinition,
  from: string,
  inline: string | undefined,
  next: string | undefined,
  name: string,
): Read {
  if (flag.type === "boolean" && inline !== undefined) {
    const hint = isNegatable(flag) ? `Write \`--${flag.name}\` or \`--no-${flag.name}\`.` : undefined;
    throw usageError(`${from} takes no value`, hint, name);
  }
  if (inline === undefined && (flag.type === "boolean" || flag.type === "location")) {
    return { found: [{ kind: "flag", flag, value: true }], taken: 0 };
  }
  // A value that looks like a flag is far more often a forgotten value; `=` says that it is meant.
  if (inline === undefined && (next === undefined || (next.startsWith("-") && next !== "-"))) {
    throw usageError(`${from} needs a value`, `Write \`${flagUsage(flag)}\`.`, name);
  }
  const read = readFlagValue(flag, inline ?? next ?? "", from);
  if (!read.ok) throw usageError(read.wrong, read.hint, name);
  return { found: [{ kind: "flag", flag, value: read.value }], taken: inline === undefined ? 1 : 0 };
}

function unknownFlag<Context>(
  written: string,
  flags: readonly FlagDefinition[],
  name: string,
  definitions: readonly Definition<Context>[],
): Error {
  const names = flags.flatMap((flag) => [
    `--${flag.name}`,
    ...(isNegatable(flag) ? [`--no-${flag.name}`] : []),
  ]);
  const near = written.startsWith("--") ? didYouMean(written, names) : undefined;
  const owner = definitions
    .flatMap((each) =>
      each.kind === "group"
        ? each.commands.map((command) => ({ path: `${each.name} ${command.name}`, command }))
        : [{ path: each.name, command: each }],
    )
    .find(({ command }) => command.flags.some((flag) => written === `--${flag.name}`));
  const elsewhere = owner && `It is a flag of \`cairn ${owner.path}\`.`;
  return usageError(`Unknown flag ${written}`, elsewhere ?? near, name);
}

function collect(
  words: readonly Word[],
  flags: readonly FlagDefinition[],
  name: string,
): Map<string, GivenValue> {
  const values = new Map<string, GivenValue>();
  for (const word of words) {
    if (word.kind !== "flag") continue;
    const { flag, value } = word;
    const before = values.get(flag.name)?.value;
    if (flag.repeatable) {
      const list = (before as readonly string[] | undefined) ?? [];
      values.set(flag.name, { value: [...list, String(value)], from: "flag" });
    } else if (before !== undefined && before !== value) {
      const many = flags.filter((each) => each.repeatable).map((each) => `--${each.name}`);
      const hint = many.length === 0 ? undefined : `Only ${many.join(" and ")} may be given several times.`;
      throw usageError(`--${flag.name} is given twice, with different values`, hint, name);
    } else values.set(flag.name, { value, from: "flag" });
  }
  return values;
}

function addVariables(
  values: Map<string, GivenValue>,
  flags: readonly FlagDefinition[],
  exclusive: readonly (readonly string[])[],
  env: Environment,
  name: string,
): void {
  const onLine = new Set(values.keys());
  for (const flag of flags) {
    const text = variableText(flag, env);
    if (text === undefined) continue;
    const here = values.get(flag.name)?.value as readonly string[] | undefined;
    if (flag.repeatable) {
      const more = text.split(flag.repeatable.separator).filter((each) => each !== "");
      const all =
        flag.repeatable.variable === "after" ? [...(here ?? []), ...more] : [...more, ...(here ?? [])];
      values.set(flag.name, { value: all, from: here === undefined ? "variable" : "flag" });
      continue;
    }
    // A flag beats its own variable and those that can't stand beside it.
    const beaten = exclusive.some((set) => set.includes(flag.name) && set.some((other) => onLine.has(other)));
    if (here !== undefined || beaten) continue;
    const read = readFlagValue(flag, text, variableOf(flag) ?? "");
    if (!read.ok) throw usageError(read.wrong, read.hint, name);
    values.set(flag.name, { value: read.value, from: "variable" });
  }
}

function checkExclusive(
  values: ReadonlyMap<string, GivenValue>,
  exclusive: readonly (readonly string[])[],
  name: string,
): void {
  for (const set of exclusive) {
    const [first, second] = set.filter((each) => (values.get(each)?.value ?? false) !== false);
    if (first !== undefined && second !== undefined) {
      throw usageError(`--${first} and --${second} can't be given together`, undefined, name);
    }
  }
}

function checkPositionals<Context>(
  positionals: readonly string[],
  command: CommandDefinition<Context>,
  name: string,
): void {
  const missing = command.positionals[positionals.length];
  if (missing?.required === true) {
    throw usageError(`\`${name}\` needs ${missing.name}: ${missing.summary}`, undefined, name);
  }
  const last = command.positionals.at(-1);
  const surplus = last?.many === true ? undefined : positionals[command.positionals.length];
  if (surplus !== undefined) {
    const takes =
      command.positionals.length === 0
        ? "no argument"
        : command.positionals.map((each) => each.name).join(" ");
    throw usageError(`Surplus argument ${JSON.stringify(surplus)}`, `\`${name}\` takes ${takes}.`, name);
  }
  for (const [i, text] of positionals.entries()) {
    const definition = command.positionals[i] ?? last;
    if (text === "") throw usageError(`${definition?.name ?? "An argument"} is empty`, undefined, name);
    const choices = definition?.choices;
    if (choices && !choices.includes(text)) {
      const hint = didYouMean(text, choices) ?? `It is one of ${choices.join(", ")}.`;
      throw usageError(`Unknown ${definition.name} ${JSON.stringify(text)}`, hint, name);
    }
  }
}
