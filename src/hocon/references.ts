import { type KeyPath, keyPath } from "./key-path.ts";
import { Lexer } from "./lexer.ts";
import { MAX_NESTING } from "./limits.ts";
import { type BadPath, readPathBetween } from "./path-expression.ts";
import type { SourceText, Span } from "./source-text.ts";
import { Reference } from "./value.ts";

/** Makes the references of one text; each path gets the keys in front under which the text is included. */
export class References {
  readonly #source: SourceText;
  readonly #comments: boolean;
  readonly #prefix: readonly string[];
  /** Paths by their text: most files use few, many times. */
  readonly #paths = new Map<string, KeyPath>();

  constructor(source: SourceText, comments: boolean, prefix: readonly string[]) {
    this.#source = source;
    this.#comments = comments;
    this.#prefix = prefix;
  }

  /** The reference of a substitution at `span`, whose path is written as `text`. */
  read(span: Span, text: string, optional: boolean): Reference | BadPath {
    const known = this.#paths.get(text);
    if (known) return new Reference(span, known, this.#prefix.length, optional);
    const from = span.start + (optional ? 3 : 2);
    const keys = readPathBetween(new Lexer(this.#source, this.#comments, true), from, from + text.length);
    if (!Array.isArray(keys)) return keys;
    if (keys.length > MAX_NESTING) {
      return { start: from, end: from + text.length, message: `the path has more than ${MAX_NESTING} keys` };
    }
    const path = keyPath([...this.#prefix, ...keys]);
    if (!path) return { start: span.start, end: span.end, message: "expected a path, found nothing" };
    this.#paths.set(text, path);
    return new Reference(span, path, this.#prefix.length, optional);
  }

  /** The reference that `+=` makes to the earlier value of its own key. */
  toOwnPath(keys: readonly string[], operator: Span): Reference | undefined {
    const path = keyPath([...this.#prefix, ...keys]);
    return path && new Reference(operator, path, this.#prefix.length, true, true);
  }
}
