/** A program that ended otherwise than it should; `retryable-exit-codes` decides by its exit code. */
export class ProgramError extends Error {
  override readonly name: string;
  readonly code: string;
  readonly hint: string;
  /** Undefined where a signal ended it. */
  readonly exitCode: number | undefined;

  constructor(
    text: { readonly code: string; readonly message: string; readonly hint: string },
    exitCode?: number,
    name: string = "ProgramError",
  ) {
    super(text.message);
    this.name = name;
    this.code = text.code;
    this.hint = text.hint;
    this.exitCode = exitCode;
  }
}

/** Codes of starts that fail for a reason which may pass. */
const MAY_PASS: ReadonlySet<string> = new Set(["PROGRAM_BUSY", "PROGRAM_NOT_STARTED"]);

/** Whether a program that could not be started for this reason can't be the next time either. */
export function isLasting(code: string): boolean {
  return code.startsWith("PROGRAM_") && !MAY_PASS.has(code);
}
