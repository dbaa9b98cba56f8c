import { type FieldType, scalarOf } from "./field-type.ts";

/** Types nested deeper are refused, long before a stack ends. */
const MAX_DEPTH = 32;

/** Names of several words, which go on after their first. */
const MORE_WORDS = /\s+(?:with(?:out)?(?:\s+local)?\s+time\s+zone|precision|varying)\b/iuy;
const WORD = /\s*([A-Za-z_]\w*)/uy;
const FIELD_NAME = /\s*(?:"((?:[^"]|"")+)"|`((?:[^`]|``)+)`|([^\s:,<>()"`]+))/uy;
const NUMBERS = /\s*\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\)/uy;
const LIST_SUFFIX = /\s*\[\s*\d*\s*\]/uy;
/** What Spark may say of a field of a struct after its type. */
const FIELD_REST = /\s*(?:not\s+null)?\s*(?:comment\s+'(?:[^'\\]|\\.)*')?/iuy;

/** A type that was read; `unknown` is the first name in it that no contract may use. */
export interface ParsedType {
  readonly type: FieldType;
  readonly unknown: string | undefined;
}

/** Not a type at all. */
class NoType extends Error {}

class TypeReader {
  unknown: string | undefined;
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  whole(): FieldType {
    const type = this.#type(0);
    this.#match(/\s*/uy);
    if (this.#at !== this.#text.length) throw new NoType();
    return type;
  }

  #match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found === null) return undefined;
    this.#at = pattern.lastIndex;
    return found;
  }

  #takes(character: string): boolean {
    this.#match(/\s*/uy);
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  /** The bracket that closes the one which opens here; undefined where none opens. */
  #opens(): ">" | ")" | undefined {
    if (this.#takes("<")) return ">";
    return this.#takes("(") ? ")" : undefined;
  }

  #needs(character: string): void {
    if (!this.#takes(character)) throw new NoType();
  }

  #type(depth: number): FieldType {
    const word = this.#match(WORD)?.[1]?.toLowerCase();
    if (word === undefined || depth > MAX_DEPTH) throw new NoType();
    let type = this.#named(word, depth);
    while (this.#match(LIST_SUFFIX) !== undefined) type = { kind: "array", item: type };
    return type;
  }

  #named(word: string, depth: number): FieldType {
    switch (word) {
      case "decimal":
      case "numeric":
      case "dec": {
        const numbers = this.#match(NUMBERS);
        if (numbers === undefined) return { kind: "decimal", size: undefined };
        return { kind: "decimal", size: [Number(numbers[1]), Number(numbers[2] ?? 0)] };
      }
      case "array":
        return this.#array(depth);
      case "map":
        return this.#map(depth);
      case "struct":
      case "row":
        return this.#struct(depth);
      default:
        return this.#scalar(word);
    }
  }

  #scalar(word: string): FieldType {
    // The length of a varchar and the precision of a time say nothing about which type it is.
    this.#match(NUMBERS);
    const more = this.#match(MORE_WORDS)?.[0].trim().toLowerCase().replaceAll(/\s+/gu, " ");
    const name = more === undefined ? word : `${word} ${more}`;
    const { type, known } = scalarOf(name);
    if (!known) this.unknown ??= name;
    return type;
  }

  #array(depth: number): FieldType {
    const close = this.#opens();
    if (close === undefined) return { kind: "array", item: undefined };
    const item = this.#type(depth + 1);
    this.#needs(close);
    return { kind: "array", item };
  }

  #map(depth: number): FieldType {
    const close = this.#opens();
    if (close === undefined) return { kind: "map", key: undefined, value: undefined };
    const key = this.#type(depth + 1);
    this.#needs(",");
    const value = this.#type(depth + 1);
    this.#needs(close);
    return { kind: "map", key, value };
  }

  #struct(depth: number): FieldType {
    const close = this.#opens();
    if (close === undefined) return { kind: "struct", fields: undefined };
    const fields = new Map<string, FieldType>();
    if (this.#takes(close)) return { kind: "struct", fields };
    do {
      const [, double, back, bare] = this.#match(FIELD_NAME) ?? [];
      const name = double?.replaceAll('""', '"') ?? back?.replaceAll("``", "`") ?? bare;
      if (name === undefined) throw new NoType();
      this.#takes(":");
      fields.set(name, this.#type(depth + 1));
      this.#match(FIELD_REST);
    } while (this.#takes(","));
    this.#needs(close);
    return { kind: "struct", fields };
  }
}

/** Reads a type as Spark or DuckDB writes it: `decimal(10,2)`, `array<struct<a:int>>`, `STRUCT(a INTEGER)[]`. Undefined: it is none. */
export function parseType(text: string): ParsedType | undefined {
  const reader = new TypeReader(text);
  try {
    const type = reader.whole();
    return { type, unknown: reader.unknown };
  } catch (thrown) {
    if (thrown instanceof NoType) return undefined;
    throw thrown;
  }
}

/** The type that an engine gave; what can't be read is a type that equals its own name only. */
export function producedType(text: string): FieldType {
  return parseType(text)?.type ?? { kind: "scalar", name: text.trim().toLowerCase() };
}
