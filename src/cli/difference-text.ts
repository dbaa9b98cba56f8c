import type { ConfigDifference } from "../api/mod.ts";
import { type Style, visible } from "./style.ts";

const WORDS: Readonly<Record<ConfigDifference["kind"], string>> = {
  changed: "its configuration changed",
  removed: "was removed",
  inserted: "was inserted before completed ones",
  added: "was added at the end",
  reordered: "has another place",
  code: "its code changed",
};

/** What changed, component by component and key by key. */
export function differenceLines(differences: readonly ConfigDifference[], style: Style): string[] {
  return differences.flatMap(({ component, kind, keys, lost }) => [
    `  ${style.bold(visible(component))}: ${lost ? "has completed, and was removed" : WORDS[kind]}`,
    ...keys.flatMap(({ path, before, now }) => [
      ...(before === undefined ? [] : [style.red(`    - ${visible(path)} = ${visible(before)}`)]),
      ...(now === undefined ? [] : [style.green(`    + ${visible(path)} = ${visible(now)}`)]),
      ...(before === undefined && now === undefined ? [`    ~ ${visible(path)}`] : []),
    ]),
  ]);
}
