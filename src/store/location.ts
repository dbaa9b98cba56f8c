import { homedir } from "node:os";
import { isAbsolute, resolve } from "node:path";
import { createRedactor, nearest } from "../base/mod.ts";
import { storeError } from "./errors.ts";

/** A checkpoint location as it was read. */
export interface StoreLocation {
  /** In lower case, without the colon: `file`, `s3a`. */
  readonly scheme: string;
  /** For `file`: the absolute path. For others: the URI as given. */
  readonly target: string;
}

/** What starts like a URI's scheme (RFC 3986, section 3.1). A path with a colon in its first part is given as `./a:b`. */
const SCHEME = /^([A-Za-z][A-Za-z0-9+.-]*):/;

/** The scheme that a location names, in lower case; undefined for a plain path. */
export function schemeOf(text: string): string | undefined {
  return SCHEME.exec(text)?.[1]?.toLowerCase();
}

/**
 * Reads a checkpoint location: `/path`, a relative path (counted from `folder`), `file:///path`, `file:/path`, or a URI
 * of one of `schemes`.
 *
 * Errors: STORE_BAD_LOCATION (empty, NUL, `~`, a host in `file:`), STORE_UNKNOWN_SCHEME with the nearest known one. An
 * unknown scheme is never taken as a folder's name.
 */
export function parseLocation(text: string, folder: string, schemes: Iterable<string>): StoreLocation {
  if (text === "") throw badLocation(text, "it is empty", "Give a folder or a URI, or leave the option out.");
  if (text.includes("\0")) throw badLocation(text, "it has a NUL character", "Remove the character.");
  if (text.startsWith("~")) {
    throw badLocation(
      text,
      '"~" is expanded by shells, not by Cairn',
      `Write the path in full, such as "${homedir()}/…".`,
    );
  }
  const scheme = schemeOf(text);
  if (scheme === undefined) return { scheme: "file", target: resolve(folder, text) };
  if (scheme === "file") return { scheme, target: filePath(text) };
  const known = [...schemes];
  if (known.includes(scheme)) return { scheme, target: text };
  throw unknownScheme(text, scheme, known);
}

function filePath(text: string): string {
  const rest = text.slice("file:".length);
  const path = rest.startsWith("//") ? rest.slice(2) : rest;
  if (!isAbsolute(path)) {
    const why = rest.startsWith("//")
      ? `it names the host "${path.split("/")[0]}"`
      : "its path is not absolute";
    throw badLocation(text, why, `A file URI has three slashes, as in "file:///data/checkpoints".`);
  }
  let decoded: string;
  try {
    decoded = decodeURIComponent(path);
  } catch (thrown) {
    throw badLocation(text, "its %-escapes are broken", 'Write "%" as "%25", or give a plain path.', thrown);
  }
  if (decoded.includes("\0")) throw badLocation(text, "it has a NUL character", "Remove the character.");
  return resolve(decoded);
}

function unknownScheme(text: string, scheme: string, known: readonly string[]): Error {
  const shown = createRedactor().text(text);
  const schemes = ["file", ...known.filter((name) => name !== "file")];
  const near = nearest(scheme, schemes);
  return storeError(
    "STORE_UNKNOWN_SCHEME",
    `Cannot open the checkpoint store ${JSON.stringify(shown)}: no store has the scheme "${scheme}"`,
    {
      hint: `${near === undefined ? "" : `Did you mean "${near}"? `}Known schemes: ${schemes.join(", ")}; a plain path is a folder of this machine. Other schemes come with plugins.`,
      details: { location: shown, scheme, known: schemes },
    },
  );
}

function badLocation(text: string, why: string, hint: string, cause?: unknown): Error {
  const shown = createRedactor().text(text);
  return storeError(
    "STORE_BAD_LOCATION",
    `Cannot use ${JSON.stringify(shown)} as a checkpoint location: ${why}`,
    {
      hint,
      cause,
      details: { location: shown },
    },
  );
}
