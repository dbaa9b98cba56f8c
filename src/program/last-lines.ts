import { leveledLine } from "./forward-lines.ts";
import type { ProgramLine } from "./output-lines.ts";
import type { LineSink } from "./read-output.ts";

/** The lines that matter after a program's end, remembered as they go by. */
export class LastLines {
  /** The last line on stdout that is neither empty nor a log line of a level. */
  out: ProgramLine | undefined;
  /** The last thing it said on stderr, or with the level `error`; empty where there is none. */
  error = "";

  /** Looks at lines on their way to a sink. */
  watch(sink: LineSink): LineSink {
    return (lines) => {
      for (const line of lines) this.#take(line);
      return sink(lines);
    };
  }

  #take(line: ProgramLine): void {
    if (line.text.trim() === "") return;
    const leveled = leveledLine(line);
    if (line.stream === "stderr" || leveled?.level === "error") this.error = leveled?.message ?? line.text;
    if (line.stream === "stdout" && leveled === undefined) this.out = line;
  }
}
