import type { KeyPath } from "./key-path.ts";
import type { HoconNode, OriginStep } from "./node.ts";
import type { Span } from "./source-text.ts";

/*
 * Values before and during resolution. They are immutable once the parser has let go of them;
 * what resolution finds out about one is kept in `memo`.
 */

/** One step of a value's way, kept as spans until somebody asks for places. */
export interface Trail {
  readonly kind: OriginStep["kind"];
  readonly span: Span;
  readonly detail?: string | undefined;
  readonly next: Trail | undefined;
}

/** What resolution has found out about a value. */
export interface Memo {
  /** The result without restriction. */
  full: Value | undefined;
  /** Results where only the way to one path was resolved, by `KeyPath.id`. */
  partial: Map<string, Value> | undefined;
}

abstract class ValueBase {
  readonly span: Span;
  trail: Trail | undefined;
  memo: Memo | undefined;
  /** The public face of a resolved value, made when somebody looks. */
  node: HoconNode | undefined;

  constructor(span: Span, trail: Trail | undefined) {
    this.span = span;
    this.trail = trail;
    this.memo = undefined;
    this.node = undefined;
  }
}

export type ScalarKind = "string" | "number" | "boolean" | "null";

/** A string, number, boolean or null. */
export class Scalar extends ValueBase {
  readonly tag = "scalar";
  readonly kind: ScalarKind;
  /** As written; what concatenation uses. */
  readonly text: string;
  /** False for text written without quotes, which a list or object before it swallows. */
  readonly quoted: boolean;

  constructor(kind: ScalarKind, text: string, quoted: boolean, span: Span, trail?: Trail) {
    super(span, trail);
    this.kind = kind;
    this.text = text;
    this.quoted = quoted;
  }
}

/** A value under its key. */
export class Entry {
  readonly keySpan: Span;
  readonly value: Value;

  constructor(keySpan: Span, value: Value) {
    this.keySpan = keySpan;
    this.value = value;
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

/** An object whose entries may still hold substitutions. */
export class ObjectValue extends ValueBase {
  readonly tag = "object";
  #entries: Map<string, Entry>;
  #patch: Patch | undefined;
  /** How many entries still hold substitutions. */
  readonly open: number;
  /** True where a value below was hidden by something that is no object. */
  readonly closed: boolean;

  constructor(
    span: Span,
    entries: Map<string, Entry>,
    open: number,
    closed = false,
    trail?: Trail,
    patch?: Patch,
  ) {
    super(span, trail);
    this.#entries = entries;
    this.#patch = patch;
    this.open = open;
    this.closed = closed;
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
  with(key: string, value: Value | undefined): ObjectValue {
    const old = this.get(key);
    const open = this.open - (old && !isResolved(old.value) ? 1 : 0) + (value && !isResolved(value) ? 1 : 0);
    if ((this.#patch?.depth ?? 0) >= MAX_PATCHES) this.entries();
    const entry = value && new Entry(old?.keySpan ?? value.span, value);
    const patch: Patch = { key, entry, next: this.#patch, depth: (this.#patch?.depth ?? 0) + 1 };
    return new ObjectValue(this.span, this.#entries, open, this.closed, this.trail, patch);
  }

  /** The same object under another name, flag or way. */
  copy(changes: { closed?: boolean; trail?: Trail | undefined }): ObjectValue {
    const trail = "trail" in changes ? changes.trail : this.trail;
    return new ObjectValue(
      this.span,
      this.#entries,
      this.open,
      changes.closed ?? this.closed,
      trail,
      this.#patch,
    );
  }
}

/** A list whose items may still hold substitutions. */
export class ListValue extends ValueBase {
  readonly tag = "list";
  #items: readonly Value[];
  #patch: { readonly index: number; readonly value: Value | undefined } | undefined;
  /** How many items still hold substitutions. */
  readonly open: number;

  constructor(span: Span, items: readonly Value[], open: number, trail?: Trail) {
    super(span, trail);
    this.#items = items;
    this.open = open;
  }

  /** How many items were written for this list. */
  get size(): number {
    return this.#patch ? 1 : this.#items.length;
  }

  get items(): readonly Value[] {
    const patch = this.#patch;
    if (patch) {
      this.#items = patch.value
        ? this.#items.with(patch.index, patch.value)
        : this.#items.toSpliced(patch.index, 1);
      this.#patch = undefined;
    }
    return this.#items;
  }

  /** The same list with one item exchanged, or removed; undefined where none is left. */
  with(index: number, value: Value | undefined): ListValue | undefined {
    const items = this.items;
    if (!value && items.length === 1) return undefined;
    const old = items[index];
    const open = this.open - (old && !isResolved(old) ? 1 : 0) + (value && !isResolved(value) ? 1 : 0);
    const list = new ListValue(this.span, items, open, this.trail);
    list.#patch = { index, value };
    return list;
  }

  copy(trail: Trail | undefined): ListValue {
    return new ListValue(this.span, this.items, this.open, trail);
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

  /** As the file writes it, without the part that comes from the include. */
  get text(): string {
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
}

export type Value = Scalar | ObjectValue | ListValue | Reference | Concatenation | DelayedMerge | Failed;

/** A value that may hold others and can stand on the way from the root. */
export type Container = ObjectValue | ListValue | Concatenation | DelayedMerge;

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

/** How many of some values still hold substitutions. */
export function countOpen(values: Iterable<Value>): number {
  let open = 0;
  for (const value of values) if (!isResolved(value)) open += 1;
  return open;
}

/** A resolved value with one more step in front of its way; other values as they are. */
export function withStep(value: Value, kind: Trail["kind"], span: Span, detail?: string): Value {
  const trail: Trail = { kind, span, detail, next: value.trail };
  switch (value.tag) {
    case "scalar":
      return new Scalar(value.kind, value.text, value.quoted, value.span, trail);
    case "object":
      return isResolved(value) ? value.copy({ trail }) : value;
    case "list":
      return isResolved(value) ? value.copy(trail) : value;
    default:
      return value;
  }
}
