import { accessSync, closeSync, constants, openSync, readSync, statSync } from "node:fs";
import { delimiter, isAbsolute, join, resolve } from "node:path";
import { startError } from "./start-error.ts";

/** Where the system looks for programs where nobody says. */
const DEFAULT_PATH = "/usr/local/bin:/usr/bin:/bin";

/** As much of a file's beginning as the system looks at, in bytes. */
const HEAD_BYTES = 256;

/** Where a program is looked for. */
export interface FindRequest {
  /** A name, looked for in PATH, or a path if it has a slash. */
  readonly program: string;
  /** What a relative path counts from. */
  readonly cwd: string;
  /** The program's own PATH. */
  readonly path: string | undefined;
}

function codeOf(thrown: unknown): string {
  const code: unknown = thrown instanceof Error ? Reflect.get(thrown, "code") : undefined;
  return typeof code === "string" ? code : "";
}

type Look = "runs" | "no-run-bit" | "folder" | "missing" | "unreachable";

function look(file: string): Look {
  try {
    if (statSync(file).isDirectory()) return "folder";
    accessSync(file, constants.X_OK);
    return "runs";
  } catch (thrown) {
    const code = codeOf(thrown);
    if (code === "ENOENT" || code === "ENOTDIR" || code === "ENAMETOOLONG") return "missing";
    return lookFurther(file);
  }
}

/** There is something: is it the file that may not be run, or the way to it? */
function lookFurther(file: string): Look {
  try {
    statSync(file);
    return "no-run-bit";
  } catch (thrown) {
    if (codeOf(thrown) === "") throw thrown;
    return "unreachable";
  }
}

/** The first bytes of a file, as text of one byte a character; empty where it can't be read, which programs need not be. */
export function headOf(file: string, length: number = HEAD_BYTES): string {
  const bytes = Buffer.alloc(length);
  try {
    const fd = openSync(file, "r");
    try {
      return bytes.toString("latin1", 0, readSync(fd, bytes, 0, length, 0));
    } finally {
      closeSync(fd);
    }
  } catch (thrown) {
    if (codeOf(thrown) === "") throw thrown;
    return "";
  }
}

/** True for files that the system itself can start: with a `#!` line, or of its binary format. */
function isStartable(head: string): boolean {
  return head.startsWith("#!") || head.startsWith("\u007fELF") || !looksLikeText(head);
}

function looksLikeText(head: string): boolean {
  // oxlint-disable-next-line no-control-regex -- what text does not hold
  return !/[\u0000-\u0008\u000e-\u001a]/u.test(head);
}

function inPath(request: FindRequest): string {
  const { program, cwd } = request;
  const path = request.path ?? DEFAULT_PATH;
  let found: string | undefined;
  for (const folder of path.split(delimiter)) {
    const file = resolve(cwd, join(folder === "" ? "." : folder, program));
    const seen = look(file);
    if (seen === "runs") return file;
    if (seen === "no-run-bit") found ??= file;
  }
  if (found !== undefined) throw noRunBit(program, found);
  throw startError(
    program,
    "PROGRAM_MISSING",
    `no folder of PATH has it (${path})`,
    "Install it, write its whole path, or give the program another PATH.",
  );
}

function noRunBit(program: string, file: string): Error {
  return startError(
    program,
    "PROGRAM_NO_RUN_BIT",
    `${file} may not be run by this user`,
    `chmod +x ${file}, or start what runs it, e.g. ["sh", ${JSON.stringify(file)}].`,
  );
}

function atPath({ program, cwd }: FindRequest): string {
  const file = isAbsolute(program) ? program : resolve(cwd, program);
  switch (look(file)) {
    case "runs":
      return file;
    case "no-run-bit":
      throw noRunBit(program, file);
    case "folder":
      throw startError(program, "PROGRAM_IS_FOLDER", `${file} is a folder`, "Name the program in it.");
    case "unreachable":
      throw startError(
        program,
        "PROGRAM_NOT_ALLOWED",
        `this user may not reach ${file}`,
        "Let the user enter its folders.",
      );
    case "missing":
      throw startError(
        program,
        "PROGRAM_MISSING",
        `there is no file ${file}`,
        "Correct the path; a relative one counts from the program's working directory.",
      );
  }
}

/** The interpreter that a script's first line names, checked: without it the system says "no such file" of the script. */
function checkInterpreter(request: FindRequest, file: string, head: string): void {
  const [, interpreter = "", rest = ""] = /^#![ \t]*([^ \t\n]*)[ \t]*([^\n]*)/u.exec(head) ?? [];
  const bad = (code: string, state: string, hint: string): Error =>
    startError(request.program, code, `the first line of ${file} ${state}`, hint);
  if (interpreter === "") {
    throw bad("PROGRAM_NO_INTERPRETER", "names no interpreter after #!", "Write e.g. #!/bin/sh.");
  }
  if (interpreter.endsWith("\r") || rest.endsWith("\r")) {
    throw bad(
      "PROGRAM_INTERPRETER_MISSING",
      "ends in a carriage return, as Windows writes lines",
      `Convert the file's line ends: sed -i 's/\\r$//' ${file}`,
    );
  }
  if (look(resolve(request.cwd, interpreter)) !== "runs") {
    throw bad(
      "PROGRAM_INTERPRETER_MISSING",
      `names the interpreter ${interpreter}, which is not there or may not be run`,
      "Install it, or correct the line, e.g. #!/usr/bin/env python3.",
    );
  }
  const wanted = /(?:^|\/)env$/u.test(interpreter) ? /^(?:-S[ \t]*)?([\w.+-]+)/u.exec(rest)?.[1] : undefined;
  if (wanted === undefined || wanted.startsWith("-") || wanted.includes("=")) return;
  const folders = (request.path ?? DEFAULT_PATH).split(delimiter);
  if (folders.some((folder) => look(resolve(request.cwd, folder, wanted)) === "runs")) return;
  throw bad(
    "PROGRAM_INTERPRETER_MISSING",
    `names the interpreter ${wanted}, which no folder of PATH has`,
    "Install it, or give the program another PATH.",
  );
}

/**
 * The absolute path of a program, looked at closely enough to say why it can't be started. Throws a CairnError:
 * PROGRAM_MISSING, PROGRAM_NO_RUN_BIT, PROGRAM_IS_FOLDER, PROGRAM_NOT_ALLOWED, PROGRAM_NO_INTERPRETER (a text
 * without `#!` line), PROGRAM_INTERPRETER_MISSING.
 */
export function findProgram(request: FindRequest): string {
  const file = request.program.includes("/") ? atPath(request) : inPath(request);
  const head = headOf(file);
  if (head.startsWith("#!")) checkInterpreter(request, file, head);
  else if (!isStartable(head)) {
    throw startError(
      request.program,
      "PROGRAM_NO_INTERPRETER",
      head === "" ? `${file} is empty` : `${file} has no #! line, so the system does not know what runs it`,
      `Begin it with a line such as #!/bin/sh, or start what runs it, e.g. ["sh", ${JSON.stringify(file)}].`,
    );
  }
  return file;
}
