import { nearest, placeText } from "../base/mod.ts";
import { consolidate } from "./concatenate.ts";
import { inJavaOrder } from "./java-order.ts";
import { type KeyPath, pathText } from "./key-path.ts";
import { MAX_COPIED, MAX_RESOLVE_DEPTH, MAX_RESOLVE_STEPS } from "./limits.ts";
import { mergeStack, overriding } from "./merge.ts";
import type { Problems } from "./problems.ts";
import { placeOf } from "./source-text.ts";
import { ResolveSource } from "./resolve-source.ts";
import {
  Entry,
  Failed,
  isResolved,
  ListValue,
  type DelayedMerge,
  type Concatenation,
  ObjectValue,
  Reference,
  scalar,
  type Value,
  withStep,
} from "./value.ts";
import { type Found, lastOf, passesMerge, walk } from "./walk-path.ts";

/** Returned where a reference came back to itself; a reference on the way turns it into "no value" or an error. */
const CYCLE = Symbol("cycle");

/** A value, none (an optional reference without one), or a circle. */
type Outcome = Value | undefined | typeof CYCLE;

export interface ResolverSetting {
  readonly root: ObjectValue;
  readonly env: () => ObjectValue;
  readonly problems: Problems;
  /** Values without a value become the text `${NAME}` instead of errors. */
  readonly allowUnresolved: boolean;
}

/**
 * Substitution, after the reference's algorithm: each value is resolved against the tree; on the way
 * to what a reference names, only that way is resolved; results are kept with the values; and what was
 * kept during an attempt that ran in a circle is forgotten again.
 */
export class Resolver {
  readonly #setting: ResolverSetting;
  readonly #problems: Problems;
  /** References that are being resolved, outermost first. */
  readonly #active = new Set<Reference>();
  /** How to take back what was kept: one entry for each memo written. */
  readonly #journal: (() => void)[] = [];
  #depth = 0;
  /** How often something had no value only because of what was being resolved. */
  #circles = 0;
  #steps = 0;
  #copied = 0;
  #exhausted = false;
  /** Texts that stand for values without a value. */
  readonly placeholders: Set<string> = new Set();

  constructor(setting: ResolverSetting) {
    this.#setting = setting;
    this.#problems = setting.problems;
  }

  /** The whole tree without substitutions; where errors were reported, their places hold `Failed`. */
  resolveRoot(): ObjectValue {
    const { root } = this.#setting;
    const resolved = this.#resolve(root, new ResolveSource(root), undefined);
    return resolved !== CYCLE && resolved?.tag === "object" ? resolved : root;
  }

  #resolve(value: Value, source: ResolveSource, only: KeyPath | undefined): Outcome {
    if (isResolved(value)) return value;
    const kept = this.#kept(value, only);
    if (kept) return kept;
    if (!only && value.memo?.nothingIn === source.root) return undefined;
    if (value.tag === "reference" && this.#active.has(value)) {
      this.#circles += 1;
      return CYCLE;
    }
    if (!this.#mayGoOn(value)) return new Failed(value);
    this.#depth += 1;
    const circles = this.#circles;
    const result = this.#resolveByKind(value, source, only);
    this.#depth -= 1;
    if (result === CYCLE) return CYCLE;
    if (result !== value && (result?.tag === "object" || result?.tag === "list")) this.#copied += result.size;
    if (result === undefined || isResolved(result)) this.#keep(value, undefined, result);
    else if (only) this.#keep(value, only, result);
    else return this.#stuck(value);
    if (result === undefined && !only && circles === this.#circles) this.#keepNothing(value, source.root);
    return result;
  }

  #resolveByKind(value: Value, source: ResolveSource, only: KeyPath | undefined): Outcome {
    switch (value.tag) {
      case "object":
        return only ? this.#objectAlong(value, source, only) : this.#object(value, source);
      case "list":
        return only ? value : this.#list(value, source);
      case "reference":
        return this.#reference(value, source, only);
      case "concatenation":
        return this.#concatenation(value, source);
      case "delayed":
        return this.#delayed(value, source, only);
      default:
        return value;
    }
  }

