/** Signals that interrupt a run. */
export type InterruptSignal = "SIGHUP" | "SIGINT" | "SIGTERM";

/** Exit codes of interrupted runs: 128 and the signal's number. */
const EXIT_CODES: Readonly<Record<InterruptSignal, number>> = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

/** The reason with which a run's `signal` is aborted. */
export class Interrupt extends Error {
  override readonly name: string = "Interrupt";
  readonly signal: InterruptSignal;
  readonly exitCode: number;

  constructor(signal: InterruptSignal) {
    super(`The run was interrupted by ${signal}`);
    this.signal = signal;
    this.exitCode = EXIT_CODES[signal];
  }
}

/** The interrupt behind an abort reason; anything else counts as SIGTERM. */
export function interruptOf(reason: unknown): Interrupt {
  return reason instanceof Interrupt ? reason : new Interrupt("SIGTERM");
}
