import * as v from "valibot";
import { nearest } from "../base/mod.ts";
import {
  findingAt,
  type HoconNode,
  type HoconObject,
  type Reading,
  readBoolean,
  readBytes,
  readDuration,
  readList,
  readNumber,
  readObject,
  readString,
} from "../hocon/mod.ts";
import { isUnresolved, type Kind } from "./field.ts";

/** A kind from one of HOCON's own readers. */
function readBy<T>(name: string, reader: (node: HoconNode) => Reading<T>): Kind<T> {
  return {
    name,
    read(node, what, decoding) {
      const reading = reader(node);
      if (reading.ok) return reading.value;
      decoding.findings.push({ ...reading.finding, message: `${what}: ${reading.finding.message}` });
      return undefined;
    },
  };
}

/** A kind whose values have to pass a valibot schema as well; its messages read on after the value's name. */
function checked<In, Out>(name: string, kind: Kind<In>, schema: v.GenericSchema<In, Out>): Kind<Out> {
  return {
    name,
    isText: kind.isText ?? false,
    read(node, what, decoding) {
      const value = kind.read(node, what, decoding);
      if (value === undefined) return undefined;
      const result = v.safeParse(schema, value);
      if (result.success) return result.output;
      for (const issue of result.issues) {
        decoding.findings.push(
          findingAt(node, { code: "CONFIG_BAD_VALUE", message: `${what} ${issue.message}` }),
        );
      }
      return undefined;
    },
  };
}

export const text: Kind<string> = { ...readBy("string", readString), isText: true };

/** A string with at least one character that is no white space. */
export const name: Kind<string> = checked(
  "string",
  text,
  v.pipe(
    v.string(),
    v.check((value) => value.trim() !== "", "must not be empty"),
  ),
);

const INSTANCE_TYPE = /^[A-Za-z_$][\w$-]*(?:\.[A-Za-z_$][\w$-]*)*$/u;

/** The name of a plugin's type: `com.example.Extract`. */
export const typeName: Kind<string> = checked(
  "type name",
  text,
  v.pipe(
    v.string(),
    v.regex(
      INSTANCE_TYPE,
      (issue) => `must be a type name such as com.example.Extract, found ${issue.received}`,
    ),
  ),
);

export const flag: Kind<boolean> = readBy("boolean", readBoolean);

/** A whole number of at least `least`. */
export function wholeNumber(least: number): Kind<number> {
  return checked(
    `whole number, at least ${least}`,
    readBy("number", readNumber),
    v.pipe(
      v.number(),
      v.safeInteger((issue) => `must be a whole number, found ${issue.received}`),
      v.minValue(least, (issue) => `must be at least ${least}, found ${issue.received}`),
    ),
  );
}

/** A finite number from `least` to `most`. */
export function numberFrom(least: number, most: number = Infinity): Kind<number> {
  const range = most === Infinity ? `at least ${least}` : `from ${least} to ${most}`;
  return checked(
    `number ${range}`,
    readBy("number", readNumber),
    v.pipe(
      v.number(),
      v.finite((issue) => `must be a finite number, found ${issue.received}`),
      v.minValue(least, (issue) => `must be ${range}, found ${issue.received}`),
      v.maxValue(most, (issue) => `must be ${range}, found ${issue.received}`),
    ),
  );
}

/** A length of time above zero, in milliseconds. */
export const duration: Kind<number> = checked(
  "duration",
  readBy("duration", readDuration),
  v.pipe(
    v.custom<{ ms: number }>(() => true),
    v.transform(({ ms }) => ms),
    v.check((ms) => ms > 0, "must be longer than zero"),
  ),
);

/** A size above zero, in bytes. */
export const size: Kind<number> = checked(
  "size",
  readBy("size", readBytes),
  v.pipe(
    v.bigint(),
    v.minValue(1n, "must be larger than zero"),
    v.maxValue(BigInt(Number.MAX_SAFE_INTEGER), "is too large"),
    v.transform(Number),
  ),
);

/** One of a few words. */
export function choice<const Words extends readonly [string, ...string[]]>(
  ...words: Words
): Kind<Words[number]> {
  const schema = v.picklist(words);
  return {
    name: `one of ${words.join(", ")}`,
    read(node, what, decoding) {
      const value = text.read(node, what, decoding);
      if (value === undefined) return undefined;
      const result = v.safeParse(schema, value);
      if (result.success) return result.output;
      const meant = nearest(value, words);
      decoding.findings.push(
        findingAt(node, {
          code: "CONFIG_BAD_VALUE",
          message: `${what} must be one of ${words.join(", ")}, found ${JSON.stringify(value)}`,
          hint: meant === undefined ? undefined : `Did you mean ${meant}?`,
        }),
      );
      return undefined;
    },
  };
}

/** A list of values of one kind. */
export function list<T>(item: Kind<T>): Kind<readonly T[]> {
  return {
    name: `list of ${item.name}s`,
    read(node, what, decoding) {
      const items = readBy("list", readList).read(node, what, decoding);
      if (items === undefined) return undefined;
      const values = items
        .filter((each) => !isUnresolved(each, decoding.placeholders))
        .map((each, index) => item.read(each, `${what}, item ${index + 1}`, decoding));
      return values.every((value) => value !== undefined) ? values : undefined;
    },
  };
}

/** An object that is taken as it is, with its origins. */
export const object: Kind<HoconObject> = readBy("object", readObject);

/** Values of any kind that a later step reads. */
export const anything: Kind<HoconNode> = { name: "object", read: (node) => node };
