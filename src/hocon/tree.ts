import type { Place } from "../base/mod.ts";
import { MAX_ORIGIN_STEPS } from "./limits.ts";
import type {
  HoconArray,
  HoconBoolean,
  HoconField,
  HoconNode,
  HoconNull,
  HoconNumber,
  HoconObject,
  HoconString,
  Origin,
  OriginStep,
} from "./node.ts";
import type { Span } from "./source-text.ts";
import type { Entry, ListValue, ObjectValue, Scalar, Value } from "./value.ts";

/*
 * The public tree: nodes over resolved values that work out fields, items and places when asked,
 * so that a large tree costs what is looked at.
 */

/** Where a value comes from; its places are worked out when asked for. */
class ValueOrigin implements Origin {
  readonly #value: Value;
  #place: Place | undefined;
  #steps: readonly OriginStep[] | undefined;

  constructor(value: Value) {
    this.#value = value;
  }

  get span(): Span {
    return this.#value.span;
  }

  get place(): Place {
    return (this.#place ??= this.#value.span.place());
  }

  get steps(): readonly OriginStep[] {
    return (this.#steps ??= stepsOf(this.#value));
  }
}

function stepsOf(value: Value): OriginStep[] {
  const steps: OriginStep[] = [];
  for (let { trail } = value; trail && steps.length < MAX_ORIGIN_STEPS; trail = trail.next) {
    steps.push({ kind: trail.kind, place: trail.span.place(), detail: trail.detail });
  }
  for (const { span, name } of value.span.includeLinks())
    steps.push({ kind: "include", place: span.place(), detail: name });
  return steps;
}

abstract class ValueNode {
  readonly origin: ValueOrigin;

  constructor(value: Value) {
    this.origin = new ValueOrigin(value);
  }
}

class FieldNode implements HoconField {
  readonly #entry: Entry;

  constructor(entry: Entry) {
    this.#entry = entry;
  }

  get keySpan(): Span {
    return this.#entry.keySpan;
  }

  get keyPlace(): Place {
    return this.#entry.keySpan.place();
  }

  get value(): HoconNode {
    return nodeOf(this.#entry.value);
  }
}

class ObjectNode extends ValueNode implements HoconObject {
  readonly kind = "object";
  readonly #value: ObjectValue;
  #fields: Map<string, HoconField> | undefined;

  constructor(value: ObjectValue) {
    super(value);
    this.#value = value;
  }

  get fields(): ReadonlyMap<string, HoconField> {
    if (!this.#fields) {
      this.#fields = new Map();
      for (const [key, entry] of this.#value.entries()) this.#fields.set(key, new FieldNode(entry));
    }
    return this.#fields;
  }
}

class ArrayNode extends ValueNode implements HoconArray {
  readonly kind = "array";
  readonly #value: ListValue;
  #items: readonly HoconNode[] | undefined;

  constructor(value: ListValue) {
    super(value);
    this.#value = value;
  }

  get items(): readonly HoconNode[] {
    return (this.#items ??= this.#value.items.map(nodeOf));
  }
}

class StringNode extends ValueNode implements HoconString {
  readonly kind = "string";
  readonly value: string;

  constructor(value: Scalar) {
    super(value);
    this.value = value.text;
  }
}

class NumberNode extends ValueNode implements HoconNumber {
  readonly kind = "number";
  readonly value: number;
  readonly text: string;

  constructor(value: Scalar) {
    super(value);
    this.text = value.text;
    this.value = Number(value.text);
  }
}

class BooleanNode extends ValueNode implements HoconBoolean {
  readonly kind = "boolean";
  readonly value: boolean;

  constructor(value: Scalar) {
    super(value);
    this.value = value.text === "true";
  }
}

class NullNode extends ValueNode implements HoconNull {
  readonly kind = "null";
}

function scalarNode(value: Scalar): HoconNode {
  switch (value.kind) {
    case "string":
      return new StringNode(value);
    case "number":
      return new NumberNode(value);
    case "boolean":
      return new BooleanNode(value);
    case "null":
      return new NullNode(value);
  }
}

/** The public node of a resolved value; the same value gives the same node. */
export function nodeOf(value: Value): HoconNode {
  if (value.node) return value.node;
  const node =
    value.tag === "object"
      ? new ObjectNode(value)
      : value.tag === "list"
        ? new ArrayNode(value)
        : value.tag === "scalar"
          ? scalarNode(value)
          : new NullNode(value);
  value.node = node;
  return node;
}

/** The public node of a resolved root. */
export function rootNode(root: ObjectValue): HoconObject {
  return new ObjectNode(root);
}

/** Where a node is written, or a field's key; undefined for nodes that did not come from a text. */
export function spanOf(where: HoconNode | HoconField): Span | undefined {
  if (where instanceof FieldNode) return where.keySpan;
  return where instanceof ValueNode ? where.origin.span : undefined;
}
