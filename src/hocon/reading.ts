import type { Finding } from "../base/mod.ts";

/** What a typed read of a value gives: the value, or one located finding. */
export type Reading<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly finding: Finding };

/** A successful reading. */
export function read<T>(value: T): Reading<T> {
  return { ok: true, value };
}
