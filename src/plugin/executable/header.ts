import { headOf } from "../../program/mod.ts";

/** What a component in another language may say of itself, in comments at its beginning. */
export interface Header {
  /** `cairn-description: …` */
  readonly description: string | undefined;
  /** `cairn-files: a.py queries/*.sql`: other files that are part of its code, relative to its own. */
  readonly files: readonly string[];
}

const LINE = /^[ \t]*(?:#|--|\/\/|;|%)+[ \t]*cairn-(description|files):[ \t]*(.*?)[ \t\r]*$/gmu;

/** Reads a header; binaries have none. Only the file's first 4 KiB count. */
export function readHeader(file: string): Header {
  const head = headOf(file, HEADER_BYTES);
  let description: string | undefined;
  const files: string[] = [];
  if (head.startsWith("\u007fELF")) return { description, files };
  for (const [, key, value = ""] of Buffer.from(head, "latin1").toString("utf8").matchAll(LINE)) {
    if (key === "description") description ??= value;
    else files.push(...value.split(/\s+/u).filter((each) => each !== ""));
  }
  return { description, files };
}

const HEADER_BYTES = 4096;
