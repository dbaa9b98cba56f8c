import { type Finding, placeText, type Severity } from "../base/mod.ts";
import type { HoconField, HoconNode, OriginStep } from "./node.ts";
import { includeChain, sourceLineOf, type Span } from "./source-text.ts";
import { Entry } from "./value.ts";
import { ValueBase } from "./value-base.ts";

/** What a finding says; its place comes from the tree. */
export interface FindingFacts {
  readonly code: string;
  readonly message: string;
  readonly hint?: string | undefined;
  /** Default `error`. */
  readonly severity?: Severity | undefined;
}

/** One step of an origin for people, as it stands in a finding's chain. */
function stepText(step: OriginStep): string {
  const at = placeText(step.place);
  switch (step.kind) {
    case "include":
      return `included from ${at}`;
    case "override":
      return `overrides the value at ${at}`;
    case "append":
      return `appended at ${at}`;
    case "substitution":
      return `substituted for \${${step.detail ?? ""}} at ${at}`;
    case "environment":
      return `from the environment variable ${step.detail ?? ""}`;
    case "set":
      return `given by --set ${step.detail ?? ""}`;
  }
}

/** A finding at a value, or at the key of a field, with its source line and the chain of its origin. */
export function findingAt(where: HoconNode | HoconField, facts: FindingFacts): Finding {
  const isField = "keyPlace" in where;
  const span: Span | undefined = where instanceof ValueBase || where instanceof Entry ? where : undefined;
  return {
    severity: facts.severity ?? "error",
    code: facts.code,
    message: facts.message,
    place: isField ? where.keyPlace : where.origin.place,
    sourceLine: span && sourceLineOf(span),
    chain: isField ? (span ? includeChain(span) : []) : where.origin.steps.map(stepText),
    hint: facts.hint,
  };
}
