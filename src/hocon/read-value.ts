import type { Finding } from "../base/mod.ts";
import { findingAt } from "./finding-at.ts";
import type { HoconNode, HoconObject } from "./node.ts";
import { read, type Reading } from "./reading.ts";

/** What each kind of value is called in messages. */
const KIND_NAMES: Readonly<Record<HoconNode["kind"], string>> = {
  object: "an object",
  array: "a list",
  string: "a string",
  number: "a number",
  boolean: "a boolean",
  null: "null",
};

function refuse(finding: Finding): { readonly ok: false; readonly finding: Finding } {
  return { ok: false, finding };
}

function wrongType(node: HoconNode, expected: string): { readonly ok: false; readonly finding: Finding } {
  return refuse(
    findingAt(node, {
      code: "CONFIG_WRONG_TYPE",
      message: `expected ${expected}, found ${KIND_NAMES[node.kind]}`,
    }),
  );
}

/** The node as a string; numbers and booleans give their text. */
export function readString(node: HoconNode): Reading<string> {
  if (node.kind === "string") return read(node.value);
  if (node.kind === "number") return read(node.text);
  if (node.kind === "boolean") return read(String(node.value));
  return wrongType(node, "a string");
}

/** The node as a number; a string that reads as a number counts. */
export function readNumber(node: HoconNode): Reading<number> {
  if (node.kind === "number") return read(node.value);
  return wrongType(node, "a number");
}

/** The node as a whole number of 32 bits; fractions are cut off. */
export function readInteger(node: HoconNode): Reading<number> {
  const number = readNumber(node);
  return number.ok ? read(Math.trunc(number.value)) : number;
}

/** The node as a boolean: `true`, `yes`, `on`, `false`, `no`, `off`. */
export function readBoolean(node: HoconNode): Reading<boolean> {
  if (node.kind === "boolean") return read(node.value);
  return wrongType(node, "true or false");
}

/** The node as a list; an object whose keys are whole numbers counts, in the order of the numbers. */
export function readList(node: HoconNode): Reading<readonly HoconNode[]> {
  if (node.kind === "array") return read(node.items);
  return wrongType(node, "a list");
}

/** The node as an object. */
export function readObject(node: HoconNode): Reading<HoconObject> {
  if (node.kind === "object") return read(node);
  return wrongType(node, "an object");
}

/** A length of time. */
export interface Duration {
  /** Whole and fractional milliseconds. */
  readonly ms: number;
  /** Exact, saturated to 64 bits. */
  readonly nanos: bigint;
}

/** The node as a duration: a number (milliseconds) or a text such as `10s`, `5 minutes`. */
export function readDuration(node: HoconNode): Reading<Duration> {
  if (node.kind === "number") return read({ ms: node.value, nanos: BigInt(Math.trunc(node.value * 1e6)) });
  return wrongType(node, "a duration");
}

/** The node as a size in bytes: a number or a text such as `512MiB`, `10 kB`. */
export function readBytes(node: HoconNode): Reading<bigint> {
  if (node.kind === "number") return read(BigInt(Math.trunc(node.value)));
  return wrongType(node, "a size in bytes");
}
