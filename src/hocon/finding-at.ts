import type { Finding, Severity } from "../base/mod.ts";
import type { HoconField, HoconNode } from "./node.ts";

/** What a finding says; its place comes from the tree. */
export interface FindingFacts {
  readonly code: string;
  readonly message: string;
  readonly hint?: string | undefined;
  /** Default `error`. */
  readonly severity?: Severity | undefined;
}

/** A finding at a value, or at the key of a field, with its source line and the chain of its origin. */
export function findingAt(where: HoconNode | HoconField, facts: FindingFacts): Finding {
  const place = "keyPlace" in where ? where.keyPlace : where.origin.place;
  return { severity: facts.severity ?? "error", code: facts.code, message: facts.message, place, hint: facts.hint };
}
