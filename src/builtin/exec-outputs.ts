import { readFileSync, rmSync, statfsSync } from "node:fs";
import { dirname } from "node:path";
import { type JsonValue, messageOf } from "../base/mod.ts";
import { ProgramError } from "../program/mod.ts";
import { MAX_RESULT_BYTES } from "../sdk/mod.ts";

function unreadable(state: string, hint: string): ProgramError {
  return new ProgramError({
    code: "PROGRAM_OUTPUTS",
    message: `Cannot read the program's outputs: ${state}`,
    hint,
  });
}

function parse(what: string, text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch (thrown) {
    throw unreadable(
      `${what} is not JSON: ${messageOf(thrown)}`,
      "Let the program write one JSON value there.",
    );
  }
}

/** The outputs that a program printed as its last line. */
export function lastLineOutputs(
  line: { readonly text: string; readonly cut: number } | undefined,
): JsonValue {
  if (line === undefined) {
    throw unreadable("it printed nothing on stdout", "Let it print one line of JSON at its end.");
  }
  if (line.cut > 0) {
    throw unreadable(
      `its last line has more than the ${MAX_RESULT_BYTES} bytes allowed`,
      "Write large data to a file; return where it lies.",
    );
  }
  return parse("its last line on stdout", line.text);
}

/** What an earlier attempt left must not be taken for this one's outputs. */
export function removeOutputs(path: string): void {
  rmSync(path, { force: true });
}

function isFull(folder: string): boolean {
  try {
    return statfsSync(folder).bavail === 0;
  } catch (thrown) {
    // Where that can't be told, it is not said.
    if (!(thrown instanceof Error)) throw thrown;
    return false;
  }
}

/** The outputs that a program wrote to a file. */
export function fileOutputs(path: string): JsonValue {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (thrown) {
    const code: unknown = thrown instanceof Error ? Reflect.get(thrown, "code") : undefined;
    const state = code === "ENOENT" ? `it did not write ${path}` : `${path}: ${messageOf(thrown)}`;
    throw unreadable(
      state,
      "Let it write its outputs there, as one JSON value; the file is removed before it starts.",
    );
  }
  try {
    return parse(path, text);
  } catch (thrown) {
    if (!isFull(dirname(path))) throw thrown;
    throw new ProgramError({
      code: "PROGRAM_DISK_FULL",
      message: `Cannot read the program's outputs: ${path} is cut short, and its disk is full`,
      hint: "Make room on the disk, or let outputs-file lie elsewhere.",
    });
  }
}
