/**
 * How an include names its text: `relative` to the including file (`include "x"`), a `file` relative
 * to the working directory (`include file("x")`), or a `url` (`include url("…")`, or a bare name with a protocol).
 */
export type IncludeKind = "relative" | "file" | "url";

/** A text that an include found. */
export interface IncludedText {
  /** As shown to people in findings, and handed back as `fromFile` for includes inside this text. */
  readonly file: string;
  readonly text: string | Uint8Array;
}

/**
 * Reads what includes name; the caller's file system or network, synchronous.
 *
 * Law: `undefined` means that there is no such text (an include of it is silently empty unless `required`);
 * anything else that goes wrong (no permission, a folder) is thrown and becomes a finding at the include.
 * Choosing between `.conf`, `.json` and `.properties` is done by the caller of `read`, one call for each.
 */
export interface IncludeSource {
  read(kind: IncludeKind, name: string, fromFile: string): IncludedText | undefined;
}

/** An include source without any text. */
export const noIncludes: IncludeSource = { read: () => undefined };
