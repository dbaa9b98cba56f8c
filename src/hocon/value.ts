import type { Place } from "../base/mod.ts";
import { MAX_ORIGIN_STEPS } from "./limits.ts";
import type { KeyPath } from "./key-path.ts";
import type {
  HoconArray,
  HoconBoolean,
  HoconField,
  HoconNode,
  HoconNull,
  HoconNumber,
  HoconObject,
  HoconString,
} from "./node.ts";
import { makeSpan, placeOf, type SourceText, type Span } from "./source-text.ts";
import { type Trail, ValueBase } from "./value-base.ts";

/*
 * Values before, during and after resolution. They are immutable once the parser has let go of them;
 * what resolution finds out about one is kept in `memo`. Resolved scalars, objects and lists are
 * the nodes of the public tree themselves.
 */

export type ScalarKind = "string" | "number" | "boolean" | "null";

abstract class ScalarBase extends ValueBase {
  readonly tag = "scalar";
  /** As written; what concatenation uses. */
  readonly text: string;
  /** False for text written without quotes, which a list or object before it swallows. */
  readonly quoted: boolean;

  constructor(text: string, quoted: boolean, span: Span, trail: Trail | undefined) {
    super(span, trail);
    this.text = text;
    this.quoted = quoted;
  }
}

class StringScalar extends ScalarBase implements HoconString {
  readonly kind = "string";
  get value(): string {
    return this.text;
  }
}

class NumberScalar extends ScalarBase implements HoconNumber {
  readonly kind = "number";
  get value(): number {
    return Number(this.text);
  }
}

class BooleanScalar extends ScalarBase implements HoconBoolean {
  readonly kind = "boolean";
  get value(): boolean {
    return this.text === "true";
  }
}

class NullScalar extends ScalarBase implements HoconNull {
  readonly kind = "null";
}

/** A string, number, boolean or null. */
export type Scalar = StringScalar | NumberScalar | BooleanScalar | NullScalar;

/** Makes a scalar of its text; `quoted` matters for strings alone. */
export function scalar(kind: ScalarKind, text: string, quoted: boolean, span: Span, trail?: Trail): Scalar {
  switch (kind) {
    case "string":
      return new StringScalar(text, quoted, span, trail);
    case "number":
      return new NumberScalar(text, true, span, trail);
    case "boolean":
      return new BooleanScalar(text, true, span, trail);
    case "null":
      return new NullScalar(text, true, span, trail);
  }
}

/** A value under its key; the span is the key's. */
export class Entry implements Span, HoconField {
  readonly source: SourceText;
  readonly start: number;
  readonly end: number;
  readonly content: Value;

  constructor(keySpan: Span, content: Value) {
    this.source = keySpan.source;
    this.start = keySpan.start;
    this.end = keySpan.end;
    this.content = content;
  }

  get keyPlace(): Place {
    return placeOf(this);
  }

  get value(): HoconNode {
    if (!isNode(this.content))
      throw new TypeError("the value under a key was looked at before it was resolved");
    return this.content;
  }
}

/** One entry exchanged or removed, in front of an object's own entries. */
interface Patch {
  readonly key: string;
  readonly entry: Entry | undefined;
  readonly next: Patch | undefined;
  readonly depth: number;
}

/** Patches in front of one map before they are written into a copy of it. */
const MAX_PATCHES = 8;

/** What an object is made of. */
interface ObjectContents {
  readonly entries: Map<string, Entry>;
  readonly open: number;
  readonly closed?: boolean;
  readonly trail?: Trail | undefined;
  readonly patch?: Patch | undefined;
  readonly count?: number;
  readonly table?: number | undefined;
}

/** An object whose entries may still hold substitutions. */
export class ObjectValue extends ValueBase implements HoconObject {
  readonly tag = "object";
  readonly kind = "object";
  #entries: Map<string, Entry>;
  #patch: Patch | undefined;
  /** How many entries there are. */
  readonly count: number;
  /** How many entries still hold substitutions. */
  readonly open: number;
  /** True where a value below was hidden by something that is no object. */
  readonly closed: boolean;
  /** For a copy with one entry exchanged or removed: for how many keys the reference makes its table (see java-order.ts). */
  readonly table: number | undefined;

