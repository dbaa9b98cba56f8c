import { messageOf, placeText } from "../base/mod.ts";
import type { IncludeKind, IncludeSource } from "./include-source.ts";
import type { IncludeStatement } from "./include-statement.ts";
import { MAX_INCLUDE_DEPTH, MAX_INCLUDED_TEXTS } from "./limits.ts";
import { mergeObjects } from "./merge.ts";
import { ObjectBuilder } from "./object-builder.ts";
import type { Problems } from "./problems.ts";
import { includeLinks, placeOf, type Span } from "./source-text.ts";
import type { ObjectValue } from "./value.ts";

export type Syntax = "conf" | "json" | "properties";

/** Extensions in the order in which a name without one is tried; the first wins over the later. */
const SYNTAXES: readonly Syntax[] = ["conf", "json", "properties"];

/** The syntax that a file's name tells, or undefined. */
export function syntaxOf(file: string): Syntax | undefined {
  return SYNTAXES.find((syntax) => file.endsWith(`.${syntax}`));
}

/** What reading includes needs from its surroundings. */
export interface IncludeSetting {
  readonly source: IncludeSource;
  readonly allowUrls: boolean;
  readonly problems: Problems;
  /** Reads a text that was found; undefined where it is too long. */
  readonly parse: (
    text: string | Uint8Array,
    file: string,
    syntax: Syntax,
    statement: IncludeStatement,
    prefix: readonly string[],
  ) => ObjectValue | undefined;
}

/** Names that the reference takes for a URL. */
const URL_NAME = /^(https?|ftp|file|jar|mailto):/i;

/** Finds and reads what include statements name. */
export class IncludeReader {
  readonly #setting: IncludeSetting;
  #texts = 0;

  constructor(setting: IncludeSetting) {
    this.#setting = setting;
  }

  /** The included object, empty where an optional text is missing; undefined after an error. */
  read(statement: IncludeStatement, prefix: readonly string[]): ObjectValue | undefined {
    const { name, span } = statement;
    if (statement.kind === "classpath") {
      return this.#refuse(
        span,
        "classpath includes are not supported: there is no Java class path here",
        'Copy the file beside this one and write include "name", or include file("path").',
      );
    }
    if (statement.kind === "url" || (statement.kind === "name" && URL_NAME.test(name)))
      return this.#readUrl(statement, prefix);
    const kind = statement.kind === "file" ? "file" : "relative";
    const syntax = syntaxOf(name);
    if (!syntax) return this.#readAnySyntax(kind, statement, prefix);
    // A name after a plain include keeps the syntax of the including file, whatever its extension says.
    const read = this.#readOne(kind, name, kind === "file" ? syntax : "conf", statement, prefix);
    return read === "missing" ? this.#missing(statement, [name]) : read;
  }

  #readUrl(statement: IncludeStatement, prefix: readonly string[]): ObjectValue | undefined {
    const { name, span } = statement;
    if (!URL.canParse(name))
      return this.#refuse(
        span,
        `${JSON.stringify(name)} is not a valid URL`,
        'A URL is written in full: "https://host/path/file.conf".',
      );
    if (!/^https?:/i.test(name))
      return this.#refuse(
        span,
        `only http and https addresses can be included, not ${JSON.stringify(name)}`,
        'Local files are included with include "name" or include file("path").',
      );
    if (!this.#setting.allowUrls)
      return this.#refuse(
        span,
        "including from a URL is not allowed",
        "Allow it with --allow-url-includes, or save the file beside this one.",
      );
    const read = this.#readOne("url", name, syntaxOf(new URL(name).pathname) ?? "conf", statement, prefix);
    return read === "missing" ? this.#missing(statement, [name]) : read;
  }

  /** A name without extension: all three are read, and merged so that the earlier ones win. */
  #readAnySyntax(
    kind: IncludeKind,
    statement: IncludeStatement,
    prefix: readonly string[],
  ): ObjectValue | undefined {
    let merged: ObjectValue | undefined;
    for (const syntax of SYNTAXES) {
      const read = this.#readOne(kind, `${statement.name}.${syntax}`, syntax, statement, prefix);
      if (read === "missing") continue;
      if (!read) return undefined;
      merged = merged ? mergeObjects(merged, read) : read;
    }
    return (
      merged ??
      this.#missing(
        statement,
        SYNTAXES.map((syntax) => `${statement.name}.${syntax}`),
      )
    );
  }

  #readOne(
    kind: IncludeKind,
    name: string,
    syntax: Syntax,
    statement: IncludeStatement,
    prefix: readonly string[],
  ): ObjectValue | "missing" | undefined {
    const { span } = statement;
    let found: ReturnType<IncludeSource["read"]>;
    try {
      found = this.#setting.source.read(kind, name, span.source.file);
    } catch (error) {
      return this.#refuse(
        span,
        `cannot read the included ${JSON.stringify(name)}: ${messageOf(error)}`,
        "Check that the file may be read, or remove the include.",
        "HOCON_INCLUDE_UNREADABLE",
      );
    }
    if (!found) return "missing";
    this.#texts += 1;
    if (this.#texts > MAX_INCLUDED_TEXTS) {
      if (this.#texts > MAX_INCLUDED_TEXTS + 1) return undefined;
      return this.#refuse(
        span,
        `this configuration includes more than ${MAX_INCLUDED_TEXTS} texts`,
        "Files that include each other several times multiply; include each one once.",
        "HOCON_INCLUDE_TOO_MANY",
      );
    }
    if (this.#turnsBack(found.file, statement)) return undefined;
    return this.#setting.parse(found.text, found.file, syntax, statement, prefix);
  }

  /** Reports an include of a text inside itself, or includes that go too deep. */
  #turnsBack(file: string, statement: IncludeStatement): boolean {
    const { span } = statement;
    const way = [span, ...includeLinks(span).map((link) => link.span)];
    const again = way.findIndex((step) => step.source.file === file);
    if (again < 0 && way.length < MAX_INCLUDE_DEPTH) return false;
    const message =
      again < 0
        ? `includes are nested more than ${MAX_INCLUDE_DEPTH} files deep`
        : `${file} includes itself${again > 0 ? ` through ${chainText(way.slice(0, again + 1))}` : ""}`;
    this.#refuse(
      span,
      message,
      "Remove one of the includes, or move what both files need into a third.",
      "HOCON_INCLUDE_CYCLE",
    );
    return true;
  }

  #missing(statement: IncludeStatement, tried: readonly string[]): ObjectValue | undefined {
    if (!statement.required) return new ObjectBuilder(statement.span).finish();
    const where =
      statement.kind === "file"
        ? "in the working directory"
        : statement.kind === "url"
          ? "there"
          : "beside the including file";
    return this.#refuse(
      statement.span,
      `the required include ${JSON.stringify(statement.name)} was not found ${where}`,
      `Looked for ${tried.join(", ")}. Without required(…) a missing include is empty.`,
      "HOCON_INCLUDE_NOT_FOUND",
    );
  }

  #refuse(span: Span, message: string, hint: string, code = "HOCON_INCLUDE_REFUSED"): undefined {
    this.#setting.problems.add(span, { code, message, hint });
    return undefined;
  }
}

function chainText(way: readonly Span[]): string {
  return way
    .toReversed()
    .map((step) => placeText(placeOf(step)))
    .join(" and ");
}
