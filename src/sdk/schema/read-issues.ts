import type { BaseIssue } from "valibot";
import type { ConfigIssue, ConfigPath, Conversion, Trail } from "./conversion.ts";

/** A found value longer than this is cut in messages. */
const MAX_FOUND_LENGTH = 60;

/** Valibot's names of what a value is, for people. */
const WORDS: ReadonlyMap<string, string> = new Map([
  ["string", "a string"],
  ["number", "a number"],
  ["boolean", "true or false"],
  ["bigint", "a whole number"],
  ["Object", "an object"],
  ["Array", "a list"],
  ["Set", "a list"],
  ["Map", "an object"],
  ["Date", "a date"],
  ["null", "null"],
  ["undefined", "nothing"],
  ["NaN", "NaN"],
]);

/** `(string | number)` → `a string or a number`; other expectations stay as they are. */
function expectedText(expected: string): string {
  // Nested choices come in parentheses of their own: `("file" | ("postgres" | "mysql"))`.
  const isChoice = expected.startsWith("(") && expected.endsWith(")");
  const parts = isChoice
    ? expected.split(" | ").map((part) => part.replaceAll(/^\(+|\)+$/gu, ""))
    : [expected];
  if (parts.length > 1) return parts.map((part) => WORDS.get(part) ?? part).join(" or ");
  return WORDS.get(expected) ?? expected;
}

function foundText(received: string): string {
  const words = WORDS.get(received) ?? received;
  return words.length > MAX_FOUND_LENGTH ? `${words.slice(0, MAX_FOUND_LENGTH)}…` : words;
}

/** Kind of a value whose text must not be shown. */
function kindText(input: unknown): string {
  return typeof input === "string" ? "another string" : `a ${typeof input}`;
}

/** Valibot's default message in our words; one that the author of the schema wrote is kept. */
function messageOf(issue: BaseIssue<unknown>, path: ConfigPath, run: Pick<Conversion, "isSecret">): string {
  const start = /^Invalid (\w[\w ]*): (Expected|Received) /u.exec(issue.message);
  if (start === null) return issue.message;
  const what = start[1] ?? "";
  if (what === "key" && issue.received === "undefined") {
    return `the required key "${String(path.at(-1))}" is missing`;
  }
  const secret = path.some((key) => typeof key === "string" && run.isSecret(key));
  const found = secret && typeof issue.input !== "object" ? kindText(issue.input) : foundText(issue.received);
  if (issue.expected === null) return `invalid ${what}: found ${found}`;
  const expected = expectedText(issue.expected);
  if (what === "type" || what === "key") return `expected ${expected}, found ${found}`;
  return `invalid ${what}: expected ${expected}, found ${found}`;
}

/** Issues of valibot at the places and in the spelling of the user. */
export function readIssues(
  issues: readonly BaseIssue<unknown>[],
  root: Trail,
  at: ConfigPath,
  run: Pick<Conversion, "isSecret">,
): readonly ConfigIssue[] {
  const result: ConfigIssue[] = [];
  for (const issue of issues) {
    let trail: Trail | undefined = root;
    const path: (string | number)[] = [...at];
    for (const item of issue.path ?? []) {
      const key: unknown = item.key;
      if (typeof key !== "string" && typeof key !== "number") continue;
      const part: { readonly written: string | number; readonly trail: Trail } | undefined =
        trail?.parts.get(key);
      path.push(part?.written ?? (typeof key === "string" && trail ? trail.spell(key) : key));
      trail = part?.trail;
    }
    const meant = issue.type === "union" || issue.type === "variant" ? trail?.meant : undefined;
    if (meant === undefined) result.push({ path, message: messageOf(issue, path, run) });
    else result.push(...meant);
  }
  return result;
}