  #kept(value: Value, only: KeyPath | undefined): Value | undefined {
    const { memo } = value;
    if (!memo) return undefined;
    return memo.full ?? (only && memo.partial?.get(only.id));
  }

  #keep(value: Value, only: KeyPath | undefined, result: Value | undefined): void {
    const memo = (value.memo ??= { full: undefined, partial: undefined, nothingIn: undefined });
    if (only) {
      const partial: Map<string, Value> = (memo.partial ??= new Map<string, Value>());
      if (this.#active.size > 0) {
        const old: Value | undefined = partial.get(only.id);
        this.#journal.push(() => (old ? partial.set(only.id, old) : partial.delete(only.id)));
      }
      if (result) partial.set(only.id, result);
    } else {
      if (this.#active.size > 0) {
        const old = memo.full;
        this.#journal.push(() => (memo.full = old));
      }
      memo.full = result;
    }
  }

  /** Keeps that there is no value; without this, references to nothing that double would double the work. */
  #keepNothing(value: Value, root: ObjectValue): void {
    const { memo } = value;
    if (!memo) return;
    const old = memo.nothingIn;
    if (this.#active.size > 0) this.#journal.push(() => (memo.nothingIn = old));
    memo.nothingIn = root;
  }

  /** Forgets what was kept since the journal had this length. */
  #forget(to: number): void {
    while (this.#journal.length > to) this.#journal.pop()?.();
  }

  #mayGoOn(value: Value): boolean {
    this.#steps += 1;
    if (this.#exhausted) return false;
    if (this.#depth < MAX_RESOLVE_DEPTH && this.#steps < MAX_RESOLVE_STEPS && this.#copied < MAX_COPIED)
      return true;
    this.#exhausted = true;
    if (this.#problems.errors > 0) return false;
    const deep = this.#depth >= MAX_RESOLVE_DEPTH;
    this.#problems.add(value, {
      code: deep ? "HOCON_SUBSTITUTION_TOO_DEEP" : "HOCON_SUBSTITUTION_TOO_MUCH",
      message: deep
        ? `more than ${MAX_RESOLVE_DEPTH} values wait for each other's substitution`
        : `substitution makes more than ${MAX_COPIED} copies of values`,
      hint: "Each substitution of a value that holds substitutions multiplies the work; shorten the chain, or write the values out.",
    });
    return false;
  }

  #stuck(value: Value): Failed {
    this.#problems.add(value, {
      code: "HOCON_SUBSTITUTION_STUCK",
      message: "this value refers to itself in a way that has no meaning",
      hint: "Give the value that is referred to a name of its own.",
    });
    return new Failed(value);
  }

  #object(object: ObjectValue, source: ResolveSource): Outcome {
    const inside = source.push(object);
    const entries = new Map(object.entries());
    const waiting: string[] = [];
    for (const [key, entry] of entries) if (!isResolved(entry.content)) waiting.push(key);
    for (const key of inJavaOrder(waiting, entries.size, object.table)) {
      const entry = entries.get(key);
      if (!entry) continue;
      inside.childKey = key;
      const result = this.#resolve(entry.content, inside, undefined);
      if (result === CYCLE) return CYCLE;
      if (result) entries.set(key, new Entry(entry, result));
      else entries.delete(key);
    }
    return new ObjectValue(object, { entries, open: 0, closed: object.closed, trail: object.trail });
  }

  /** Resolves only what stands on the way to a path, not what the path itself names. */
  #objectAlong(object: ObjectValue, source: ResolveSource, only: KeyPath): Outcome {
    const child = object.get(only.first)?.content;
    if (!child || !only.rest) return object;
    const inside = source.push(object);
    inside.childKey = only.first;
    const result = this.#resolve(child, inside, only.rest);
    if (result === CYCLE) return CYCLE;
    return result === child ? object : object.with(only.first, result);
  }

  #list(list: ListValue, source: ResolveSource): Outcome {
    const inside = source.push(list);
    const items: Value[] = [];
    for (const [index, item] of list.contents.entries()) {
      inside.childKey = index;
      const result = this.#resolve(item, inside, undefined);
      if (result === CYCLE) return CYCLE;
      if (result) items.push(result);
    }
    return new ListValue(list, items, 0, list.trail);
  }

  #concatenation(value: Concatenation, source: ResolveSource): Outcome {
    const pieces: Value[] = [];
    for (const piece of value.pieces) {
      const result = this.#resolve(piece, source, undefined);
      if (result === CYCLE) return CYCLE;
      if (result) pieces.push(result);
    }
    const joined = consolidate(pieces, value, this.#problems);
    return joined.length > 1 ? this.#stuck(value) : joined[0];
  }

  #delayed(value: DelayedMerge, source: ResolveSource, only: KeyPath | undefined): Outcome {
    let merged: Value | undefined;
    for (const [index, end] of value.stack.entries()) {
      let result: Outcome = isResolved(end) ? end : this.#kept(end, only);
      if (!result) {
        let inside: ResolveSource;
        if (end.tag === "reference" || end.tag === "concatenation") {
          // What this definition refers to by its own path is what was defined before it.
          inside = source.replaceChild(value, mergeStack(value.stack.slice(index + 1))).withoutWay();
        } else {
          inside = source.push(value);
          inside.childKey = index;
        }
        result = this.#resolve(end, inside, only);
        if (result === CYCLE) return CYCLE;
      }
      if (result) merged = merged ? overriding(merged, result) : result;
    }
    return merged;
  }

  #reference(reference: Reference, source: ResolveSource, only: KeyPath | undefined): Outcome {
    const start = this.#journal.length;
    this.#active.add(reference);
    let mark = start;
    let result: Outcome;
    const found = this.#lookUp(reference, source, start);
    if (found === CYCLE) result = CYCLE;
    else {
      mark = this.#journal.length;
      const root = found.way ? lastOf(found.way) : undefined;
      result =
        found.value && root?.tag === "object"
          ? this.#resolve(found.value, new ResolveSource(root, found.way, found.key), only)
          : found.value;
    }
    const circle = result === CYCLE;
    if (circle) {
      this.#forget(mark);
      result = reference.optional ? undefined : this.#circle(reference);
    }
    this.#active.delete(reference);
    if (this.#active.size === 0) this.#journal.length = 0;
    if (result === undefined && !reference.optional) return this.#withoutValue(reference);
    if (result === undefined || result === CYCLE || reference.implied) return result;
    return withStep(result, "substitution", reference, reference.name);
  }

  /** Where the reference leads: under the including path, at the root, or in the environment. */
  #lookUp(reference: Reference, source: ResolveSource, mark: number): Found | typeof CYCLE {
    const found = this.#find(source.root, reference.path);
    if (found === CYCLE || found.value) return found;
    let path: KeyPath | undefined = reference.path;
    for (let i = 0; i < reference.prefixLength; i++) path = path?.rest;
    if (!path) return found;
    if (reference.prefixLength > 0) {
      const atRoot = this.#find(source.root, path);
      if (atRoot === CYCLE || atRoot.value) return atRoot;
    }
    this.#forget(mark);
    const { value } = walk(this.#setting.env(), path);
    const named = value?.tag === "scalar" ? scalar("string", value.text, true, reference) : value;
    return {
      value: named && withStep(named, "environment", reference, path.keys().join(".")),
      way: undefined,
      key: "",
    };
  }

  #find(root: ObjectValue, path: KeyPath): Found | typeof CYCLE {
    const along = this.#resolve(root, new ResolveSource(root), path);
    if (along === CYCLE) return CYCLE;
    if (along?.tag === "object") {
      const found = walk(along, path);
      // What a merge hides for now may show later: such a "nothing" must not be kept.
      if (!found.value && passesMerge(found.way)) this.#circles += 1;
      return found;
    }
    return { value: along, way: undefined, key: "" };
  }

  #circle(reference: Reference): Value {
    const way = [...this.#active].filter((active) => !active.implied || active !== reference);
    const last = way.at(-1);
    const chain = way
      .toReversed()
      .map((step) => `needs \${${step.optional ? "?" : ""}${step.name}} at ${placeText(placeOf(step))}`);
    this.#problems.add(reference, {
      code: "HOCON_SUBSTITUTION_CYCLE",
      message:
        last && way.length > 1
          ? `\${${reference.name}} refers to itself through ${way.length - 1} other substitution${way.length > 2 ? "s" : ""}`
          : `\${${reference.name}} refers to itself`,
      hint: "A value may use an earlier definition of its own key, not its own result. Write ${?…} where it may be missing, or define it once before.",
      chain: way.length > 1 ? chain : [],
    });
    return new Failed(reference);
  }

  /** "Did you mean", where a key like the missing one stands beside it. */
  #meant(reference: Reference): string {
    const keys = reference.path.keys();
    let object: Value | undefined = this.#setting.root;
    let depth = 0;
    for (; object?.tag === "object" && object.get(keys[depth] ?? ""); depth++)
      object = object.get(keys[depth] ?? "")?.content;
    const meant = object?.tag === "object" ? nearest(keys[depth] ?? "", object.entries().keys()) : undefined;
    if (meant === undefined) return "";
    const path = [...keys.slice(0, depth), meant, ...keys.slice(depth + 1)].slice(reference.prefixLength);
    return `Did you mean \${${pathText(path)}}? `;
  }

  #withoutValue(reference: Reference): Value {
    const name = reference.name;
    if (this.#setting.allowUnresolved) {
      const text = `\${${name}}`;
      this.placeholders.add(text);
      this.#problems.add(reference, {
        code: "HOCON_UNRESOLVED",
        severity: "warning",
        message: `\${${name}} has no value yet`,
        hint: `Set the environment variable ${name} where the pipeline runs.`,
      });
      return scalar("string", text, true, reference);
    }
    this.#problems.add(reference, {
      code: "HOCON_UNRESOLVED",
      message: `\${${name}} has no value: no such key, and no such environment variable`,
      hint: `${this.#meant(reference)}Define ${name}, set the environment variable, or write \${?${name}} if it may be missing.`,
    });
    return new Failed(reference);
  }
}
