import { type Finding, messageOf, sortFindings } from "../base/mod.ts";
import { IncludeReader, type Syntax, syntaxOf } from "./include-reader.ts";
import type { IncludeSource } from "./include-source.ts";
import type { IncludeLink } from "./source-text.ts";
import { Lexer } from "./lexer.ts";
import { MAX_TEXT_LENGTH } from "./limits.ts";
import { measureTree } from "./measure-tree.ts";
import type { HoconObject } from "./node.ts";
import { ObjectBuilder } from "./object-builder.ts";
import { Parser } from "./parser.ts";
import { readPathBetween } from "./path-expression.ts";
import { Problems } from "./problems.ts";
import { objectFromFlat, parseProperties } from "./properties.ts";
import { Resolver } from "./resolver.ts";
import { makeSpan, SourceText } from "./source-text.ts";
import { type ObjectValue, scalar, withStep } from "./value.ts";

/** What to read, and what it may reach. */
export interface ReadRequest {
  /** Bytes are read as UTF-8. */
  readonly text: string | Uint8Array;
  /** As shown to people, e.g. `conf/main.conf` or `<stdin>`. */
  readonly file: string;
  /** Default: what the file's extension says (`.json`, `.properties`), otherwise `conf`. */
  readonly syntax?: Syntax | undefined;
  readonly includes: IncludeSource;
  /** The environment that `${NAME}` falls back to. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** `--set PATH=VALUE`: each value is HOCON and wins over the file; later ones win over earlier ones. */
  readonly overrides?: readonly Override[] | undefined;
  /** Default false. True: `${NAME}` without a value stays as that text, with a warning instead of an error. */
  readonly allowUnresolved?: boolean | undefined;
  /** Default false: `include url(…)` is refused with an explanation. */
  readonly allowUrlIncludes?: boolean | undefined;
}

export interface Override {
  readonly path: string;
  readonly value: string;
}

/** The tree, or why there is none. `root` is absent exactly where a finding has severity `error`. */
export interface ReadResult {
  readonly root?: HoconObject | undefined;
  /** Sorted by place; at most 20 errors. */
  readonly findings: readonly Finding[];
  /** With `allowUnresolved`: the texts `${NAME}` that stand in the tree for values yet to come. */
  readonly placeholders: ReadonlySet<string>;
}

/** Reads a HOCON text with its includes, substitutes, and gives the resolved tree with origins. Never throws for what a text holds. */
export function readHocon(request: ReadRequest): ReadResult {
  const reading = new Reading(request);
  try {
    return reading.run();
  } catch (error) {
    // The limits keep the stack small; on a thread with a tiny stack they may come too late.
    if (!(error instanceof RangeError)) throw error;
    return reading.overflow(messageOf(error));
  }
}

/** One reading of one configuration. */
class Reading {
  readonly #request: ReadRequest;
  readonly #problems = new Problems();
  readonly #includes: IncludeReader;
  #main: SourceText;
  /** True where something could not be read, so that a reference may miss its value because of it. */
  #lost = false;

