import type { ConfigDifference } from "../api/mod.ts";

/** Flags that lift a refusal, and what a run does with them. */
export interface WayOut {
  readonly flags: readonly string[];
  readonly does: string;
}

/** How a run can be resumed after these changes: of each kind that is refused, what is to be said. */
export function changeWays(
  differences: readonly Pick<Partial<ConfigDifference>, "kind" | "refused">[],
): readonly WayOut[] {
  const refused = differences.filter((one) => one.refused === true);
  const config = refused.some(({ kind }) => kind !== "code");
  const code = refused.some(({ kind }) => kind === "code");
  const flags = (onConfig: string, onCode: string): readonly string[] => [
    ...(config ? [`--on-config-change=${onConfig}`] : []),
    ...(code ? [`--on-code-change=${onCode}`] : []),
  ];
  return [
    { flags: flags("rerun", "rerun"), does: "run it, and everything later or dependent, again" },
    { flags: flags("accept", "warn"), does: "keep what it did" },
  ];
}
