import type { LeaseHolder } from "./store.ts";

/** What was read as a holder; undefined where it isn't one (another program's or version's file). */
export function parseHolder(value: unknown): LeaseHolder | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { id, host, pid, pidStart, bootId, pidNamespace, since, runId, groups } = value as Partial<
    Record<keyof LeaseHolder, unknown>
  >;
  const texts = [id, host, pidStart, bootId, pidNamespace, since].every((part) => typeof part === "string");
  if (!texts || typeof pid !== "number" || !Array.isArray(groups)) return undefined;
  if (runId !== undefined && typeof runId !== "string") return undefined;
  return value as LeaseHolder;
}
