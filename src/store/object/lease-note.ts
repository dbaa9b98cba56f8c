import { parseHolder } from "../lease-holder.ts";
import type { LeaseNote } from "../lease-keeper.ts";

/** A lease object's text. */
export function noteText(note: LeaseNote): string {
  return JSON.stringify(note);
}

/** Reads a lease object. One that can't be read is held by somebody unknown for `durationMs`. */
export function parseNote(text: string, durationMs: number): LeaseNote {
  const unknown: LeaseNote = { holder: undefined, token: "", durationMs, released: false };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return unknown;
  }
  if (typeof value !== "object" || value === null) return unknown;
  const note = value as Partial<Record<keyof LeaseNote, unknown>>;
  if (typeof note.token !== "string" || typeof note.durationMs !== "number") return unknown;
  return {
    holder: parseHolder(note.holder),
    token: note.token,
    durationMs: note.durationMs,
    released: note.released === true,
  };
}
