/** `source-path` → `sourcePath`. */
export function camelOf(key: string): string {
  return key.replaceAll(/-([\p{L}\p{N}])/gu, (_, letter: string) => letter.toUpperCase());
}

/** `sourcePath` → `source-path`; capitals that follow each other stay one word: `sourceURL` → `source-url`. */
export function kebabOf(key: string): string {
  return key
    .replaceAll(/([\p{Ll}\p{N}])(\p{Lu})/gu, "$1-$2")
    .replaceAll(/(\p{Lu})(\p{Lu}\p{Ll})/gu, "$1-$2")
    .toLowerCase();
}

/** True where both are spellings of one key: `source-path` and `sourcePath`, `source-url` and `sourceURL`. */
export function sameKey(a: string, b: string): boolean {
  return a === b || camelOf(a) === camelOf(b) || kebabOf(a) === b || kebabOf(b) === a;
}

/** How the keys of one object are written. */
export type KeyStyle = "kebab" | "as-declared";

/** The style of an object's keys: capitals and no hyphens mean the schema's own spelling, else HOCON's. */
export function styleOf(keys: readonly string[]): KeyStyle {
  const camel = keys.some((key) => /\p{Lu}/u.test(key)) && !keys.some((key) => key.includes("-"));
  return camel ? "as-declared" : "kebab";
}

/** An entry's name as the user would write it. */
export function writeKey(entry: string, style: KeyStyle): string {
  return style === "kebab" ? kebabOf(entry) : entry;
}
