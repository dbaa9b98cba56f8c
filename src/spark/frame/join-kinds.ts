import { nearest } from "../../base/mod.ts";
import { planError } from "./plan.ts";

/** As `Join.JoinType` numbers them. */
const KINDS = {
  inner: 1,
  cross: 7,
  outer: 2,
  full: 2,
  fullouter: 2,
  full_outer: 2,
  left: 3,
  leftouter: 3,
  left_outer: 3,
  right: 4,
  rightouter: 4,
  right_outer: 4,
  semi: 6,
  leftsemi: 6,
  left_semi: 6,
  anti: 5,
  leftanti: 5,
  left_anti: 5,
} as const;

/** The ways to join, by all names that PySpark knows. */
export type JoinKind = keyof typeof KINDS;

/** The number of a way to join in the protocol. @throws CairnError `SPARK_PLAN_INVALID` for an unknown one. */
export function joinType(how: JoinKind): (typeof KINDS)[JoinKind] {
  if (Object.hasOwn(KINDS, how)) return KINDS[how];
  const near = nearest(how, Object.keys(KINDS));
  throw planError(
    `Cannot join: "${how}" is no way to join`,
    near === undefined ? `The ways are ${Object.keys(KINDS).join(", ")}.` : `Did you mean "${near}"?`,
  );
}
