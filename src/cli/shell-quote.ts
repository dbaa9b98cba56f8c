/** Words that no POSIX shell changes as they stand. */
const PLAIN = /^[\w@%+=:,./~-]+$/u;

/** A word as a POSIX shell has to be given it; `~` is quoted where a shell would expand it. */
export function shellQuote(word: string): string {
  if (PLAIN.test(word) && !/(?:^|[=:])~/u.test(word)) return word;
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/** A command line that can be copied into a shell. */
export function shellLine(words: readonly string[]): string {
  return words.map(shellQuote).join(" ");
}
