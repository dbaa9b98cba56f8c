/**
 * Whether a command line that could not be read asks for one JSON document: then even its refusal is one.
 * Only the two spellings of the flag count; whatever else is wrong with the line does not matter here.
 */
export function wantsJson(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  const end = argv.indexOf("--");
  const words = end < 0 ? argv : argv.slice(0, end);
  const at = words.findLastIndex((word) => word === "--format" || word.startsWith("--format="));
  if (at < 0) return env["CAIRN_FORMAT"] === "json";
  return words[at] === "--format=json" || (words[at] === "--format" && words[at + 1] === "json");
}
