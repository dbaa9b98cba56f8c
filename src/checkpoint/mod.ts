/**
 * Room `checkpoint`: what a run leaves behind and what that means: events and their fold, records
 * and their chain, the key log, the start and delete protocols, fingerprints, resume decisions.
 *
 * Not here: where bytes lie (room `store`) and running anything (room `run`).
 * To add an event: its shape in `events.ts`, its fold in `fold.ts`, its line in docs/reference/journal.md.
 */
export { decide } from "./decide.ts";
export type * from "./decision.ts";
export * from "./events.ts";
export { fingerprintId, fingerprintOf, redactSettings, REDACTED_VALUE } from "./fingerprint.ts";
export { foldRun } from "./fold.ts";
export { checkRunId } from "./names.ts";
export { resumeCounts } from "./resume-counts.ts";
export type * from "./start.ts";
export { previewStart, startRun, type StartPreview } from "./start-run.ts";
export type * from "./state.ts";
