import { CairnError } from "../../base/mod.ts";

import {
  type DataType,
  DAY_TIME_PARTS,
  type DayTimePart,
  type Field,
  YEAR_MONTH_PARTS,
  type YearMonthPart,
} from "./data-type.ts";

const TOKEN = /\s*(?:(`(?:[^`]|``)*`)|([\p{L}\p{N}_]+)|([<>(),:])|('(?:[^'\\]|\\.|'')*'))/uy;
const DEFAULT_DECIMAL = { precision: 10, scale: 0 };
const MAX_PRECISION = 38;
/** Digits of a `TIME` without precision, and of the timestamps that are no type of their own. */
const MICROS_PRECISION = 6;
/** Nanoseconds. */
const MAX_TIME_PRECISION = 9;

const PLAIN: Readonly<Record<string, DataType>> = {
  void: { type: "null" },
  null: { type: "null" },
  boolean: { type: "boolean" },
  tinyint: { type: "byte" },
  byte: { type: "byte" },
  smallint: { type: "short" },
  short: { type: "short" },
  int: { type: "integer" },
  integer: { type: "integer" },
  bigint: { type: "long" },
  long: { type: "long" },
  float: { type: "float" },
  real: { type: "float" },
  double: { type: "double" },
  binary: { type: "binary" },
  date: { type: "date" },
  variant: { type: "variant" },
};

/**
 * Reads a type as SQL writes it: `decimal(10,2)`, `array<struct<a: int, b: string>>`.
 *
 * @throws CairnError `SPARK_SCHEMA_INVALID`, with the text and the place.
 */
export function parseType(text: string): DataType {
  const reader = new Reader(text);
  const type = reader.type();
  reader.end();
  return type;
}

/**
 * Reads columns as `CREATE TABLE` and PySpark's DDL write them: `id bigint NOT NULL, tags array<string>`. Also takes
 * a whole `struct<…>`.
 *
 * @throws CairnError `SPARK_SCHEMA_INVALID`, with the text and the place.
 */
export function parseFields(text: string): readonly Field[] {
  if (/^\s*struct\s*</i.test(text)) {
    const type = parseType(text);
    if (type.type === "struct") return type.fields;
  }
  const reader = new Reader(text);
  const fields = reader.atEnd() ? [] : reader.fields();
  reader.end();
  return fields;
}

interface Token {
  readonly text: string;
  readonly quoted: boolean;
  readonly at: number;
}

class Reader {
  readonly #text: string;
  readonly #tokens: Token[] = [];
  #next = 0;

  constructor(text: string) {
    this.#text = text;
    const token = new RegExp(TOKEN);
    const end = text.trimEnd().length;
    while (token.lastIndex < end) {
      const at = token.lastIndex;
      const found = token.exec(text);
      if (!found) throw this.#problem("a name or type is expected", at);
      const quoted = found[1];
      const shown = quoted?.slice(1, -1).replaceAll("``", "`") ?? found[2] ?? found[3] ?? found[4] ?? "";
      this.#tokens.push({ text: shown, quoted: quoted !== undefined, at });
    }
  }

  atEnd(): boolean {
    return this.#next >= this.#tokens.length;
  }

  end(): void {
    const token = this.#tokens[this.#next];
    if (token) throw this.#problem(`"${token.text}" is too much`, token.at);
  }

  fields(): Field[] {
    const fields: Field[] = [];
    do {
      const name = this.#take("a column's name");
      this.#skip(":");
      const type = this.type();
      fields.push(this.#column(name.text, type));
    } while (this.#skip(","));
    return fields;
  }

  #column(name: string, type: DataType): Field {
    const nullable = !this.#skip("not");
    if (!nullable) this.#expect("null");
    if (!this.#skip("comment")) return { name, type, nullable };
    const quoted = this.#take("the comment's text").text.slice(1, -1);
    const comment = quoted.replaceAll(
      /''|\\(.)/gsu,
      (pair, escaped: string | undefined) => escaped ?? pair[0] ?? "",
    );
    return { name, type, nullable, metadata: JSON.stringify({ comment }) };
  }

  type(): DataType {
    const token = this.#take("a type");
    const name = token.quoted ? "" : token.text.toLowerCase();
    if (Object.hasOwn(PLAIN, name)) return PLAIN[name] ?? { type: "null" };
    switch (name) {
      case "string":
        return this.#skip("collate")
          ? { type: "string", collation: this.#take("a collation").text }
          : { type: "string" };
      case "char":
      case "character":
      case "varchar":
        return {
          type: name === "varchar" ? "varchar" : "char",
          length: this.#numbers(1)?.[0] ?? this.#missing(`the length of ${name}`),
        };
      case "decimal":
      case "dec":
      case "numeric":
        return this.#decimal(token.at);
      case "time":
        return this.#time(token.at);
      case "timestamp":
      case "timestamp_ltz":
      case "timestamp_ntz":
        return this.#timestamp(name, token.at);
      case "geometry":
      case "geography":
        return this.#spatial(name);
      case "interval":
        return this.#interval();
      case "array":
      case "map":
      case "struct":
        return this.#nested(name);
      default:
        throw this.#problem(`"${token.text}" is no type of Spark SQL`, token.at);
    }
  }

  #decimal(at: number): DataType {
    const [precision, scale = 0] = this.#numbers(2) ?? [DEFAULT_DECIMAL.precision, DEFAULT_DECIMAL.scale];
    if (precision === undefined || precision < 1 || precision > MAX_PRECISION || scale > precision) {
      throw this.#problem(
        `decimal(${precision},${scale}) needs 1 to ${MAX_PRECISION} digits, and no more of them after the point`,
        at,
      );
    }
    return { type: "decimal", precision, scale };
  }

  #time(at: number): DataType {
    const precision = this.#numbers(1)?.[0] ?? MICROS_PRECISION;
    if (precision > MAX_TIME_PRECISION) {
      throw this.#problem(`time(${precision}) has more than ${MAX_TIME_PRECISION} digits`, at);
    }
    if (this.#skip("without")) this.#words("time", "zone");
    return { type: "time", precision };
  }

  /** A bare `timestamp` is one with time zone, as it is by default in Spark. */
  #timestamp(name: "timestamp" | "timestamp_ltz" | "timestamp_ntz", at: number): DataType {
    const precision = this.#numbers(1)?.[0] ?? MICROS_PRECISION;
    let zone = name !== "timestamp_ntz";
    if (name === "timestamp" && this.#skip("without")) {
      this.#words("time", "zone");
      zone = false;
    } else if (name === "timestamp" && this.#skip("with")) {
      this.#words("local", "time", "zone");
    }
    if (precision === MICROS_PRECISION) return { type: zone ? "timestamp" : "timestamp_ntz" };
    if (precision > MICROS_PRECISION && precision <= MAX_TIME_PRECISION) {
      return { type: zone ? "timestamp_ltz nanos" : "timestamp_ntz nanos", precision };
    }
    throw this.#problem(
      `${name}(${precision}) is no type of Spark SQL: timestamps have ${MICROS_PRECISION} to ${MAX_TIME_PRECISION} digits`,
      at,
    );
  }

  #spatial(type: "geometry" | "geography"): DataType {
    this.#expect("(");
    if (this.#skip("any")) {
      this.#expect(")");
      return { type, srid: "any" };
    }
    const srid = this.#number();
    this.#expect(")");
    return { type, srid };
  }

  #words(...words: readonly string[]): void {
    for (const word of words) this.#expect(word);
  }

  #interval(): DataType {
    const first = this.#peek();
    const yearMonth = YEAR_MONTH_PARTS.find((part) => part === first);
    if (yearMonth !== undefined) {
      const [start, end] = this.#range<YearMonthPart>(YEAR_MONTH_PARTS);
      return { type: "year-month interval", start, end };
    }
    if (!DAY_TIME_PARTS.some((part) => part === first)) return { type: "interval" };
    const [start, end] = this.#range<DayTimePart>(DAY_TIME_PARTS);
    return { type: "day-time interval", start, end };
  }

  #range<Part extends string>(parts: readonly Part[]): [Part, Part] {
    const part = (): Part => {
      const token = this.#take("a part of an interval");
      const found = parts.find((known) => known === token.text.toLowerCase());
      return found ?? this.#missing(parts.join(" or "));
    };
    const start = part();
    return [start, this.#skip("to") ? part() : start];
  }

  #nested(name: "array" | "map" | "struct"): DataType {
    this.#expect("<");
    if (name === "struct") {
      const fields = this.#peek() === ">" ? [] : this.fields();
      this.#expect(">");
      return { type: "struct", fields };
    }
    const first = this.type();
    if (name === "array") {
      this.#expect(">");
      return { type: "array", element: first, containsNull: true };
    }
    this.#expect(",");
    const value = this.type();
    this.#expect(">");
    return { type: "map", key: first, value, valueContainsNull: true };
  }

  /** `(10,2)`; undefined where there is no bracket. */
  #numbers(most: number): number[] | undefined {
    if (!this.#skip("(")) return undefined;
    const numbers: number[] = [];
    do {
      numbers.push(this.#number());
    } while (numbers.length < most && this.#skip(","));
    this.#expect(")");
    return numbers;
  }

  #number(): number {
    const token = this.#take("a number");
    if (!/^\d+$/.test(token.text)) throw this.#problem(`"${token.text}" is no number`, token.at);
    return Number(token.text);
  }

  #peek(): string | undefined {
    const token = this.#tokens[this.#next];
    return token?.quoted === false ? token.text.toLowerCase() : undefined;
  }

  #skip(text: string): boolean {
    if (this.#peek() !== text) return false;
    this.#next += 1;
    return true;
  }

  #expect(text: string): void {
    if (!this.#skip(text)) this.#missing(`"${text}"`);
  }

  #take(what: string): Token {
    const token = this.#tokens[this.#next];
    if (!token) return this.#missing(what);
    this.#next += 1;
    return token;
  }

  #missing(what: string): never {
    throw this.#problem(`${what} is missing`, this.#tokens[this.#next]?.at ?? this.#text.length);
  }

  #problem(state: string, at: number): CairnError {
    return new CairnError(`Cannot read the Spark schema "${this.#text}": ${state} (character ${at + 1})`, {
      code: "SPARK_SCHEMA_INVALID",
      kind: "config",
      hint: "Write columns as in SQL: id bigint NOT NULL, price decimal(10,2), tags array<string>.",
      details: { text: this.#text, position: at + 1 },
    });
  }
}
