import type { Finding } from "../base/mod.ts";

/** `PATH=` of a `--set` as its line shows it, up to a key that is a number. */
const INTO_LIST = /^([^="]*?)\.\d+(?:\.[^=]*)?=/u;

/**
 * A finding at a `--set` whose path has a number in it, with what is behind it: HOCON gives a list whole, so that
 * `--set a.1.b=3` makes the list `a` anew, with that item alone.
 */
export function hintAtSetIntoList(finding: Finding): Finding {
  const list = finding.place?.file === "<--set>" ? INTO_LIST.exec(finding.sourceLine ?? "")?.[1] : undefined;
  if (list === undefined) return finding;
  return {
    ...finding,
    hint: `Numbers in the path of --set don't reach into a list: this made ${list} anew, with one item. Give the whole list, or a substitution in the file whose value --set gives.`,
  };
}
