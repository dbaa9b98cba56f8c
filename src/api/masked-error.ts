import { CairnError, type Finding, type Redactor } from "../base/mod.ts";

/** An error that came while secrets were in use, as it may be shown. What is no CairnError stays: it is a bug, and its text is needed. */
export function maskedError(thrown: unknown, redactor: Redactor): unknown {
  if (!(thrown instanceof CairnError) || redactor.margin === 0) return thrown;
  const { code, kind, hint, findings, details, message, cause } = thrown;
  const text = (given: string): string => redactor.known(given);
  const masked = new CairnError(text(message), {
    code,
    kind,
    hint: hint === undefined ? undefined : text(hint),
    findings: findings.map((finding): Finding => {
      const { message: said, hint: todo, sourceLine } = finding;
      return {
        ...finding,
        message: text(said),
        ...(todo === undefined ? {} : { hint: text(todo) }),
        ...(sourceLine === undefined ? {} : { sourceLine: text(sourceLine) }),
      };
    }),
    details: redactor.knownJson(details) as typeof details,
    cause: maskedCause(cause, redactor),
  });
  masked.stack = text(thrown.stack ?? "");
  return masked;
}

/** Causes are shown by their messages. */
function maskedCause(cause: unknown, redactor: Redactor): unknown {
  if (!(cause instanceof Error)) return typeof cause === "string" ? redactor.known(cause) : undefined;
  const masked = new Error(redactor.known(cause.message), { cause: maskedCause(cause.cause, redactor) });
  masked.name = cause.name;
  masked.stack = redactor.known(cause.stack ?? "");
  return masked;
}
