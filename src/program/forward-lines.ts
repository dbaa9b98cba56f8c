import type { JsonValue } from "../base/mod.ts";
import { MAX_LINE } from "./run-program.ts";
import type { ProgramLine } from "./output-lines.ts";
import type { LineSink } from "./read-output.ts";

type Level = "trace" | "debug" | "info" | "warn" | "error";

/** Where lines go that say their level. */
export type LevelLog = {
  readonly [L in Level]: (message: string, fields?: Readonly<Record<string, unknown>>) => void;
};

/** How programs call their levels. */
const LEVELS: ReadonlyMap<string, Level> = new Map([
  ["trace", "trace"],
  ["debug", "debug"],
  ["info", "info"],
  ["notice", "info"],
  ["warn", "warn"],
  ["warning", "warn"],
  ["error", "error"],
  ["critical", "error"],
  ["fatal", "error"],
]);

/** A line that says its level. */
export interface LeveledLine {
  readonly level: Level;
  readonly message: string;
  readonly fields: Readonly<Record<string, JsonValue>> | undefined;
}

/** A line such as `{"level": "warn", "message": "late", "rows": 3}`; undefined for every other one. */
export function leveledLine({ text, cut }: ProgramLine): LeveledLine | undefined {
  if (cut > 0 || !text.startsWith("{") || !text.includes('"level"')) return undefined;
  try {
    const { level, message, ...others } = JSON.parse(text) as Record<string, JsonValue>;
    const known = typeof level === "string" ? LEVELS.get(level.toLowerCase()) : undefined;
    if (known === undefined || typeof message !== "string") return undefined;
    const fields = Object.keys(others).length === 0 ? undefined : others;
    return { level: known, message, fields };
  } catch (thrown) {
    // It only looked like one.
    if (thrown instanceof SyntaxError) return undefined;
    throw thrown;
  }
}

/** How far back from a cut the word that it would part may begin, in UTF-16 code units. */
const MAX_WORD = 1024;

/** The beginning of a text, at most MAX_LINE long, that ends between words: half a secret would be known to nobody. */
function beginning(text: string): string {
  const from = Math.min(text.length, MAX_LINE) - MAX_WORD;
  const gap = /^[^]*[\s"'`]/u.exec(text.slice(from, MAX_LINE))?.[0].length ?? 0;
  return text.slice(0, from + gap);
}

function byteLength(text: string): number {
  // NUL has been made a sign for it.
  return Buffer.byteLength(text.replaceAll("\u2400", "\0"));
}

function shown({ text, cut }: ProgramLine): string {
  if (cut === 0 && text.length <= MAX_LINE) return text;
  const start = beginning(text);
  return `${start}… (${cut + byteLength(text) - byteLength(start)} more bytes, left out)`;
}

/** Longest frame; longer ones are printed as they came, and cut. In UTF-16 code units. */
const MAX_FRAME = 12 * 1024;

/** Spells a line of a level as it is printed on our own stdout. */
export type FrameLog = (line: LeveledLine) => string;

/**
 * Makes program output log lines: those that say their level go to `log`, all others to our own stdout and stderr,
 * which are the component's, and no faster than those take them. With `frame` so are those with a level.
 */
export function forwardLines(log: LevelLog, frame?: FrameLog): LineSink {
  return async (lines) => {
    const plain = { stdout: "", stderr: "" };
    for (const line of lines) {
      const leveled = leveledLine(line);
      const framed = leveled === undefined ? undefined : frame?.(leveled);
      if (framed !== undefined && framed.length <= MAX_FRAME) plain.stdout += framed;
      else if (leveled === undefined || framed !== undefined) plain[line.stream] += `${shown(line)}\n`;
      else log[leveled.level](leveled.message, leveled.fields);
    }
    for (const stream of ["stdout", "stderr"] as const) await print(stream, plain[stream]);
  };
}

async function print(name: "stdout" | "stderr", text: string): Promise<void> {
  const stream = process[name];
  if (text === "" || stream.write(text)) return;
  await new Promise<void>((resolve) => {
    stream.once("drain", resolve);
  });
}
