import { afterOpaque, type Dialect, type Statement } from "./statements.ts";

/**
 * What running a statement does. `query`: it gives rows, and can be asked again. `session`: it changes the session alone,
 * so that another session needs it, too. `effect`: all the rest, which must not be done twice.
 */
export type StatementKind = "query" | "session" | "effect";

const SPARK: Dialect = { backslash: true };
const QUERIES: ReadonlySet<string> = new Set(
  "SELECT VALUES TABLE FROM MAP REDUCE EXPLAIN SHOW DESCRIBE DESC LIST".split(" "),
);
const OF_SESSION: ReadonlySet<string> = new Set(
  "SET RESET USE DECLARE CACHE UNCACHE CLEAR REFRESH ADD".split(" "),
);
const TEMPORARY: ReadonlySet<string> = new Set(["TEMP", "TEMPORARY"]);
const NAME = /[\p{L}_][\p{L}\p{N}_]*/uy;

/** Words in capitals, names in backticks as they are, and single other characters; texts and comments are left out. */
function* tokensOf(text: string): Generator<string> {
  for (let at = 0; at < text.length;) {
    const after = afterOpaque(text, at, SPARK);
    if (after > at) {
      if (text[at] === "`") yield text.slice(at, after);
      at = after;
      continue;
    }
    NAME.lastIndex = at;
    const word = NAME.exec(text)?.[0];
    if (word !== undefined) yield word.toUpperCase();
    else if (/\S/.test(text.charAt(at))) yield text.charAt(at);
    at += word?.length ?? 1;
  }
}

/** The tokens that stand in no brackets; a pair of brackets is one token, `()`. */
function outerTokens(text: string): readonly string[] {
  const outer: string[] = [];
  let depth = 0;
  for (const token of tokensOf(text)) {
    if (token === "(" && depth++ === 0) outer.push("()");
    else if (token === ")") depth--;
    else if (depth === 0) outer.push(token);
  }
  return outer;
}

/** What begins after the list of `WITH`: a word behind brackets that isn't `AS`. */
function afterWith(tokens: readonly string[]): readonly string[] {
  const at = tokens.findIndex(
    (token, index) => index > 0 && tokens[index - 1] === "()" && token !== "AS" && token !== ",",
  );
  return at === -1 ? tokens : tokens.slice(at);
}

function isEffectOfFrom(tokens: readonly string[]): boolean {
  return tokens.some(
    (token, at) => token === "INSERT" && ["INTO", "OVERWRITE"].includes(tokens[at + 1] ?? ""),
  );
}

/** The name behind `VIEW`, `IF EXISTS` and the like passed over; as Spark compares names. */
function nameAfter(tokens: readonly string[], word: string): string | undefined {
  const rest = tokens.slice(tokens.indexOf(word) + 1);
  const name = rest.find((token) => !["IF", "NOT", "EXISTS"].includes(token));
  return name?.replaceAll("`", "").toUpperCase();
}

/** Tells the kinds of a component's statements, in their order: it knows which views are the session's. */
export class StatementKinds {
  readonly #views: Set<string>;

  /** @param sources names of views that the session has from the beginning */
  constructor(sources: readonly string[]) {
    this.#views = new Set(sources.map((name) => name.toUpperCase()));
  }

  kindOf({ text }: Statement): StatementKind {
    const all = outerTokens(text);
    const tokens = all[0] === "WITH" ? afterWith(all) : all;
    const [verb = "", second = ""] = tokens;
    if (verb === "FROM") return isEffectOfFrom(tokens) ? "effect" : "query";
    if (verb === "()" || QUERIES.has(verb)) return "query";
    if (OF_SESSION.has(verb)) return "session";
    if (verb === "CREATE") return this.#created(tokens);
    if (verb === "DROP" && TEMPORARY.has(second)) return "session";
    if ((verb === "DROP" || verb === "ALTER") && second === "VIEW") {
      return this.#views.has(nameAfter(tokens, "VIEW") ?? "") ? "session" : "effect";
    }
    return "effect";
  }

  #created(tokens: readonly string[]): StatementKind {
    // CREATE [OR REPLACE] [GLOBAL] TEMPORARY …
    const head = tokens.slice(1, 5).find((token) => !["OR", "REPLACE", "GLOBAL"].includes(token));
    if (!TEMPORARY.has(head ?? "")) return "effect";
    const view = nameAfter(tokens, "VIEW");
    if (view !== undefined) this.#views.add(view);
    return "session";
  }
}
