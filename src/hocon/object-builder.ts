import { overriding, withFallback } from "./merge.ts";
import type { Span } from "./source-text.ts";
import { Entry, isResolved, ObjectValue, type Value } from "./value.ts";

interface Slot {
  keySpan: Span;
  content: Value | ObjectBuilder;
}

/**
 * An object under construction: definitions are merged where they are, so that a file of n
 * definitions under one path costs n steps. The result is what falling back one by one would give.
 */
export class ObjectBuilder {
  readonly #span: Span;
  readonly #slots = new Map<string, Slot>();
  #closed = false;

  constructor(span: Span) {
    this.#span = span;
  }

  /** A builder that begins with an object's entries. */
  static of(object: ObjectValue): ObjectBuilder {
    const builder = new ObjectBuilder(object.span);
    for (const [key, { keySpan, value }] of object.entries())
      builder.#slots.set(key, { keySpan, content: value });
    builder.#closed = object.closed;
    return builder;
  }

  has(key: string): boolean {
    return this.#slots.has(key);
  }

  /** Adds a definition on top of those that are there. `keys` has at least one key. */
  define(keys: readonly string[], keySpan: Span, value: Value, from = 0): void {
    const key = keys[from] ?? "";
    const slot = this.#slots.get(key);
    const last = from === keys.length - 1;
    if (!slot) {
      this.#slots.set(key, { keySpan, content: last ? value : nested(keys, from + 1, keySpan, value) });
    } else if (last) {
      this.#redefine(slot, keySpan, value);
    } else {
      const inner = builderIn(slot);
      if (inner) inner.define(keys, keySpan, value, from + 1);
      else slot.content = withFallback(nested(keys, from + 1, keySpan, value).finish(), valueIn(slot));
    }
  }

  #redefine(slot: Slot, keySpan: Span, value: Value): void {
    const inner = value.tag === "object" && !value.closed ? builderIn(slot) : undefined;
    if (inner && value.tag === "object") {
      for (const [key, entry] of value.entries()) inner.define([key], entry.keySpan, entry.value);
    } else {
      slot.content = overriding(value, valueIn(slot));
      slot.keySpan = keySpan;
    }
  }

  /** Adds an object's entries on top. */
  include(object: ObjectValue): void {
    for (const [key, { keySpan, value }] of object.entries()) this.define([key], keySpan, value);
  }

  finish(): ObjectValue {
    const entries = new Map<string, Entry>();
    let open = 0;
    for (const [key, slot] of this.#slots) {
      const value = valueIn(slot);
      if (!isResolved(value)) open += 1;
      entries.set(key, new Entry(slot.keySpan, value));
    }
    return new ObjectValue(this.#span, entries, open, this.#closed);
  }
}

/** The value under the keys from `from` on, as objects inside objects. */
function nested(keys: readonly string[], from: number, keySpan: Span, value: Value): ObjectBuilder {
  const builder = new ObjectBuilder(keySpan);
  builder.define(keys, keySpan, value, from);
  return builder;
}

/** The slot's builder, made of its object where it holds one; undefined where it holds something else. */
function builderIn(slot: Slot): ObjectBuilder | undefined {
  const { content } = slot;
  if (content instanceof ObjectBuilder) return content;
  if (content.tag !== "object") return undefined;
  const builder = ObjectBuilder.of(content);
  slot.content = builder;
  return builder;
}

function valueIn(slot: Slot): Value {
  const { content } = slot;
  if (!(content instanceof ObjectBuilder)) return content;
  const value = content.finish();
  slot.content = value;
  return value;
}
