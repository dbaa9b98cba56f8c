import { ObjectBuilder } from "./object-builder.ts";
import {
  Concatenation,
  type Container,
  DelayedMerge,
  type ListValue,
  ObjectValue,
  type Value,
} from "./value.ts";

/** A container on the way from the root, with the ones above it. */
export interface PathNode {
  readonly container: Container;
  /** Under what the container stands in the one above: a hint, checked before use. */
  readonly key: string | number | undefined;
  readonly above: PathNode | undefined;
}

function isContainer(value: Value | undefined): value is Container {
  return value !== undefined && value.tag !== "scalar" && value.tag !== "reference" && value.tag !== "failed";
}

function withoutIndex(values: readonly Value[], index: number, value: Value | undefined): readonly Value[] {
  return value ? values.with(index, value) : values.toSpliced(index, 1);
}

function findIndex(values: readonly Value[], child: Value, hint: string | number | undefined): number {
  return typeof hint === "number" && values[hint] === child ? hint : values.indexOf(child);
}

/** The container with one child exchanged, or removed; undefined where nothing is left, `missing` where it has no such child. */
function exchange(
  container: Container,
  child: Value,
  value: Value | undefined,
  hint: string | number | undefined,
): Container | undefined | "missing" {
  switch (container.tag) {
    case "object":
      return exchangeInObject(container, child, value, hint);
    case "list":
      return exchangeInList(container, child, value, hint);
    default:
      return exchangeInValues(container, child, value, hint);
  }
}

function exchangeInObject(
  object: ObjectValue,
  child: Value,
  value: Value | undefined,
  hint: string | number | undefined,
): ObjectValue | "missing" {
  if (typeof hint === "string") {
    const held = object.get(hint)?.content;
    if (held === child) return object.with(hint, value, true);
    const inside = held && exchangeInConcatenation(held, child, value);
    if (inside) return object.with(hint, inside, true);
  }
  for (const [key, entry] of object.entries())
    if (entry.content === child) return object.with(key, value, true);
  return "missing";
}

function exchangeInList(
  list: ListValue,
  child: Value,
  value: Value | undefined,
  hint: string | number | undefined,
): ListValue | undefined | "missing" {
  const held = typeof hint === "number" ? list.contents[hint] : undefined;
  const inside = held && held !== child ? exchangeInConcatenation(held, child, value) : undefined;
  if (inside && typeof hint === "number") return list.with(hint, inside);
  const index = findIndex(list.contents, child, hint);
  return index < 0 ? "missing" : list.with(index, value);
}

/** Pieces of a concatenation do not stand on the way; they are exchanged where it stands. */
function exchangeInConcatenation(held: Value, child: Value, value: Value | undefined): Value | undefined {
  if (held.tag !== "concatenation") return undefined;
  const index = held.pieces.indexOf(child);
  return index < 0 ? undefined : new Concatenation(held, withoutIndex(held.pieces, index, value));
}

function exchangeInValues(
  container: Concatenation | DelayedMerge,
  child: Value,
  value: Value | undefined,
  hint: string | number | undefined,
): Container | undefined | "missing" {
  const values = container.tag === "delayed" ? container.stack : container.pieces;
  const index = findIndex(values, child, hint);
  if (index < 0) {
    for (const [i, held] of values.entries()) {
      const inside = exchangeInConcatenation(held, child, value);
      if (inside) return rebuilt(container, values.with(i, inside));
    }
    return "missing";
  }
  const left = withoutIndex(values, index, value);
  return left.length === 0 ? undefined : rebuilt(container, left);
}

function rebuilt(container: Concatenation | DelayedMerge, values: readonly Value[]): Container {
  if (container.tag === "concatenation") return new Concatenation(container, values);
  return new DelayedMerge(container, values, container.isObject);
}

/**
 * The tree that substitutions are looked up in, and the way from its root to the value being resolved.
 * While a definition is resolved, it is taken out of a copy of the tree, so that a reference to itself
 * finds what was defined before it.
 */
export class ResolveSource {
  readonly root: ObjectValue;
  readonly way: PathNode | undefined;
  /** Under what the value being resolved stands in the container at the head of the way. */
  childKey: string | number | undefined;

  constructor(root: ObjectValue, way?: PathNode, childKey?: string | number) {
    this.root = root;
    this.way = way;
    this.childKey = childKey;
  }

  /** The source for the children of a container. */
  push(container: Container): ResolveSource {
    if (this.way) return new ResolveSource(this.root, { container, key: this.childKey, above: this.way });
    if (container === this.root)
      return new ResolveSource(this.root, { container, key: undefined, above: undefined });
    return this;
  }

  withoutWay(): ResolveSource {
    return this.way ? new ResolveSource(this.root) : this;
  }

  /** The source in which a child of the head of the way is exchanged, or removed. */
  replaceChild(child: Value, value: Value | undefined): ResolveSource {
    if (child === value) return this;
    const { way } = this;
    if (!way) return child === this.root && value?.tag === "object" ? new ResolveSource(value) : this;
    let next = exchange(way.container, child, value, this.childKey);
    if (next === "missing") return this;
    // From the bottom up, each container is exchanged in the one above it.
    const kept: { container: Container; key: PathNode["key"] }[] = [];
    let node: PathNode = way;
    for (;;) {
      if (isContainer(next)) kept.push({ container: next, key: node.key });
      const { above } = node;
      if (!above) break;
      next = exchange(above.container, node.container, next, node.key);
      if (next === "missing") return this;
      node = above;
    }
    const root = kept.at(-1)?.container;
    if (!next || root?.tag !== "object") return new ResolveSource(new ObjectBuilder(this.root).finish());
    const rebuiltWay = kept.reduceRight<PathNode | undefined>(
      (above, { container, key }) => ({ container, key, above }),
      undefined,
    );
    return new ResolveSource(root, rebuiltWay);
  }
}
