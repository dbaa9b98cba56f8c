/** Variables that would change a Bun program from outside, or that belong to our channel to the runner. */
const REMOVED: ReadonlySet<string> = new Set([
  "BUN_OPTIONS",
  "BUN_BE_BUN",
  "NODE_OPTIONS",
  "NODE_CHANNEL_FD",
  "NODE_CHANNEL_SERIALIZATION_MODE",
]);

/** The environment that components see: without what is ours (`CAIRN_*`) and what would change their process. */
export function componentEnv(
  env: Readonly<Record<string, string | undefined>>,
): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(env).filter(([name, value]) => {
      return value !== undefined && !name.startsWith("CAIRN_") && !REMOVED.has(name);
    }),
  );
}
