import type { Finding } from "./finding.ts";
import type { JsonValue } from "./json.ts";

/**
 * Who has to act on an error.
 *
 * - `config`: the user's command line, configuration or plugin is wrong; nothing was run.
 * - `world`: a disk, network, store, process or component failed; a repeat may succeed.
 * - `bug`: Cairn itself is wrong; the message asks for a report.
 */
export type ErrorKind = "config" | "world" | "bug";

/** Everything an error says besides its message. */
export interface ErrorFacts {
  /** Stable, upper snake case, e.g. `CHECKPOINT_CONFIG_CHANGED`; the exit table is keyed by it. */
  readonly code: string;
  readonly kind: ErrorKind;
  /** What to do now, as a full sentence or a command. */
  readonly hint?: string | undefined;
  readonly cause?: unknown;
  /** Located findings, where the error stands for several (configuration errors). */
  readonly findings?: readonly Finding[] | undefined;
  /** Machine-readable facts for JSON output. Never secrets. */
  readonly details?: Readonly<Record<string, JsonValue>> | undefined;
}

/**
 * The one error class of Cairn. Its message says action, thing and state
 * (`Cannot resume run "a1b2": component "Extract(orders)" has changed since it completed`),
 * its hint the remedy.
 */
export class CairnError extends Error {
  readonly code: string;
  readonly kind: ErrorKind;
  readonly hint: string | undefined;
  readonly findings: readonly Finding[];
  readonly details: Readonly<Record<string, JsonValue>>;

  constructor(message: string, facts: ErrorFacts) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.name = "CairnError";
    this.code = facts.code;
    this.kind = facts.kind;
    this.hint = facts.hint;
    this.findings = facts.findings ?? [];
    this.details = facts.details ?? {};
  }
}

/** The message of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
