import { type Definition, type FlagDefinition, isNegatable } from "./definition.ts";
import { generalFlags } from "./flags.ts";

/** Shells that completion scripts are made for. */
export const SHELLS = ["bash", "zsh", "fish"] as const;

export type Shell = (typeof SHELLS)[number];

type AnyDefinition = Definition<never>;

/** What can be completed after `cairn PATH`. */
interface Place {
  /** Words of the command, joined by a space; empty for the program. */
  readonly path: string;
  /** Subcommands or words of the first positional, with what they mean. */
  readonly words: readonly { readonly word: string; readonly means: string }[];
  readonly flags: readonly FlagDefinition[];
  readonly takesFiles: boolean;
}

function placesOf(definitions: readonly AnyDefinition[]): Place[] {
  const commandPlace = (path: string, command: Extract<AnyDefinition, { kind: "command" }>): Place => ({
    path,
    words: command.positionals.flatMap((each) =>
      (each.choices ?? []).map((word) => ({ word, means: each.summary })),
    ),
    flags: [...command.flags, ...generalFlags],
    takesFiles: command.positionals.some((each) => each.completes !== undefined),
  });
  const wordsOf = (all: readonly AnyDefinition[]): Place["words"] =>
    all.map(({ name, summary }) => ({ word: name, means: summary }));
  return [
    { path: "", words: wordsOf(definitions), flags: generalFlags, takesFiles: false },
    ...definitions.flatMap((each) =>
      each.kind === "command"
        ? [commandPlace(each.name, each)]
        : [
            { path: each.name, words: wordsOf(each.commands), flags: generalFlags, takesFiles: false },
            ...each.commands.map((command) => commandPlace(`${each.name} ${command.name}`, command)),
          ],
    ),
  ];
}

/** All spellings of a flag; those that take a value end in `=`. */
function spellings(flag: FlagDefinition): string[] {
  const long =
    flag.type === "boolean"
      ? [`--${flag.name}`]
      : flag.type === "location"
        ? [`--${flag.name}`, `--${flag.name}=`]
        : [`--${flag.name}=`];
  const short = flag.short === undefined ? [] : [`-${flag.short}`];
  return [...long, ...(isNegatable(flag) ? [`--no-${flag.name}`] : []), ...short];
}

/** Single-quoted for any POSIX shell and for fish. */
function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** The completion script of a shell, made from the definitions. */
export function completionScript(shell: Shell, definitions: readonly AnyDefinition[]): string {
  const places = placesOf(definitions);
  return { bash, zsh, fish }[shell](places);
}

function groupsOf(places: readonly Place[]): string[] {
  return places
    .filter(({ path }) => path.includes(" "))
    .map(({ path }) => path.split(" ")[0] ?? "")
    .filter((group, i, all) => all.indexOf(group) === i);
}

/** A shell function that finds the command's words among those typed, for bash and zsh. */
function findPath(places: readonly Place[], words: string): string[] {
  return [
    "  local word where=",
    `  for word in ${words}; do`,
    '    case "$word" in -*) continue ;; esac',
    '    case "$where" in',
    `      '') where=$word ;;`,
    `      ${groupsOf(places).join("|")}) where="$where $word"; break ;;`,
    "      *) break ;;",
    "    esac",
    "  done",
  ];
}

function bash(places: readonly Place[]): string {
  const flagValues = new Map<string, readonly string[]>();
  const files = new Set<string>();
  for (const flag of places.flatMap((place) => place.flags)) {
    if (flag.choices)
      flagValues.set(flag.name, [...new Set([...(flagValues.get(flag.name) ?? []), ...flag.choices])]);
    if (flag.completes) files.add(flag.name);
  }
  return [
    '# bash completion for cairn: eval "$(cairn completions bash)"',
    "_cairn() {",
    "  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} flag= value= words= files=",
    ...findPath(places, '"${COMP_WORDS[@]:1:COMP_CWORD-1}"'),
    "  # bash takes --flag=value apart at the equals sign",
    '  if [[ $current == "=" ]]; then flag=$previous',
    '  elif [[ $previous == "=" ]]; then flag=${COMP_WORDS[COMP_CWORD-2]}; value=$current',
    "  elif [[ $previous == -* ]]; then case $previous in",
    `    ${[...flagValues.keys(), ...files].map((name) => `--${name}`).join("|")}|-C) flag=$previous; value=$current ;;`,
    "  esac; fi",
    '  case "$flag" in',
    ...[...flagValues].map(
      ([name, choices]) =>
        `    --${name}) COMPREPLY=($(compgen -W ${quote(choices.join(" "))} -- "$value")); return ;;`,
    ),
    `    ${[...files].map((name) => `--${name}`).join("|")}|-C) compopt -o filenames; COMPREPLY=($(compgen -f -- "$value")); return ;;`,
    "  esac",
    '  case "$where" in',
    ...places.map(
      ({ path, words, flags, takesFiles }) =>
        `    ${quote(path)}) words=${quote([...words.map(({ word }) => word), ...flags.flatMap(spellings)].join(" "))}; files=${takesFiles ? "1" : ""} ;;`,
    ),
    "  esac",
    '  COMPREPLY=($(compgen -W "$words" -- "$current"))',
    '  if [[ -n $files && $current != -* ]]; then compopt -o filenames; COMPREPLY+=($(compgen -f -- "$current")); fi',
    "  [[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *= ]] && compopt -o nospace",
    "  return 0",
    "}",
    "complete -F _cairn cairn",
    "",
  ].join("\n");
}

