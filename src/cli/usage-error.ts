import { CairnError, nearest } from "../base/mod.ts";

/** A command line that can't be read: exit 2. `command` says whose help to read on. */
export function usageError(message: string, hint: string | undefined, command: string): CairnError {
  const more = `\`${command} --help\` shows what there is.`;
  return new CairnError(message, {
    code: "USAGE",
    kind: "config",
    hint: hint === undefined ? more : `${hint} ${more}`,
  });
}

/** `Did you mean "…"?`, or undefined where nothing is near. */
export function didYouMean(word: string, candidates: Iterable<string>): string | undefined {
  const near = nearest(word, candidates);
  return near === undefined ? undefined : `Did you mean \`${near}\`?`;
}
