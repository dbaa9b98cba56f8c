/** Variables that programs get whatever a configuration says: those that tell where and in which language they are. */
export const BASE_VARIABLES: readonly string[] = [
  "PATH",
  "HOME",
  "USER",
  "LOGNAME",
  "SHELL",
  "LANG",
  "LC_*",
  "TZ",
  "TMPDIR",
  "TRACEPARENT",
  "TRACESTATE",
];

/** The variables of an environment that a list of names lets through; a name may end in `*`. */
export function allowedEnv(
  env: Readonly<Record<string, string | undefined>>,
  names: readonly string[],
): Record<string, string> {
  const exact = new Set(names);
  const beginnings = names.filter((name) => name.endsWith("*")).map((name) => name.slice(0, -1));
  const allowed: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined) continue;
    if (exact.has(name) || beginnings.some((beginning) => name.startsWith(beginning))) allowed[name] = value;
  }
  return allowed;
}
