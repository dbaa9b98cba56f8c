import type { StoreShortcuts } from "../store.ts";

/** Does one call of a store, named `call`, in the wrapper's way. */
export type CallWrapper = <T>(
  call: string,
  signal: AbortSignal | undefined,
  work: (signal: AbortSignal | undefined) => Promise<T>,
) => Promise<T>;

/** Shortcuts whose calls go the way of a wrapper; those that may be lost pass as they are. */
export function wrapShortcuts(shortcuts: StoreShortcuts, wrapped: CallWrapper): StoreShortcuts {
  return {
    seal: (log, signal) => shortcuts.seal(log, signal),
    putNote: (name, text, signal) => shortcuts.putNote(name, text, signal),
    readRecords: (log, signal) => wrapped("read", signal, (inner) => shortcuts.readRecords(log, inner)),
    folders: (prefix, signal) => wrapped("folders", signal, (inner) => shortcuts.folders(prefix, inner)),
    notes: (prefix, signal) => wrapped("notes", signal, (inner) => shortcuts.notes(prefix, inner)),
    note: (name, signal) => wrapped("note", signal, (inner) => shortcuts.note(name, inner)),
    removeNote: (name, signal) => wrapped("removeNote", signal, (inner) => shortcuts.removeNote(name, inner)),
  };
}
