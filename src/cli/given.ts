import { CairnError } from "../base/mod.ts";
import { type FlagDefinition, variableOf } from "./definition.ts";
import type { FlagValue } from "./flag-value.ts";

/** What one command line gave: positionals and flags, typed readers over the command's own definitions. */
export interface Given {
  readonly positionals: readonly string[];
  /** Whether a flag or its variable was given. */
  has(name: string): boolean;
  /** The flag itself stood on the command line (not only its variable). */
  onLine(name: string): boolean;
  /** Undefined where not given. */
  on(name: string): boolean | undefined;
  text(name: string): string | undefined;
  number(name: string): number | undefined;
  /** Empty where not given. */
  list(name: string): readonly string[];
  /** Of a `location`: off, on, or on at a place. */
  location(name: string): boolean | string | undefined;
  /** The one of `choices` (the definition's own) that was given. */
  choice<Choice extends string>(name: string, choices: readonly Choice[]): Choice | undefined;
}

/** A value and where it came from. */
export interface GivenValue {
  readonly value: FlagValue;
  readonly from: "flag" | "variable";
}

/** Asking for a flag that the command does not define is our bug, never an answer. */
export function given(
  flags: readonly FlagDefinition[],
  values: ReadonlyMap<string, GivenValue>,
  positionals: readonly string[],
): Given {
  const defined = new Set(flags.map((flag) => flag.name));
  const find = (name: string): FlagValue | undefined => {
    if (!defined.has(name)) {
      throw new CairnError(`Cannot read flag --${name}: this command does not define it`, {
        code: "BUG_UNDEFINED_FLAG",
        kind: "bug",
      });
    }
    return values.get(name)?.value;
  };
  return {
    positionals,
    has: (name) => find(name) !== undefined,
    onLine: (name) => find(name) !== undefined && values.get(name)?.from === "flag",
    on: (name) => find(name) as boolean | undefined,
    text: (name) => find(name) as string | undefined,
    number: (name) => find(name) as number | undefined,
    list: (name) => (find(name) as readonly string[] | undefined) ?? [],
    location: (name) => find(name) as boolean | string | undefined,
    choice: (name, choices) => choices.find((each) => each === find(name)),
  };
}

/** The text of a flag's variable; an empty one counts as not set. */
export function variableText(
  flag: FlagDefinition,
  env: Readonly<Record<string, string | undefined>>,
): string | undefined {
  const variable = variableOf(flag);
  const text = variable === undefined ? undefined : env[variable];
  return text === "" ? undefined : text;
}
