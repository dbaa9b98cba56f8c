import { isPlainPathPart } from "./characters.ts";
import { isKeyPart, type Lexer, tokenName } from "./lexer.ts";
import { describeProblem } from "./syntax-message.ts";

/** Why a text is no path. */
export interface BadPath {
  readonly start: number;
  readonly end: number;
  readonly message: string;
  readonly hint?: string | undefined;
}

/** Collects the keys of a path out of quoted and unquoted parts. */
class PathBuilder {
  readonly #keys: string[] = [];
  #current = "";
  /** True once the current key may be empty, because `""` was written. */
  #mayBeEmpty = false;
  #emptyKey = false;

  quoted(text: string): void {
    this.#current += text;
    if (this.#current === "") this.#mayBeEmpty = true;
  }

  /** Text in which each point ends a key. */
  plain(text: string): void {
    const parts = text.split(".");
    this.#current += parts[0] ?? "";
    for (const part of parts.slice(1)) {
      this.#endKey();
      this.#current = part;
    }
  }

  space(text: string): void {
    this.#current += text;
  }

  #endKey(): void {
    if (this.#current === "" && !this.#mayBeEmpty) this.#emptyKey = true;
    this.#keys.push(this.#current);
    this.#current = "";
    this.#mayBeEmpty = false;
  }

  /** The keys, or undefined where one of them is empty without quotes. */
  finish(): string[] | undefined {
    this.#endKey();
    return this.#emptyKey ? undefined : this.#keys;
  }
}

const EMPTY_KEY_HINT = 'Keys are separated by single points; an empty key is written as "".';

function emptyKey(start: number, end: number): BadPath {
  return {
    start,
    end,
    message: "the path has an empty key: a point at its start or end, or two in a row",
    hint: EMPTY_KEY_HINT,
  };
}

/** True where a text is a key as it stands: no points, quotes or white space. */
function isPlainKeyText(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (!isPlainPathPart(text.charCodeAt(i))) return false;
  return text !== "";
}

/**
 * Reads the key that begins at the lexer's current token, and leaves the lexer on the token behind it.
 * White space between parts belongs to the key.
 */
export function readKeyTokens(lexer: Lexer): string[] | BadPath {
  const { start } = lexer;
  if (lexer.type === "unquoted" && isPlainKeyText(lexer.text)) {
    const key = lexer.text;
    lexer.next();
    if (!isKeyPart(lexer.type)) return [key];
    const builder = new PathBuilder();
    builder.plain(key);
    return continueKey(lexer, builder, start);
  }
  return continueKey(lexer, new PathBuilder(), start);
}

function continueKey(lexer: Lexer, builder: PathBuilder, start: number): string[] | BadPath {
  let { end } = lexer;
  while (isKeyPart(lexer.type)) {
    if (lexer.joined) builder.space(lexer.source.text.slice(lexer.gap, lexer.start));
    if (lexer.type === "string") builder.quoted(lexer.text);
    else builder.plain(lexer.text);
    ({ end } = lexer);
    lexer.next();
  }
  return builder.finish() ?? emptyKey(start, end);
}

/** Reads a path between two offsets of a text; `lexer` is a fresh one on that text. */
export function readPathBetween(lexer: Lexer, from: number, to: number): string[] | BadPath {
  const builder = new PathBuilder();
  let parts = 0;
  lexer.seek(from);
  for (lexer.next(); lexer.start < to && lexer.type !== "end"; lexer.next()) {
    if (lexer.type === "problem" && lexer.problem) {
      return { start: lexer.problem.start, end: lexer.problem.end, ...describeProblem(lexer.problem, "key") };
    }
    if (!isKeyPart(lexer.type)) {
      return {
        start: lexer.start,
        end: lexer.end,
        message: `${tokenName(lexer)} cannot be part of a path`,
        hint: "Put double quotes around a key that holds such a character.",
      };
    }
    if (lexer.joined && parts > 0) builder.space(lexer.source.text.slice(lexer.gap, lexer.start));
    if (lexer.type === "string") builder.quoted(lexer.text);
    else builder.plain(lexer.text);
    parts += 1;
  }
  if (parts === 0) return { start: from, end: to, message: "expected a path, found nothing" };
  return builder.finish() ?? emptyKey(from, to);
}