  constructor(request: ReadRequest) {
    this.#request = request;
    this.#main = new SourceText(request.file, "");
    this.#includes = new IncludeReader({
      source: request.includes,
      allowUrls: request.allowUrlIncludes ?? false,
      problems: this.#problems,
      parse: (text, file, syntax, statement, prefix) => this.#parse(text, file, syntax, prefix, statement),
    });
  }

  run(): ReadResult {
    const { file, text } = this.#request;
    const parsed = this.#parse(text, file, this.#request.syntax ?? syntaxOf(file) ?? "conf", []);
    const root = parsed && this.#override(parsed);
    if (!root || this.#lost || this.#problems.full) return this.#result(undefined);
    const resolver = new Resolver({
      root,
      env: () => (this.#environment ??= environmentObject(this.#request.env)),
      problems: this.#problems,
      allowUnresolved: this.#request.allowUnresolved ?? false,
    });
    const resolved = resolver.resolveRoot();
    if (this.#problems.errors === 0) measureTree(resolved, this.#problems);
    return this.#result(resolved, resolver.placeholders);
  }

  #environment: ObjectValue | undefined;

  overflow(reason: string): ReadResult {
    this.#problems.add(makeSpan(this.#main, 0, 1), {
      code: "HOCON_TOO_DEEP",
      message: `the file needs more memory or depth than there is (${reason})`,
      hint: "Is it nested very deeply, or does it substitute values into each other many times?",
    });
    return this.#result(undefined);
  }

  #result(root: ObjectValue | undefined, placeholders: ReadonlySet<string> = new Set()): ReadResult {
    const findings = sortFindings(this.#problems.findings);
    return { root: root && this.#problems.errors === 0 ? root : undefined, findings, placeholders };
  }

  /** One text as an object; undefined where it is too long. */
  #parse(
    input: string | Uint8Array,
    file: string,
    syntax: Syntax,
    prefix: readonly string[],
    includedBy?: IncludeLink,
  ): ObjectValue | undefined {
    if (input.length > MAX_TEXT_LENGTH) {
      const at = includedBy?.span ?? makeSpan(new SourceText(file, ""), 0, 1);
      this.#problems.add(at, {
        code: "HOCON_TEXT_TOO_LONG",
        message: `${file} is longer than ${MAX_TEXT_LENGTH} characters`,
        hint: "Configuration of this size belongs into a data file that a component reads.",
      });
      return undefined;
    }
    const source = new SourceText(file, decode(input, syntax), includedBy);
    if (!includedBy) this.#main = source;
    if (syntax === "properties") return parseProperties(source);
    const parser = new Parser(source, {
      json: syntax === "json",
      problems: this.#problems,
      prefix,
      include: (statement, inside) => this.#includes.read(statement, inside),
    });
    const object = parser.parseDocument();
    if (parser.lost) this.#lost = true;
    return object;
  }

  /** The tree with `--set` values on top. */
  #override(root: ObjectValue): ObjectValue {
    const { overrides } = this.#request;
    if (!overrides || overrides.length === 0) return root;
    const builder = ObjectBuilder.of(root);
    for (const [index, { path, value }] of overrides.entries()) {
      // Each override is a line of its own in a text that only messages show.
      const text = `${"\n".repeat(index)}${path}=${value}`;
      const source = new SourceText("<--set>", text);
      const keySpan = makeSpan(source, index, index + Math.max(1, path.length));
      const keys = readPathBetween(new Lexer(source, true), index, index + path.length);
      if (!Array.isArray(keys)) {
        this.#problems.add(keySpan, {
          code: "HOCON_BAD_PATH",
          message: keys.message,
          hint: keys.hint ?? "Write --set PATH=VALUE, e.g. --set pipeline.fail-fast=false.",
        });
        continue;
      }
      const parser = new Parser(source, {
        json: false,
        problems: this.#problems,
        prefix: [],
        include: (statement, inside) => this.#includes.read(statement, inside),
      });
      const parsed = parser.parseValueFrom(index + path.length + 1);
      if (parser.lost) this.#lost = true;
      builder.define(keys, keySpan, withStep(parsed, "set", keySpan, path));
    }
    return builder.finish();
  }
}

/** Text of bytes; a byte order mark in front is no part of it. */
function decode(input: string | Uint8Array, syntax: Syntax): string {
  const text =
    typeof input === "string" ? input : new TextDecoder("utf-8", { ignoreBOM: true }).decode(input);
  return syntax !== "properties" && text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}

/** The environment as an object; a point in a name makes an object, as in the reference. */
function environmentObject(env: Readonly<Record<string, string | undefined>>): ObjectValue {
  const source = new SourceText("<environment>", "");
  const span = makeSpan(source, 0, 0);
  const flat = Object.entries(env).flatMap(([key, value]) =>
    value === undefined ? [] : [{ key, keySpan: span, value: scalar("string", value, true, span) }],
  );
  return objectFromFlat(flat, span);
}
