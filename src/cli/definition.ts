/** How a flag's value is read. `location`: on, off, or on with a value that only `=` can give. */
export type FlagType = "boolean" | "text" | "integer" | "duration" | "choice" | "location";

/** The headings under which help lists flags, in the order of the help page. */
export const FLAG_GROUPS = [
  "Checkpoint and resume",
  "Selection",
  "Location",
  "Configuration and plugins",
  "Running",
  "Output",
  "General",
] as const;

export type FlagGroup = (typeof FLAG_GROUPS)[number];

/**
 * One flag: the source of its parsing, help, completion and reference.
 * Every boolean `--flag` has its `--no-flag`; so has a `location`.
 */
export interface FlagDefinition {
  /** Kebab case, without dashes. */
  readonly name: string;
  /** One letter. */
  readonly short?: string | undefined;
  readonly type: FlagType;
  /** A sentence without its full stop. */
  readonly summary: string;
  readonly group: FlagGroup;
  /** Upper case, as usage shows the value; absent for booleans. */
  readonly value?: string | undefined;
  readonly choices?: readonly string[] | undefined;
  /** False: the name is a negation itself, so there is no `--no-NAME`. */
  readonly negatable?: false | undefined;
  /** Smallest value of an integer, or of a duration in ms; default 0. */
  readonly min?: number | undefined;
  /** Largest value of an integer; default 2^31 - 1. */
  readonly max?: number | undefined;
  /**
   * A flag that may be given several times, and what the variable's values then do: stand `before` or `after`
   * the flags' ones. `separator` splits the variable.
   */
  readonly repeatable?: { readonly variable: "before" | "after"; readonly separator: string } | undefined;
  /** The environment variable; by default `CAIRN_` and the name in upper snake case. None for help and version. */
  readonly variable?: string | null | undefined;
  /** What holds where neither flag nor variable is given, for help. */
  readonly fallback?: string | undefined;
  /** What completion offers. */
  readonly completes?: "file" | "folder" | undefined;
}

export interface PositionalDefinition {
  /** Upper case. */
  readonly name: string;
  readonly summary: string;
  readonly required: boolean;
  /** Takes all that follow. */
  readonly many?: true | undefined;
  readonly completes?: "file" | "folder" | undefined;
  /** Words that completion offers and, without `open`, the only ones allowed. */
  readonly choices?: readonly string[] | undefined;
}

export interface Example {
  readonly does: string;
  /** The whole command line. */
  readonly line: string;
}

/** What every command and every group of commands says of itself. */
interface Described {
  readonly name: string;
  /** What it does, in a line, without a full stop. */
  readonly summary: string;
  /** Paragraphs of the long help. */
  readonly about: readonly string[];
  readonly examples: readonly Example[];
}

export interface CommandDefinition<Context> extends Described {
  readonly kind: "command";
  readonly positionals: readonly PositionalDefinition[];
  /** Besides the general ones. */
  readonly flags: readonly FlagDefinition[];
  /** Flags of which at most one may be given; a flag beats variables of its set. */
  readonly exclusive?: readonly (readonly string[])[] | undefined;
  /** Further words of the help: topics to read on. */
  readonly topics?: readonly string[] | undefined;
  /** Does the work; gives the exit code. */
  run(context: Context): number | Promise<number>;
}

export interface GroupDefinition<Context> extends Described {
  readonly kind: "group";
  readonly commands: readonly CommandDefinition<Context>[];
}

export type Definition<Context> = CommandDefinition<Context> | GroupDefinition<Context>;

/** The environment variable of a flag, undefined where it has none. */
export function variableOf(flag: FlagDefinition): string | undefined {
  if (flag.variable === null) return undefined;
  return flag.variable ?? `CAIRN_${flag.name.toUpperCase().replaceAll("-", "_")}`;
}

/** Whether `--no-NAME` exists. */
export function isNegatable(flag: FlagDefinition): boolean {
  if (flag.negatable === false) return false;
  return (flag.type === "boolean" && flag.variable !== null) || flag.type === "location";
}

/** The flag as usage shows it: `--checkpoint[=LOCATION]`, `--run-key=KEY`, `-n, --dry-run`. */
export function flagUsage(flag: FlagDefinition): string {
  const value = flag.choices ? flag.choices.join("|") : (flag.value ?? "");
  // `--set PATH=VALUE` reads better than two equals signs in a row.
  const joined = value === "" ? "" : `${value.includes("=") ? " " : "="}${value}`;
  const long = `--${flag.name}${flag.type === "location" ? `[=${value}]` : joined}`;
  return flag.short === undefined ? long : `-${flag.short}, ${long}`;
}
