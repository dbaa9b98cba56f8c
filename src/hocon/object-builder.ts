import { overriding, withFallback } from "./merge.ts";
import type { Span } from "./source-text.ts";
import { Entry, isResolved, ObjectValue, type Value } from "./value.ts";

/**
 * An object under construction: definitions are merged where they are, so that a file of n
 * definitions under one path costs n steps. The result is what falling back one by one would give.
 */
export class ObjectBuilder {
  readonly #span: Span;
  readonly #entries = new Map<string, Entry>();
  /** Objects that are under construction themselves; their entries are written by `finish`. */
  #inner: Map<string, { readonly keySpan: Span; readonly builder: ObjectBuilder }> | undefined;
  #closed = false;

  constructor(span: Span) {
    this.#span = span;
  }

  /** A builder that begins with an object's entries. */
  static of(object: ObjectValue): ObjectBuilder {
    const builder = new ObjectBuilder(object);
    for (const [key, entry] of object.entries()) builder.#entries.set(key, entry);
    builder.#closed = object.closed;
    return builder;
  }

  has(key: string): boolean {
    return this.#entries.has(key);
  }

  /** Adds a definition on top of those that are there. `keys` has at least one key. */
  define(keys: readonly string[], keySpan: Span, value: Value, from = 0): void {
    const key = keys[from] ?? "";
    const old = this.#entries.get(key);
    const last = from === keys.length - 1;
    if (!old && last) {
      this.#entries.set(key, new Entry(keySpan, value));
    } else if (!old) {
      this.#begin(key, keySpan, new ObjectBuilder(keySpan)).define(keys, keySpan, value, from + 1);
    } else if (last) {
      this.#redefine(key, old, keySpan, value);
    } else {
      const inner = this.#builderAt(key, old);
      if (inner) inner.define(keys, keySpan, value, from + 1);
      else
        this.#entries.set(
          key,
          new Entry(old, withFallback(nested(keys, from + 1, keySpan, value), old.content)),
        );
    }
  }

  #redefine(key: string, old: Entry, keySpan: Span, value: Value): void {
    const inner = value.tag === "object" && !value.closed ? this.#builderAt(key, old) : undefined;
    if (inner && value.tag === "object") {
      inner.include(value);
      return;
    }
    const below = this.#settle(key, old).content;
    this.#entries.set(key, new Entry(keySpan, overriding(value, below)));
  }

  /** Puts a builder under a key; the entry stands for it until it is finished. */
  #begin(key: string, keySpan: Span, builder: ObjectBuilder): ObjectBuilder {
    this.#inner ??= new Map();
    this.#inner.set(key, { keySpan, builder });
    if (!this.#entries.has(key)) this.#entries.set(key, new Entry(keySpan, emptyObject(keySpan)));
    return builder;
  }

  /** The builder under a key, made of the object there; undefined where something else stands there. */
  #builderAt(key: string, old: Entry): ObjectBuilder | undefined {
    const inner = this.#inner?.get(key);
    if (inner) return inner.builder;
    return old.content.tag === "object" ? this.#begin(key, old, ObjectBuilder.of(old.content)) : undefined;
  }

  /** The entry under a key, with its object finished. */
  #settle(key: string, old: Entry): Entry {
    const inner = this.#inner?.get(key);
    if (!inner) return old;
    this.#inner?.delete(key);
    const entry = new Entry(inner.keySpan, inner.builder.finish());
    this.#entries.set(key, entry);
    return entry;
  }

  /** Adds an object's entries on top. */
  include(object: ObjectValue): void {
    for (const [key, entry] of object.entries()) this.define([key], entry, entry.content);
  }

  /** The object; the builder must not be used any more. */
  finish(): ObjectValue {
    for (const [key, { keySpan }] of this.#inner ?? [])
      this.#settle(key, this.#entries.get(key) ?? new Entry(keySpan, emptyObject(keySpan)));
    let open = 0;
    for (const { content } of this.#entries.values()) if (!isResolved(content)) open += 1;
    return new ObjectValue(this.#span, { entries: this.#entries, open, closed: this.#closed });
  }
}

function emptyObject(span: Span): ObjectValue {
  return new ObjectValue(span, { entries: new Map(), open: 0 });
}

/** The value under the keys from `from` on, as objects inside objects. */
function nested(keys: readonly string[], from: number, keySpan: Span, value: Value): ObjectValue {
  const builder = new ObjectBuilder(keySpan);
  builder.define(keys, keySpan, value, from);
  return builder.finish();
}
