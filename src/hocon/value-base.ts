import type { Place } from "../base/mod.ts";
import { MAX_ORIGIN_STEPS } from "./limits.ts";
import type { Origin, OriginStep } from "./node.ts";
import { includeLinks, placeOf, type SourceText, type Span } from "./source-text.ts";
import type { Value } from "./value.ts";

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
  /** The tree in which the value was found to be nothing at all, without running in a circle. */
  nothingIn: Value | undefined;
}

/** What all values have: a stretch of text, the way from there, and a place for what resolution finds out. */
export abstract class ValueBase implements Span {
  readonly source: SourceText;
  readonly start: number;
  readonly end: number;
  readonly trail: Trail | undefined;
  memo: Memo | undefined;

  constructor(span: Span, trail: Trail | undefined) {
    this.source = span.source;
    this.start = span.start;
    this.end = span.end;
    this.trail = trail;
    this.memo = undefined;
  }

  /** Worked out when asked for. */
  get origin(): Origin {
    return new ValueOrigin(this);
  }
}

/** Where a value comes from; places and steps are worked out when asked for. */
class ValueOrigin implements Origin {
  readonly #value: ValueBase;

  constructor(value: ValueBase) {
    this.#value = value;
  }

  get place(): Place {
    return placeOf(this.#value);
  }

  get steps(): readonly OriginStep[] {
    const steps: OriginStep[] = [];
    for (let { trail } = this.#value; trail && steps.length < MAX_ORIGIN_STEPS; trail = trail.next) {
      steps.push({ kind: trail.kind, place: placeOf(trail.span), detail: trail.detail });
    }
    for (const { span, name } of includeLinks(this.#value)) {
      steps.push({ kind: "include", place: placeOf(span), detail: name });
    }
    return steps;
  }
}
