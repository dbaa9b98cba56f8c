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
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A line such as `{"level": "warn", "message": "late", "rows": 3}`; undefined for every other one. */
export function leveledLine({ text, cut }: ProgramLine): LeveledLine | undefined {
  if (cut > 0 || !text.startsWith("{") || !text.includes('"level"')) return undefined;
  try {
    const { level, message, ...fields } = JSON.parse(text) as Record<string, unknown>;
    const known = typeof level === "string" ? LEVELS.get(level.toLowerCase()) : undefined;
    if (known === undefined || typeof message !== "string") return undefined;
    return { level: known, message, fields };
  } catch (thrown) {
    // It only looked like one.
    if (thrown instanceof SyntaxError) return undefined;
    throw thrown;
  }
}

function shown({ text, cut }: ProgramLine): string {
  const start = text.length > MAX_LINE ? text.slice(0, MAX_LINE) : text;
  const dropped = cut + (start === text ? 0 : Buffer.byteLength(text) - Buffer.byteLength(start));
  return dropped === 0 ? text : `${start}… (${dropped} more bytes, left out)`;
}

/**
 * Makes program output log lines: those that say their level go to `log`, all others to our own stdout and stderr,
 * which are the component's, and no faster than those take them.
 */
export function forwardLines(log: LevelLog): LineSink {
  return async (lines) => {
    const plain = { stdout: "", stderr: "" };
    for (const line of lines) {
      const leveled = leveledLine(line);
      if (leveled === undefined) plain[line.stream] += `${shown(line)}\n`;
      else if (Object.keys(leveled.fields).length === 0) log[leveled.level](leveled.message);
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
