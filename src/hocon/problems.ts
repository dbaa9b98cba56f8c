import { type Finding, placeText, type Severity } from "../base/mod.ts";
import { MAX_ERRORS } from "./limits.ts";
import { includeChain, placeOf, sourceLineOf, type Span } from "./source-text.ts";

/** What one problem says, apart from where. */
export interface ProblemFacts {
  readonly code: string;
  readonly message: string;
  readonly hint?: string | undefined;
  readonly severity?: Severity | undefined;
  /** Told before the includes that led to the place. */
  readonly chain?: readonly string[] | undefined;
}

/** Collects the findings of one reading: at most `MAX_ERRORS` errors, one for each place and code. */
export class Problems {
  readonly #findings: Finding[] = [];
  readonly #seen = new Set<string>();
  #errors = 0;

  /** True once no further error would be kept: time to stop. */
  get full(): boolean {
    return this.#errors >= MAX_ERRORS;
  }

  get errors(): number {
    return this.#errors;
  }

  get findings(): readonly Finding[] {
    return this.#findings;
  }

  add(span: Span, facts: ProblemFacts): void {
    const severity = facts.severity ?? "error";
    if (severity === "error" && this.full) return;
    const place = placeOf(span);
    const key = `${facts.code} ${placeText(place)}`;
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    if (severity === "error") this.#errors += 1;
    this.#findings.push({
      severity,
      code: facts.code,
      message: facts.message,
      place,
      sourceLine: sourceLineOf(span),
      chain: [...(facts.chain ?? []), ...includeChain(span)],
      hint: facts.hint,
    });
  }
}
