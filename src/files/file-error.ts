import { CairnError, type ErrorKind, messageOf } from "../base/mod.ts";

/** The codes of errors that this room throws. */
export type FileErrorCode =
  | "FILE_URI_INVALID"
  | "FILE_SCHEME_UNKNOWN"
  | "FILE_MISSING"
  | "FILE_EXISTS"
  | "FILE_CHANGED"
  | "FILE_NOT_WRITABLE"
  | "FILE_NOT_READABLE"
  | "FILE_FULL"
  | "FILE_IO"
  | "FILE_SPECIAL"
  | "STAGED_GONE";

/** An error about a file; `kind` is `world` where nothing else is said. */
export function fileError(
  code: FileErrorCode,
  message: string,
  facts: { readonly hint?: string; readonly cause?: unknown; readonly kind?: ErrorKind } = {},
): CairnError {
  return new CairnError(message, { code, kind: facts.kind ?? "world", hint: facts.hint, cause: facts.cause });
}

/** Whether a call failed because nothing is there. */
export function isMissing(thrown: unknown): boolean {
  return thrown instanceof CairnError && thrown.code === "FILE_MISSING";
}

/** Whether a call failed because a name is another's. */
export function isTaken(thrown: unknown): boolean {
  return thrown instanceof CairnError && thrown.code === "FILE_EXISTS";
}

/** What the hints of stores say that means nothing for data. */
const OF_CHECKPOINTS = ", or another location with --checkpoint=LOCATION";

/** An error of a store's client as one about data: STORE_UNAVAILABLE becomes FILE_UNAVAILABLE; others pass. */
export function asFileError(thrown: unknown): unknown {
  if (!(thrown instanceof CairnError) || !thrown.code.startsWith("STORE_")) return thrown;
  const { message, code, kind, hint, cause, details } = thrown;
  return new CairnError(message.replace("Cannot reach the checkpoint store", "Cannot reach"), {
    code: code.replace("STORE_", "FILE_"),
    kind,
    hint: hint?.replace(OF_CHECKPOINTS, ""),
    cause,
    details,
  });
}

const NO_SPACE = new Set(["ENOSPC", "EDQUOT", "EFBIG"]);
const REFUSED = new Set(["EACCES", "EPERM", "EROFS"]);

/** Whether a local operation failed because nothing is there. */
export function isNotThere(thrown: unknown): boolean {
  const errno = errnoOf(thrown);
  return errno === "ENOENT" || errno === "ENOTDIR";
}

/** The system's code of a failed file operation (`ENOSPC`). */
export function errnoOf(thrown: unknown): string {
  const code: unknown = thrown instanceof Error ? Reflect.get(thrown, "code") : undefined;
  return typeof code === "string" ? code : "";
}

/** A failed local operation; `doing` as in `write "/data/x"`. Errors of Cairn pass. */
export function localFileError(doing: string, writing: boolean, thrown: unknown): CairnError {
  if (thrown instanceof CairnError) return thrown;
  const errno = errnoOf(thrown);
  const start = `Cannot ${doing}`;
  if (NO_SPACE.has(errno)) {
    const hint = "Free space there, then run again.";
    return fileError("FILE_FULL", `${start}: no space is left (${errno})`, { cause: thrown, hint });
  }
  if (REFUSED.has(errno)) {
    const code = writing ? "FILE_NOT_WRITABLE" : "FILE_NOT_READABLE";
    const hint = `Make it ${writing ? "writable" : "readable"} for the user that runs Cairn.`;
    return fileError(code, `${start}: ${messageOf(thrown)}`, { cause: thrown, hint });
  }
  if (isNotThere(thrown)) return fileError("FILE_MISSING", `${start}: nothing is there`, { cause: thrown });
  return fileError("FILE_IO", `${start}: ${messageOf(thrown)}`, { cause: thrown });
}