function zsh(places: readonly Place[]): string {
  const described = (word: string, means: string): string =>
    quote(`${word.replaceAll(":", String.raw`\:`)}:${means}`);
  const flagSpec = (flag: FlagDefinition): string[] => {
    const action = flag.choices
      ? `(${flag.choices.join(" ")})`
      : flag.completes === undefined
        ? ""
        : "_files";
    const means = flag.summary.replaceAll(/[[\]:]/gu, " ");
    const many = flag.repeatable ? "*" : "";
    const value =
      flag.type === "boolean"
        ? ""
        : flag.type === "location"
          ? `::${flag.value}:_files`
          : `:${flag.value ?? flag.name}:${action}`;
    const equals = flag.type === "boolean" ? "" : flag.type === "location" ? "=-" : "=";
    return [
      quote(`${many}--${flag.name}${equals}[${means}]${value}`),
      ...(isNegatable(flag) ? [quote(`--no-${flag.name}[not: ${means}]`.replace("not:", "not"))] : []),
      ...(flag.short === undefined ? [] : [quote(`-${flag.short}[${means}]${value}`)]),
    ];
  };
  return [
    "#compdef cairn",
    '# zsh completion for cairn: eval "$(cairn completions zsh)", or save it as _cairn in a folder of $fpath',
    "_cairn() {",
    ...findPath(places, '"${(@)words[2,CURRENT-1]}"'),
    "  local -a commands",
    '  case "$where" in',
    ...places.flatMap(({ path, words, flags, takesFiles }) => [
      `    ${quote(path)})`,
      `      commands=(${words.map(({ word, means }) => described(word, means)).join(" ")})`,
      "      if [[ $PREFIX != -* && ${#commands} -gt 0 ]]; then _describe command commands; return; fi",
      `      _arguments ${[...flags.flatMap(flagSpec), quote(takesFiles ? "*:file:_files" : "*: :")].join(" ")} ;;`,
    ]),
    "  esac",
    "}",
    'if [[ "${funcstack[1]}" == _cairn ]]; then _cairn "$@"; else compdef _cairn cairn; fi',
    "",
  ].join("\n");
}

function fish(places: readonly Place[]): string {
  const lines = [
    "# fish completion for cairn: cairn completions fish | source",
    "function __cairn_where",
    "  set -l where",
    "  for word in (commandline -opc)[2..-1]",
    "    string match -q -- '-*' $word; and continue",
    "    set -a where $word",
    `    contains -- $where[1] ${groupsOf(places).join(" ")}; and test (count $where) -lt 2; and continue`,
    "    break",
    "  end",
    "  string join ' ' -- $where",
    "end",
    "complete -c cairn -f",
  ];
  for (const { path, words, flags, takesFiles } of places) {
    const here = `complete -c cairn -n ${quote(`test "$(__cairn_where)" = "${path}"`)}`;
    for (const { word, means } of words) lines.push(`${here} -a ${quote(word)} -d ${quote(means)}`);
    if (takesFiles) lines.push(`${here} -F`);
    for (const flag of flags) {
      const short = flag.short === undefined ? "" : ` -s ${flag.short}`;
      const choices = flag.choices ? ` -a ${quote(flag.choices.join(" "))}` : "";
      const value =
        flag.type === "boolean" || flag.type === "location"
          ? ""
          : flag.completes
            ? " -r -F"
            : ` -x${choices}`;
      lines.push(`${here}${short} -l ${flag.name}${value} -d ${quote(flag.summary)}`);
      if (isNegatable(flag)) lines.push(`${here} -l no-${flag.name} -d ${quote(`Not: ${flag.summary}`)}`);
    }
  }
  return `${lines.join("\n")}\n`;
}
