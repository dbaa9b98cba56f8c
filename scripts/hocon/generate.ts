/** Random HOCON documents over a small alphabet of keys, so that definitions meet, override and refer to each other. */

/** A generator of numbers in [0, 1) that gives the same sequence for the same seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** One random document: its main file, and those it includes. */
export interface RandomDocument {
  readonly main: string;
  readonly included: ReadonlyMap<string, string>;
}

const KEYS = ["a", "b", "c", "d"] as const;
const SCALARS = [
  "1",
  "2.50",
  "007",
  "-3",
  "1e2",
  "0x1f",
  "9223372036854775808",
  "10s",
  "true",
  "false",
  "null",
  "yes",
  "x",
  "x y",
  "k-v",
  "trueish",
  "a.b",
  '"q"',
  '" q "',
  '""',
  '"\\u00e9\\n"',
  '"""m"n"""',
  '"""a\nb"""',
  "1.",
  "-",
  "${?HOCON_T_STR}",
  "${HOCON_T_NUM}",
] as const;
/** What may stand where it does not belong, now and then. */
const JUNK = [
  "}",
  "]",
  "{",
  "[",
  ":",
  "=",
  ",",
  "$",
  "${",
  "\\",
  "@",
  "+",
  '"',
  "include",
  "`",
  "#",
  "//",
  "\t",
  "\u00a0",
] as const;

class Generator {
  readonly #random: () => number;
  readonly #loops: boolean;
  readonly #includes: number;
  readonly #defined: string[] = [];
  readonly included = new Map<string, string>();

  constructor(random: () => number, loops: boolean, includes: number) {
    this.#random = random;
    this.#loops = loops;
    this.#includes = includes;
  }

  #chance(share: number): boolean {
    return this.#random() < share;
  }

  #pick<T>(options: readonly T[]): T {
    const picked = options[Math.floor(this.#random() * options.length)];
    if (picked === undefined) throw new RangeError("nothing to pick from");
    return picked;
  }

  #count(from: number, to: number): number {
    return from + Math.floor(this.#random() * (to - from + 1));
  }

  #key(): string {
    let key: string = this.#pick(KEYS);
    while (this.#chance(0.3)) key += `.${this.#pick(KEYS)}`;
    return !key.includes(".") && this.#chance(0.1) ? `"${key}"` : key;
  }

  #reference(): string {
    const known = this.#defined.length > 0 && this.#chance(this.#loops ? 0.5 : 0.85);
    const path = known ? this.#pick(this.#defined) : this.#key().replaceAll('"', "");
    return `\${${this.#chance(0.6) ? "?" : ""}${path}}`;
  }

  #piece(kind: string, depth: number, under: string | undefined): string {
    if (this.#chance(0.22)) return this.#reference();
    if (kind === "scalar") return this.#pick(SCALARS);
    return kind === "list" ? this.#list(depth) : this.#object(depth, under);
  }

  #value(depth: number, under: string | undefined): string {
    const roll = this.#random();
    if (roll < 0.3) return this.#pick(SCALARS);
    if (roll < 0.48) return this.#reference();
    const kind = this.#pick([
      "scalar",
      "scalar",
      "scalar",
      "scalar",
      "scalar",
      "list",
      "list",
      "list",
      "object",
      "object",
      "object",
      "object",
    ]);
    const count = this.#chance(0.02) ? 2 : this.#pick([1, 1, 2, 2, 3]);
    const kinds = Array.from({ length: count }, () =>
      depth <= 0 ? "scalar" : this.#chance(0.03) ? this.#pick(["scalar", "list", "object"]) : kind,
    );
    const space = this.#chance(0.5) ? this.#pick(["", " ", "  "]) : " ";
    return kinds.map((each) => this.#piece(each, depth, under)).join(space);
  }

  #list(depth: number): string {
    const items = Array.from({ length: this.#count(0, 3) }, () => this.#value(depth - 1, undefined));
    return `[${items.join(this.#pick([", ", ",", "\n", " ,\n"]))}]`;
  }

  #object(depth: number, under: string | undefined): string {
    return `{${this.#fields(depth - 1, under, this.#count(0, 3), this.#pick([", ", "\n", " ,\n"]))}}`;
  }

  #field(depth: number, under: string | undefined): string {
    if (this.#chance(this.#includes)) return this.#include();
    const key = this.#key();
    const full =
      under === undefined ? undefined : `${under === "" ? "" : `${under}.`}${key.replaceAll('"', "")}`;
    const roll = this.#random();
    let text: string;
    if (roll < 0.12) text = `${key} += ${this.#value(depth, full)}`;
    else if (roll < 0.22 && depth > 0) text = `${key} ${this.#object(depth, full)}`;
    else if (roll < 0.32 && full)
      text = `${key} = \${${this.#pick(["", "?"])}${full}}${this.#pick([" ", ""])}${this.#value(depth, full)}`;
    else text = `${key}${this.#pick([" = ", ":", "=", " : "])}${this.#value(depth, full)}`;
    if (full) this.#defined.push(full);
    return text;
  }

  #include(): string {
    const name = `i${this.included.size}`;
    if (this.included.size >= 4) return "d = 1";
    this.included.set(`${name}.conf`, "");
    this.included.set(`${name}.conf`, this.#fields(1, "", this.#count(1, 3), "\n"));
    return `include ${this.#pick([`"${name}.conf"`, `"${name}"`, `required("${name}.conf")`])}`;
  }

  #fields(depth: number, under: string | undefined, count: number, separator: string): string {
    return Array.from({ length: count }, () => this.#field(depth, under)).join(separator);
  }

  document(): string {
    const lines = Array.from(
      { length: this.#count(1, 8) },
      () => this.#field(2, "") + this.#pick(["", "", "", " # c", " // c"]),
    );
    const text = lines.join(this.#pick(["\n", "\n", "\n\n", "\r\n"])) + this.#pick(["", "\n"]);
    if (!this.#chance(0.05)) return text;
    const at = this.#count(0, text.length);
    return text.slice(0, at) + this.#pick(JUNK) + text.slice(at);
  }
}

/** The document of a seed; every third one has more references that go in circles, every fourth more includes. */
export function randomDocument(seed: number): RandomDocument {
  const generator = new Generator(randomFrom(seed), seed % 3 === 0, seed % 4 === 1 ? 0.15 : 0.02);
  const main = generator.document();
  return { main, included: generator.included };
}
