import type { Place } from "../base/mod.ts";

/** One step on the way a value took to where it stands. */
export interface OriginStep {
  readonly kind: "include" | "override" | "append" | "substitution" | "environment" | "set";
  readonly place: Place;
  /** For people: the included name, the substituted path, the variable's name. */
  readonly detail?: string | undefined;
}

/** Where a value comes from: its own place, then how it got there, nearest first. */
export interface Origin {
  readonly place: Place;
  readonly steps: readonly OriginStep[];
}

export interface HoconField {
  /** Where the key is written (of the definition that won). */
  readonly keyPlace: Place;
  readonly value: HoconNode;
}

export interface HoconObject {
  readonly kind: "object";
  readonly origin: Origin;
  readonly fields: ReadonlyMap<string, HoconField>;
}
export interface HoconArray {
  readonly kind: "array";
  readonly origin: Origin;
  readonly items: readonly HoconNode[];
}
export interface HoconString {
  readonly kind: "string";
  readonly origin: Origin;
  readonly value: string;
}
export interface HoconNumber {
  readonly kind: "number";
  readonly origin: Origin;
  readonly value: number;
  /** As written, so that `1.50` read as a string stays `1.50`. */
  readonly text: string;
}
export interface HoconBoolean {
  readonly kind: "boolean";
  readonly origin: Origin;
  readonly value: boolean;
}
export interface HoconNull {
  readonly kind: "null";
  readonly origin: Origin;
}

/** A value of a resolved tree. */
export type HoconNode = HoconObject | HoconArray | HoconString | HoconNumber | HoconBoolean | HoconNull;
