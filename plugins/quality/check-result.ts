import type { Check } from "./check-config.ts";

/** A value of results: JSON. */
export type Fact = string | number | boolean | null | readonly Fact[] | { readonly [key: string]: Fact };

/** What one check found. Results hold counts and types, never values of the rows, but for what `sql` checks select. */
// A type, not an interface: only types are JSON values by their parts.
export type CheckResult = {
  readonly name: string;
  readonly type: Check["type"];
  readonly passed: boolean;
  readonly measured: Fact;
  readonly expected: Fact;
  readonly message: string;
};

/** A check's finding before it has its name. */
export type Finding = Omit<CheckResult, "name" | "type">;

/** What results call a check. */
export function checkName(check: Check, index: number): string {
  if (check.name !== undefined) return check.name;
  switch (check.type) {
    case "nulls":
    case "unique":
      return `${check.type}(${check.columns.join(", ")})`;
    case "range":
      return `range(${check.column})`;
    case "sql":
      return `checks[${index}]`;
    default:
      return check.type;
  }
}

/** A part of rows in percent; of none, none. */
export function percentOf(part: number, rows: number): number {
  return rows === 0 ? 0 : (part / rows) * 100;
}

/** A percentage as messages show it; what is not quite 0 or 100 never reads so. */
export function percentText(percent: number): string {
  return `${Number(percent.toPrecision(3))} %`;
}

/** A number of things: `1 row`, `1,200 rows`. */
export function countText(count: number, thing: string): string {
  return `${count.toLocaleString("en-US")} ${thing}${count === 1 ? "" : "s"}`;
}

/** Bounds in words. */
export function boundsText(bounds: {
  readonly min?: number | string | undefined;
  readonly max?: number | string | undefined;
}): string {
  const { min, max } = bounds;
  if (min === undefined) return `at most ${max}`;
  return max === undefined ? `at least ${min}` : `${min} to ${max}`;
}

/** Bounds as a fact; what is not given is left out. */
export function boundsFact(bounds: {
  readonly min?: number | string | undefined;
  readonly max?: number | string | undefined;
}): Fact {
  const { min, max } = bounds;
  return { ...(min !== undefined && { min }), ...(max !== undefined && { max }) };
}