  constructor(span: Span, contents: ObjectContents) {
    super(span, contents.trail);
    this.#entries = contents.entries;
    this.#patch = contents.patch;
    this.count = contents.count ?? contents.entries.size;
    this.open = contents.open;
    this.closed = contents.closed ?? false;
    this.table = contents.table;
  }

  get fields(): ReadonlyMap<string, HoconField> {
    return this.entries();
  }

  /** How many entries were written for this object. */
  get size(): number {
    return this.#patch ? 1 : this.#entries.size;
  }

  get(key: string): Entry | undefined {
    for (let patch = this.#patch; patch; patch = patch.next) if (patch.key === key) return patch.entry;
    return this.#entries.get(key);
  }

  /** All entries, in the order in which their keys were first written. */
  entries(): ReadonlyMap<string, Entry> {
    if (!this.#patch) return this.#entries;
    const patches: Patch[] = [];
    for (let patch: Patch | undefined = this.#patch; patch; patch = patch.next) patches.push(patch);
    const entries = new Map(this.#entries);
    for (const { key, entry } of patches.toReversed()) {
      if (entry) entries.set(key, entry);
      else entries.delete(key);
    }
    this.#entries = entries;
    this.#patch = undefined;
    return entries;
  }

  /** The same object with one entry exchanged, or removed; costs nothing for the other entries. */
  with(key: string, value: Value | undefined, copied = false): ObjectValue {
    const old = this.get(key);
    if ((this.#patch?.depth ?? 0) >= MAX_PATCHES) this.entries();
    const entry = value && new Entry(old ?? value, value);
    return new ObjectValue(this, {
      entries: this.#entries,
      patch: { key, entry, next: this.#patch, depth: (this.#patch?.depth ?? 0) + 1 },
      count: this.count + (value ? 1 : 0) - (old ? 1 : 0),
      open: this.open + (value && !isResolved(value) ? 1 : 0) - (old && !isResolved(old.content) ? 1 : 0),
      closed: this.closed,
      table: copied ? this.count : undefined,
      trail: this.trail,
    });
  }

  /** The same object with another flag or way. */
  copy(changes: { closed?: boolean; trail?: Trail | undefined }): ObjectValue {
    const { count, open, closed, table, trail } = this;
    const contents = { entries: this.#entries, patch: this.#patch, count, open, closed, table, trail };
    return new ObjectValue(this, { ...contents, ...changes });
  }
}

/** A list whose items may still hold substitutions. */
export class ListValue extends ValueBase implements HoconArray {
  readonly tag = "list";
  readonly kind = "array";
  #contents: readonly Value[];
  #patch: { readonly index: number; readonly value: Value | undefined } | undefined;
  /** How many items still hold substitutions. */
  readonly open: number;

  constructor(span: Span, contents: readonly Value[], open: number, trail?: Trail) {
    super(span, trail);
    this.#contents = contents;
    this.#patch = undefined;
    this.open = open;
  }

  get items(): readonly HoconNode[] {
    const { contents } = this;
    if (!areNodes(contents, this.open))
      throw new TypeError("the items of a list were looked at before they were resolved");
    return contents;
  }

  /** How many items were written for this list. */
  get size(): number {
    return this.#patch ? 1 : this.#contents.length;
  }

  get contents(): readonly Value[] {
    const patch = this.#patch;
    if (patch) {
      this.#contents = patch.value
        ? this.#contents.with(patch.index, patch.value)
        : this.#contents.toSpliced(patch.index, 1);
      this.#patch = undefined;
    }
    return this.#contents;
  }

  /** The same list with one item exchanged, or removed; undefined where none is left. */
  with(index: number, value: Value | undefined): ListValue | undefined {
    const { contents } = this;
    if (!value && contents.length === 1) return undefined;
    const old = contents[index];
    const open = this.open - (old && !isResolved(old) ? 1 : 0) + (value && !isResolved(value) ? 1 : 0);
    const list = new ListValue(this, contents, open, this.trail);
    list.#patch = { index, value };
    return list;
  }

  copy(trail: Trail | undefined): ListValue {
    return new ListValue(this, this.contents, this.open, trail);
  }
}

/** `${path}` or `${?path}`. */
export class Reference extends ValueBase {
  readonly tag = "reference";
  readonly path: KeyPath;
  /** How many keys at the front come from where the file was included, not from the file. */
  readonly prefixLength: number;
  readonly optional: boolean;
  /** True for the reference that `+=` stands for. */
  readonly implied: boolean;

  constructor(span: Span, path: KeyPath, prefixLength: number, optional: boolean, implied = false) {
    super(span, undefined);
    this.path = path;
    this.prefixLength = prefixLength;
    this.optional = optional;
    this.implied = implied;
  }

  /** The path as the file writes it, without the part that comes from the include. */
  get name(): string {
    return this.path.keys().slice(this.prefixLength).join(".");
  }
}

/** Neighbouring values of which at least one is a reference. */
export class Concatenation extends ValueBase {
  readonly tag = "concatenation";
  readonly pieces: readonly Value[];

  constructor(span: Span, pieces: readonly Value[]) {
    super(span, undefined);
    this.pieces = pieces;
  }
}

/** Definitions of one key that can only be merged after substitution; earlier ones in the stack win. */
export class DelayedMerge extends ValueBase {
  readonly tag = "delayed";
  readonly stack: readonly Value[];
  /** True where the result is known to be an object. */
  readonly isObject: boolean;

  constructor(span: Span, stack: readonly Value[], isObject: boolean) {
    super(span, undefined);
    this.stack = stack;
    this.isObject = isObject;
  }
}

/** Stands where an error was already reported, so that nothing reports it again. */
export class Failed extends ValueBase {
  readonly tag = "failed";

  constructor(span: Span) {
    super(span, undefined);
  }
}

export type Value = Scalar | ObjectValue | ListValue | Reference | Concatenation | DelayedMerge | Failed;

/** A value that may hold others and can stand on the way from the root. */
export type Container = ObjectValue | ListValue | Concatenation | DelayedMerge;

/** A value that can stand in the public tree once it is resolved. */
export type NodeValue = Scalar | ObjectValue | ListValue;

/** True where nothing in the value waits for a substitution. */
export function isResolved(value: Value): boolean {
  switch (value.tag) {
    case "scalar":
    case "failed":
      return true;
    case "object":
    case "list":
      return value.open === 0;
    default:
      return false;
  }
}

function isNode(value: Value): value is NodeValue {
  return value.tag !== "failed" && isResolved(value);
}

/** Items of which none is open; `Failed` ones stand only in trees that nobody is given. */
function areNodes(values: readonly Value[], open: number): values is readonly NodeValue[] {
  return open === 0 && values.length >= 0;
}

/** How many of some values still hold substitutions. */
export function countOpen(values: Iterable<Value>): number {
  let open = 0;
  for (const value of values) if (!isResolved(value)) open += 1;
  return open;
}

/** A resolved value with one more step in front of its way; other values as they are. */
export function withStep(value: Value, kind: Trail["kind"], span: Span, detail?: string): Value {
  const place = makeSpan(span.source, span.start, span.end);
  return withTrail(value, { kind, span: place, detail, next: value.trail });
}

/** A resolved value whose way ends with the definition that it hides, and the ones hidden by that. */
export function withOverride(value: Value, below: Value): Value {
  let earlier = below.trail;
  while (earlier && earlier.kind !== "override") earlier = earlier.next;
  const place = makeSpan(below.source, below.start, below.end);
  let trail: Trail = { kind: "override", span: place, next: earlier };
  for (const step of ownSteps(value.trail)) trail = { ...step, next: trail };
  return withTrail(value, trail);
}

/** Steps of a way, the last first; the oldest of very many are left out, so that ways do not multiply. */
function ownSteps(trail: Trail | undefined): Trail[] {
  const steps: Trail[] = [];
  for (let step = trail; step && steps.length < MAX_ORIGIN_STEPS; step = step.next) steps.push(step);
  return steps.toReversed();
}

function withTrail(value: Value, trail: Trail): Value {
  switch (value.tag) {
    case "scalar":
      return scalar(value.kind, value.text, value.quoted, value, trail);
    case "object":
      return isResolved(value) ? value.copy({ trail }) : value;
    case "list":
      return isResolved(value) ? value.copy(trail) : value;
    default:
      return value;
  }
}
