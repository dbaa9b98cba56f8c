import { writeSync } from "node:fs";
import { CairnError } from "../base/mod.ts";
import { errorDocument, errorText } from "./print-error.ts";
import { createStyle } from "./style.ts";

/** The exit code of a process that a component or hook ended, whatever it asked for. */
const RUNNER_EXITED = 1;

/**
 * Tells that a component with `isolation = none`, or a hook, has ended this very process: for an exit handler, in which
 * nothing can be waited for. `asJson`: with the document that the command owes. Gives the exit code.
 */
export function tellRunnerExited(asJson: boolean): number {
  const error = new CairnError("A component or hook ended Cairn's own process before the run was over", {
    code: "RUNNER_EXITED",
    kind: "world",
    hint: "Return to succeed and throw to fail; process.exit does neither. What had completed is in the checkpoint, where one is kept.",
  });
  if (asJson) writeNow(1, JSON.stringify({ ...errorDocument(error), exitCode: RUNNER_EXITED }, null, 2));
  writeNow(2, errorText(error, createStyle(false), false));
  return RUNNER_EXITED;
}

function writeNow(fd: 1 | 2, text: string): void {
  try {
    writeSync(fd, `${text}\n`);
  } catch (thrown) {
    // The stream is closed or full: then the exit code says it alone.
    if (!(thrown instanceof Error && "code" in thrown)) throw thrown;
  }
}
