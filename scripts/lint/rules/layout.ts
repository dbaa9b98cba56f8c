import { roomNamed } from "../rooms.ts";
import type { Problem, Rule } from "../source-file.ts";

/** Lines of one file, generated code (`gen/`) aside. */
const MAX_FILE_LINES = 400;

/** Where files are named in kebab-case; plugins are named like their instance types. */
const OURS = /^(src|scripts|test|bench)\//;
const KEBAB_FILE = /^\.?[a-z0-9]+([-.][a-z0-9]+)*\.[cm]?[jt]s$/;
const KEBAB_FOLDER = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const DUMPS = /^(utils?|helpers?|common|managers?|misc|types?|shared|stuff)$/;
/** Words that say nothing wherever they stand in a name. */
const EMPTY_WORDS = /^(utils?|helpers?|common|managers?|misc)$/;
/** A door's opening comment says what is here, what is not and how to add one: no fewer words do. */
const MIN_OPENING_WORDS = 12;

/** Where files lie and what they are called. */
export const layout: Rule = (file) => {
  const at = (message: string, line: number = 1): Problem => ({ path: file.path, line, message });
  const problems: Problem[] = [];
  if (file.code && !file.path.includes("/gen/")) {
    const lines = file.text.trimEnd().split("\n").length;
    if (lines > MAX_FILE_LINES) {
      problems.push(
        at(`${lines} lines, at most ${MAX_FILE_LINES}: cut it where its purpose divides`, MAX_FILE_LINES),
      );
    }
  }
  if (!OURS.test(file.path)) return problems;
  // Data is named after what it is data of, by whoever made it.
  if (file.code) problems.push(...namesOf(file.path).map((message) => at(message)));
  if (file.path.startsWith("src/")) problems.push(...inSrc(file.path).map((message) => at(message)));
  if (/^src\/[^/]+\/mod\.ts$/.test(file.path)) {
    const words = file.code?.opening?.match(/\p{L}+/gu)?.length ?? 0;
    if (words < MIN_OPENING_WORDS) {
      problems.push(
        at(
          "a room's door opens with a paragraph: what is here, what is not, how to add one; it is read first",
        ),
      );
    }
  }
  return problems;
};

function namesOf(path: string): string[] {
  const parts = path.split("/");
  const base = parts.pop() ?? "";
  const said: string[] = [];
  for (const folder of parts) {
    if (!KEBAB_FOLDER.test(folder)) said.push(`folder "${folder}" isn't kebab-case, as all others are`);
    if (DUMPS.test(folder)) said.push(`folder "${folder}" says nothing of what is in it: name it for that`);
  }
  if (!/\.[cm]?[jt]s$/.test(base)) return said;
  if (!KEBAB_FILE.test(base)) said.push(`"${base}" isn't kebab-case, as all others are`);
  const stem = base.replace(/(\.test)?\.[cm]?[jt]s$/, "");
  if (DUMPS.test(stem) || stem.split(/[-.]/).some((word) => EMPTY_WORDS.test(word))) {
    said.push(`"${base}" is a name for a dump: name the file for what it exports`);
  }
  return said;
}

function inSrc(path: string): string[] {
  const [, name = "", ...rest] = path.split("/");
  if (rest.length === 0) {
    return name === "main.ts"
      ? []
      : ["no file lies loose in src/ but main.ts: put it into the room it serves"];
  }
  return roomNamed(name)
    ? []
    : [`"${name}" is no room: add it to scripts/lint/rooms.ts and docs/architecture.md`];
}
