import { concatenate } from "./concatenate.ts";
import { type IncludeStatement, parseInclude } from "./include-statement.ts";
import { pathText } from "./key-path.ts";
import { isKeyPart, type Lexer, tokenName } from "./lexer.ts";
import { ObjectBuilder } from "./object-builder.ts";
import { readKeyTokens } from "./path-expression.ts";
import type { Problems } from "./problems.ts";
import { References } from "./references.ts";
import { makeSpan, type SourceText, type Span } from "./source-text.ts";
import { behindValueHint, missingValueHint } from "./syntax-message.ts";
import { TextCursor } from "./text-cursor.ts";
import {
  Concatenation,
  countOpen,
  Failed,
  isResolved,
  ListValue,
  type ObjectValue,
  Reference,
  scalar,
  type Value,
  withStep,
} from "./value.ts";

/** What a parser needs besides its text. */
export interface ParserSetting {
  readonly json: boolean;
  readonly problems: Problems;
  /** The keys under which this text is included; in front of its references. */
  readonly prefix: readonly string[];
  /** Gives what an include statement names; undefined where that was reported as an error. */
  readonly include: (statement: IncludeStatement, prefix: readonly string[]) => ObjectValue | undefined;
}

/** Reads one text into values; goes on after an error at the next comma or line of the same object or list. */
export class Parser {
  readonly #source: SourceText;
  readonly #cursor: TextCursor;
  readonly #lexer: Lexer;
  readonly #setting: ParserSetting;
  readonly #references: References;
  /** The keys of this text that the current value stands under. */
  readonly #keys: string[] = [];
  #lists = 0;
  /** The operator of the current field where its value stands on a later line. */
  #emptyOperator: Span | undefined;
  /** True where the line after a bad key was already begun. */
  #lineBroken = false;

  constructor(source: SourceText, setting: ParserSetting) {
    this.#source = source;
    this.#setting = setting;
    this.#cursor = new TextCursor(source, !setting.json, setting.problems);
    this.#lexer = this.#cursor.lexer;
    this.#references = new References(source, !setting.json, setting.prefix);
  }

  /** True where a key or a bracket could not be read, so that a missing value may be no mistake. */
  get lost(): boolean {
    return this.#cursor.lost;
  }

