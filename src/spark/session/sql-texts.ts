const DEEPEST = 200;

/** All texts of SQL in a plan, in the order in which they stand there. */
export function sqlTexts(plan: unknown): string[] {
  const texts = new Set<string>();
  const look = (value: unknown, depth: number): void => {
    if (typeof value !== "object" || value === null || ArrayBuffer.isView(value) || depth > DEEPEST) return;
    const { case: kind, value: inner } = value as { readonly case?: unknown; readonly value?: unknown };
    if (kind === "sql" && typeof inner === "object" && inner !== null) {
      const { query } = inner as { readonly query?: unknown };
      if (typeof query === "string") texts.add(query);
    }
    for (const part of Object.values(value)) look(part, depth + 1);
  };
  look(plan, 0);
  return [...texts];
}
