import { characterName } from "./characters.ts";
import type { Lexer, TokenType } from "./lexer.ts";
import type { LexProblem } from "./scan-string.ts";

/** What a syntax error says. */
export interface SyntaxMessage {
  readonly code: string;
  readonly message: string;
  readonly hint?: string | undefined;
}

/** Characters that word processors put where programs want plain ones. */
const SMART_QUOTES = /[\u2018\u2019\u201c\u201d\u201e\u201f\u00ab\u00bb]/;

/** The hint for a text that holds a typographic quote, or undefined. */
export function smartQuoteHint(text: string): string | undefined {
  const found = SMART_QUOTES.exec(text)?.[0];
  return found && `${found} is a typographic quote; HOCON knows only the plain " (U+0022).`;
}

const RESERVED_HINTS: Readonly<Record<string, string>> = {
  "@": 'Put the value in double quotes, e.g. "user@host".',
  "&": 'Put the value in double quotes, e.g. "a=1&b=2".',
  "?": "Put the value in double quotes. An optional substitution is written ${?NAME}.",
  "*": 'Put the value in double quotes, e.g. "*.csv".',
  "\\": 'Put the value in double quotes and double each backslash, or in triple quotes as it is: """C:\\data""".',
  "`": "HOCON knows only double quotes.",
  "!": "Put the value in double quotes.",
  "^": "Put the value in double quotes.",
  "+": "Put the value in double quotes. Appending to a list is written key += value, without a space inside +=.",
};

/** The words for something that is no token, where a value or a key was to come. */
export function describeProblem(problem: LexProblem, expected: "value" | "key" | "separator"): SyntaxMessage {
  const found = characterName(problem.character);
  switch (problem.kind) {
    case "reserved":
      return {
        code: "HOCON_RESERVED_CHARACTER",
        message: `${found} is not allowed outside quotes`,
        hint:
          RESERVED_HINTS[problem.character] ??
          `Put the ${expected === "key" ? "key" : "value"} in double quotes.`,
      };
    case "dollar":
      return {
        code: "HOCON_RESERVED_CHARACTER",
        message:
          problem.character === "{"
            ? "a substitution cannot stand inside another"
            : `expected "{" after "$", found ${found}`,
        hint: 'A substitution is written ${path} or ${?path}; a plain dollar sign needs double quotes: "$5".',
      };
    case "open-substitution":
      return {
        code: "HOCON_UNCLOSED",
        message: 'the substitution is not closed: found the end of the file, expected "}"',
        hint: 'Add "}" after the name. A # or // inside ${…} begins a comment; a key that holds them goes in double quotes.',
      };
    default:
      return describeStringProblem(problem, found);
  }
}

function describeStringProblem({ kind, character }: LexProblem, found: string): SyntaxMessage {
  switch (kind) {
    case "open-string":
      return {
        code: "HOCON_UNCLOSED",
        message: `the string is not closed: expected a closing quote, found ${found}`,
        hint: 'Is a closing " missing? Text of several lines goes between """ and """; a quote inside a string is written \\".',
      };
    case "open-triple":
      return {
        code: "HOCON_UNCLOSED",
        message: 'the triple-quoted string is not closed: expected """, found the end of the file',
        hint: 'Add """ where the text ends.',
      };
    case "control":
      return {
        code: "HOCON_CONTROL_CHARACTER",
        message: `${found} is not allowed inside a string`,
        hint:
          character === "\t"
            ? "Write \\t for a tab, or put the text between triple quotes."
            : "Write it as an escape (\\r, \\u001b), or put the text between triple quotes.",
      };
    case "escape":
      return {
        code: "HOCON_BAD_ESCAPE",
        message: `backslash followed by ${found} is not an escape`,
        hint: 'Escapes are \\" \\\\ \\/ \\b \\f \\n \\r \\t and \\uXXXX. A plain backslash is written \\\\; regular expressions and Windows paths read best between triple quotes.',
      };
    default:
      return {
        code: "HOCON_BAD_ESCAPE",
        message: `expected four hexadecimal digits after \\u, found ${JSON.stringify(character)}`,
        hint: "A plain backslash is written \\\\.",
      };
  }
}

/** The usual causes of a token that does not belong behind a value. */
export function behindValueHint(lexer: Lexer): string {
  const { type, start, source } = lexer;
  if (type === ":" && source.text.charAt(start + 1) === "\\") {
    return 'Put Windows paths between triple quotes: """C:\\data""".';
  }
  if (type === ":") {
    return 'A colon ends an unquoted value; put URLs, times and paths in double quotes: "http://host/path".';
  }
  if (type === "=") {
    return 'Put a value that holds "=" in double quotes, or begin a new line before the next key.';
  }
  if (type === "string") return "Is a comma missing, or a quote inside a string that needs a backslash?";
  return "Is a comma or a newline missing, or double quotes around the value?";
}

/** The usual causes of a missing value. */
export function missingValueHint(type: TokenType): string {
  if (type === "end" || type === "}" || type === "]" || type === ",") {
    return 'An empty text is written "", no value at all null. A # begins a comment unless it is inside double quotes.';
  }
  return "Put a value with such a character in double quotes.";
}
