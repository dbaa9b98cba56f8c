import { type FlagDefinition, flagUsage } from "./definition.ts";
import { parseDuration } from "./duration.ts";
import { didYouMean } from "./usage-error.ts";

/** A flag's value: ms for durations, true/false/text for `location`s, a list for repeatable ones. */
export type FlagValue = boolean | number | string | readonly string[];

/** A value as read, or why it can't be. */
export type ReadFlag =
  | { readonly ok: true; readonly value: boolean | number | string }
  | { readonly ok: false; readonly wrong: string; readonly hint?: string | undefined };

const MAX_INTEGER = 2 ** 31 - 1;
const YES: readonly string[] = ["true", "1", "yes", "on"];
const NO: readonly string[] = ["false", "0", "no", "off"];

function yesOrNo(text: string): boolean | undefined {
  const word = text.toLowerCase();
  if (YES.includes(word)) return true;
  return NO.includes(word) ? false : undefined;
}

/** Reads the text of a value; `from` is how a message names its source, e.g. `--wait`, `CAIRN_WAIT`. */
export function readFlagValue(flag: FlagDefinition, text: string, from: string): ReadFlag {
  const wrong = (expected: string, hint?: string): ReadFlag => ({
    ok: false,
    wrong: `${from} is ${JSON.stringify(text)}; ${expected} was expected`,
    hint,
  });
  if (text === "") return { ok: false, wrong: `${from} is empty`, hint: `Write \`${flagUsage(flag)}\`.` };
  switch (flag.type) {
    case "boolean": {
      const value = yesOrNo(text);
      return value === undefined ? wrong("true or false") : { ok: true, value };
    }
    case "location":
      return { ok: true, value: yesOrNo(text) ?? text };
    case "integer": {
      const min = flag.min ?? 0;
      const max = flag.max ?? MAX_INTEGER;
      const value = /^\d{1,10}$/u.test(text) ? Number(text) : Number.NaN;
      return value >= min && value <= max
        ? { ok: true, value }
        : wrong(`a whole number from ${min} to ${max}`);
    }
    case "duration": {
      const value = parseDuration(text);
      if (value !== undefined && value < (flag.min ?? 0)) return wrong("a duration longer than zero");
      if (value !== undefined) return { ok: true, value };
      const bare = /^\d+(\.\d+)?$/u.test(text);
      return wrong(
        "a duration such as 30s, 5 minutes or 2h",
        bare ? `Say the unit: ${text}s or ${text}ms?` : undefined,
      );
    }
    case "choice": {
      const choices = flag.choices ?? [];
      if (choices.includes(text)) return { ok: true, value: text };
      return wrong(`one of ${choices.join(", ")}`, didYouMean(text, choices));
    }
    case "text":
      return { ok: true, value: text };
  }
}