  /** The whole text: an object, with or without braces. */
  parseDocument(): ObjectValue {
    const lexer = this.#lexer;
    lexer.next();
    this.#cursor.skipNewlines();
    if (lexer.type !== "{" && lexer.type !== "[") {
      if (this.#setting.json)
        this.#cursor.fail(`expected "{" at the start of a JSON text, found ${tokenName(lexer)}`);
      return this.#setting.json
        ? new ObjectBuilder(this.#cursor.here()).finish()
        : this.#object(undefined).finish();
    }
    const open = this.#cursor.here();
    const root = this.#single();
    if (this.#cursor.skipNewlines() !== "end" && !this.#cursor.stopped) {
      this.#cursor.fail(
        `expected the end of the file after the closing brace, found ${tokenName(lexer)}`,
        "Remove the outer braces, or the text behind them.",
      );
    }
    if (root.tag === "object") return root;
    if (root.tag === "list")
      this.#cursor.report(open, {
        code: "HOCON_ROOT_NOT_OBJECT",
        message: "expected an object at the root of the file, found a list",
      });
    return new ObjectBuilder(open).finish();
  }

  /** A single value from an offset to the end of the text. */
  parseValueFrom(offset: number): Value {
    this.#lexer.seek(offset);
    this.#lexer.next();
    const value = this.#value();
    this.#cursor.skipNewlines();
    if (this.#lexer.type !== "end" && !this.#cursor.stopped && value.tag !== "failed") {
      this.#cursor.fail(
        `expected the end of the value, found ${tokenName(this.#lexer)}`,
        "Put a value with such a character in double quotes.",
      );
    }
    return value;
  }

  /** Fields up to the closing brace, which is taken; `open` is undefined at a root without braces. */
  #object(open: Span | undefined): ObjectBuilder {
    const lexer = this.#lexer;
    const builder = new ObjectBuilder(open ?? this.#cursor.here());
    const closer = open ? "}" : undefined;
    const before = this.#cursor.errors;
    let afterComma = false;
    for (;;) {
      this.#cursor.skipNewlines();
      if (lexer.type === "}" && open) {
        if (this.#setting.json && afterComma)
          this.#cursor.fail(
            'expected a field after the comma, found "}"',
            "JSON allows no comma after the last field.",
          );
        if (!this.#cursor.stopped) lexer.next();
        return builder;
      }
      if (lexer.type === "end") {
        if (open) this.#cursor.unclosed("}", open, before);
        return builder;
      }
      const good = this.#field(builder);
      afterComma = this.#separator(good, closer, open);
    }
  }

  /** After a field or an item: takes newlines and at most one comma; true where a comma was taken. */
  #separator(good: boolean, closer: "}" | "]" | undefined, open: Span | undefined): boolean {
    const lexer = this.#lexer;
    if (!good) this.#cursor.recover(closer);
    const fresh = lexer.type === "newline" || this.#lineBroken;
    this.#lineBroken = false;
    this.#cursor.skipNewlines();
    if (lexer.type === ",") {
      lexer.next();
      return true;
    }
    if (lexer.type === "end" || lexer.type === closer || (fresh && (!good || !this.#setting.json)))
      return false;
    if (lexer.type === "}" && !open) {
      this.#strayBrace();
      return this.#separator(true, closer, open);
    }
    if (this.#emptyOperator && (lexer.type === "=" || lexer.type === ":" || lexer.type === "+=")) {
      this.#cursor.report(this.#emptyOperator, {
        code: "HOCON_UNEXPECTED",
        message: "expected a value, found a new line and another key",
        hint: missingValueHint("end"),
      });
      return this.#separator(false, closer, open);
    }
    this.#cursor.fail(
      `expected a comma${closer ? `, a new line or "${closer}"` : " or a new line"}, found ${tokenName(lexer)}`,
      behindValueHint(lexer),
    );
    return this.#separator(false, closer, open);
  }

  #strayBrace(): true {
    this.#cursor.lost = true;
    this.#cursor.fail('found "}" without a "{" before it', "Is there one closing brace too many?");
    this.#lexer.next();
    return true;
  }

  /** One field or include; false where an error was reported and the rest of it is to be skipped. */
  #field(builder: ObjectBuilder): boolean {
    const lexer = this.#lexer;
    if (!this.#setting.json && lexer.type === "unquoted" && lexer.text === "include")
      return this.#include(builder);
    if (!isKeyPart(lexer.type) || (this.#setting.json && lexer.type !== "string")) {
      if (lexer.type === "}") return this.#strayBrace();
      this.#cursor.lost = true;
      const hint = this.#setting.json ? "JSON keys are" : "A key is a word, or any text";
      this.#cursor.fail(`expected a key, found ${tokenName(lexer)}`, `${hint} in double quotes.`);
      return false;
    }
    const keyStart = lexer.start;
    const keys = this.#setting.json ? this.#jsonKey() : readKeyTokens(lexer);
    const keySpan = makeSpan(this.#source, keyStart, Math.max(keyStart + 1, lexer.gap));
    if (!Array.isArray(keys)) {
      this.#cursor.badPath(keys);
      return false;
    }
    return this.#definition(builder, keys, keySpan);
  }

  #jsonKey(): string[] {
    const { text } = this.#lexer;
    this.#lexer.next();
    return [text];
  }

  #definition(builder: ObjectBuilder, keys: string[], keySpan: Span): boolean {
    const lexer = this.#lexer;
    const crossed = lexer.type === "newline";
    this.#cursor.skipNewlines();
    const operator = this.#cursor.here();
    const { type } = lexer;
    const json = this.#setting.json;
    if (type !== ":" && (json || (type !== "=" && type !== "+=" && type !== "{"))) {
      this.#cursor.lost = true;
      const wanted = json ? '":"' : '"=", ":" or "{"';
      const found = crossed && type !== "end" && type !== "problem" ? "a new line" : tokenName(lexer);
      const onKey = crossed || type === "end" ? keySpan : undefined;
      this.#cursor.fail(
        `expected ${wanted} after the key ${pathText(keys)}, found ${found}`,
        "Is this the rest of a value that needs double quotes?",
        onKey,
      );
      this.#lineBroken = crossed;
      return crossed && type !== "problem";
    }
    if (this.#cursor.tooDeep(keys.length)) return false;
    this.#keys.push(...keys);
    this.#cursor.depth += keys.length - 1;
    if (type === "+=") this.#lists += 1;
    if (type !== "{") lexer.next();
    const value = type === "{" ? this.#single() : this.#value(operator);
    if (type === "+=") this.#lists -= 1;
    this.#cursor.depth -= keys.length - 1;
    const defined = type === "+=" ? this.#appended(value, operator) : value;
    this.#keys.length -= keys.length;
    if (json && builder.has(keys[0] ?? "")) {
      this.#cursor.report(keySpan, {
        code: "HOCON_DUPLICATE_KEY",
        message: `JSON does not allow the key ${pathText(keys)} twice in one object`,
      });
    }
    builder.define(keys, keySpan, defined);
    return value.tag !== "failed";
  }

  /** What `key += value` stands for: the value so far, if any, and a list of one. */
  #appended(value: Value, operator: Span): Value {
    if (value.tag === "failed") return value;
    if (this.#lists > 0) {
      this.#cursor.report(operator, {
        code: "HOCON_APPEND_IN_LIST",
        message: "+= cannot be used inside a list",
        hint: "+= refers to the earlier value by its path, and a path cannot name an item of a list. Write the list out, or define it outside and refer to it.",
      });
      return new Failed(operator);
    }
    const item = isResolved(value) ? withStep(value, "append", operator) : value;
    const list = new ListValue(value, [item], countOpen([value]));
    const before = this.#references.toOwnPath(this.#keys, operator);
    return before ? new Concatenation(value, [before, list]) : list;
  }

  #include(builder: ObjectBuilder): boolean {
    const lexer = this.#lexer;
    const statement = parseInclude(lexer, (message, hint) => this.#cursor.fail(message, hint));
    if (!statement) {
      this.#cursor.lost = true;
      return false;
    }
    const object = this.#setting.include(statement, [...this.#setting.prefix, ...this.#keys]);
    if (!object) this.#cursor.lost = true;
    else if (this.#lists > 0 && !isResolved(object)) {
      this.#cursor.report(statement.span, {
        code: "HOCON_INCLUDE_IN_LIST",
        message: "a file with substitutions cannot be included inside a list",
        hint: "A substitution cannot name an item of a list. Include the file outside the list and refer to it.",
      });
    } else builder.include(object);
    if (this.#setting.problems.full) this.#cursor.stop();
    return true;
  }

  /** A value with everything that is concatenated to it; `after` is the operator before it. */
  #value(after?: Span): Value {
    const lexer = this.#lexer;
    this.#emptyOperator = lexer.type === "newline" ? after : undefined;
    this.#cursor.skipNewlines();
    const pieces: Value[] = [];
    const { start } = lexer;
    let end = lexer.end;
    while (isValueStart(lexer.type)) {
      if (lexer.joined && pieces.length > 0) {
        pieces.push(
          scalar(
            "string",
            this.#source.text.slice(lexer.gap, lexer.start),
            false,
            makeSpan(this.#source, lexer.gap, lexer.start),
          ),
        );
      }
      const piece = this.#single();
      if (piece.tag === "failed") return piece;
      pieces.push(piece);
      end = lexer.gap;
      if (this.#setting.json) break;
    }
    const only = pieces[0];
    if (only && pieces.length === 1) return only;
    const span = makeSpan(this.#source, start, end);
    if (pieces.length > 1) return concatenate(pieces, span, this.#setting.problems);
    const missing = lexer.type === "end" || lexer.type === "}" || lexer.type === "]" || lexer.type === ",";
    this.#cursor.fail(
      `expected a value, found ${tokenName(lexer)}`,
      missingValueHint(lexer.type),
      missing && after ? after : undefined,
    );
    return new Failed(span);
  }

  /** One value without its neighbours; the lexer is behind it afterwards. */
  #single(): Value {
    const lexer = this.#lexer;
    const { type } = lexer;
    if (type === "unquoted" && !this.#setting.json)
      return this.#taken(scalar("string", lexer.text, false, lexer));
    if (type === "string" || type === "number" || type === "boolean" || type === "null") {
      return this.#taken(scalar(type, lexer.text, true, lexer));
    }
    const span = this.#cursor.here();
    if (type === "{" || type === "[") {
      if (this.#cursor.tooDeep(1)) return new Failed(span);
      this.#cursor.depth += 1;
      lexer.next();
      const value = type === "{" ? this.#object(span).finish() : this.#list(span);
      this.#cursor.depth -= 1;
      return value;
    }
    if (!this.#setting.json) return this.#reference(span);
    this.#cursor.fail(
      `expected a JSON value, found ${tokenName(lexer)}`,
      "This file is read as JSON because of its name; rename it .conf to use HOCON.",
    );
    return new Failed(span);
  }

  /** The value of the current token, which is left behind. */
  #taken(value: Value): Value {
    this.#lexer.next();
    return value;
  }

  #reference(span: Span): Value {
    const { optional, text } = this.#lexer;
    this.#lexer.next();
    const reference = this.#references.read(span, text, optional);
    if (reference instanceof Reference) return reference;
    this.#cursor.badPath(reference);
    return new Failed(span);
  }

  /** Items up to the closing bracket, which is taken. */
  #list(open: Span): Value {
    const lexer = this.#lexer;
    const items: Value[] = [];
    const before = this.#cursor.errors;
    let afterComma = false;
    this.#lists += 1;
    for (;;) {
      this.#cursor.skipNewlines();
      if (lexer.type === "]") {
        if (this.#setting.json && afterComma)
          this.#cursor.fail(
            'expected an item after the comma, found "]"',
            "JSON allows no comma after the last item.",
          );
        if (!this.#cursor.stopped) lexer.next();
        break;
      }
      if (lexer.type === "end") {
        this.#cursor.unclosed("]", open, before);
        break;
      }
      const item = this.#value();
      items.push(item);
      afterComma = this.#separator(item.tag !== "failed", "]", open);
    }
    this.#lists -= 1;
    return new ListValue(open, items, countOpen(items));
  }
}

function isValueStart(type: Lexer["type"]): boolean {
  return isKeyPart(type) || type === "substitution" || type === "{" || type === "[";
}
