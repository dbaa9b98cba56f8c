/** A line of a properties file: key and value as Java's `Properties` and Spark's `spark-defaults.conf` part them. */
const PAIR = /^((?:\\.|[^\s=:\\])+)(?:[ \t\f]*[=:][ \t\f]*|[ \t\f]+)?(.*)$/su;

/** Properties as the text of a file that Spark reads: UTF-8, with escapes where a character means something else there. */
export function propertiesText(properties: Readonly<Record<string, string>>): string {
  return Object.entries(properties)
    .map(([key, value]) => `${escaped(key).replace(/[ =:]/gu, "\\$&")}=${escaped(value)}\n`)
    .join("");
}

function escaped(text: string): string {
  return text
    .replaceAll("\\", "\\\\")
    .replaceAll("\n", "\\n")
    .replaceAll("\r", "\\r")
    .replaceAll("\t", "\\t")
    .replace(/^[ #!]/u, "\\$&");
}

/** One property of a file's text; the last one counts, as with Java. Escapes of values are left as they are. */
export function propertyIn(text: string, name: string): string | undefined {
  let found: string | undefined;
  for (const line of text.split(/\r?\n/u)) {
    const trimmed = line.trim();
    if (trimmed.startsWith("#") || trimmed.startsWith("!")) continue;
    const [, key, value = ""] = PAIR.exec(trimmed) ?? [];
    if (key === name) found = value;
  }
  return found;
}
