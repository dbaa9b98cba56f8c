import { tmpdir } from "node:os";
import { CairnError } from "../../base/mod.ts";
import { forwardLines, type LineSink, type ProgramEnd, runProgram } from "../../program/mod.ts";
import type { ComponentContext } from "../../sdk/mod.ts";
import { hiddenFile } from "./hidden-file.ts";
import type { SubmitConfig } from "./submit-config.ts";
import type { Submission } from "./submit-command.ts";
import { SubmitLog } from "./submit-log.ts";
import { watchUi } from "./ui-progress.ts";

/** A spark-submit that was started. */
export interface Launch {
  readonly log: SubmitLog;
  /** The application's ID, as far as the log or the driver's web server has told it. */
  readonly applicationId: () => string | undefined;
  /** How it ended; a CairnError where it could not be started. Never rejects for that; rejects where its output can't be passed on. */
  readonly end: Promise<ProgramEnd | CairnError>;
}

/** Starts spark-submit under a tag. `signal` ends it. */
export function launchSubmit(
  context: ComponentContext<SubmitConfig>,
  submission: Submission,
  tag: string,
  signal: AbortSignal,
): Launch {
  const log = new SubmitLog(submission.manager);
  const own: { applicationId?: string } = {};
  const file = hiddenFile(submission.properties(tag), submission.env["TMPDIR"] ?? tmpdir());
  const run = async (): Promise<ProgramEnd | CairnError> => {
    const over = new AbortController();
    const watching = watchUi({
      url: () => log.facts.uiUrl,
      signal: over.signal,
      found: (id) => void (own.applicationId = id),
      progress: (done, total) => context.progress(done, total, "Spark tasks"),
    });
    try {
      return await runProgram({
        command: [submission.program, ...submission.args(file.path)],
        env: submission.env,
        cwd: submission.cwd,
        graceMs: context.config.grace,
        signal,
        lines: readLines(log, forwardLines(context.log)),
      });
    } catch (thrown) {
      if (thrown instanceof CairnError && thrown.code.startsWith("PROGRAM_")) return thrown;
      throw thrown;
    } finally {
      over.abort();
      file[Symbol.dispose]();
      await watching;
    }
  };
  return { log, applicationId: () => log.facts.applicationId ?? own.applicationId, end: run() };
}

/** A log line of Spark's own patterns: date, time, level. */
const LEVEL = /^\d\S* \d\S* (TRACE|DEBUG|INFO|WARN|ERROR|FATAL)\b/u;

/** Spark logs on stderr, whatever the level: what is no warning goes on as if it came from stdout. */
function readLines(log: SubmitLog, sink: LineSink): LineSink {
  let isQuiet = false;
  return (lines) => {
    for (const line of lines) log.take(line);
    return sink(
      lines.map((line) => {
        if (line.stream === "stdout") return line;
        const level = LEVEL.exec(line.text)?.[1];
        // What is indented belongs to the line before.
        if (level !== undefined) isQuiet = level === "INFO" || level === "DEBUG" || level === "TRACE";
        else if (!/^\s/u.test(line.text)) isQuiet = false;
        return isQuiet ? { ...line, stream: "stdout" as const } : line;
      }),
    );
  };
}
