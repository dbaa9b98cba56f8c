import { CairnError, type Clock, isoTime, messageOf, type Redactor } from "../base/mod.ts";
import type { ComponentDecision, RunEnd, RunJournal } from "../checkpoint/mod.ts";
import { errorRecord, isCompleted } from "./component-record.ts";
import { endEvent } from "./end-event.ts";
import type { Execution } from "./execution.ts";
import type { RunLog } from "./run-log.ts";
import { endFacts, type EndFacts, isTakenOver, type StopReason, stopError } from "./stop-reason.ts";
import type { RunFacts, WireError } from "./worker/protocol.ts";

/** What the end of a run is recorded and told with. */
export interface EndOfRun {
  readonly execution: Execution;
  readonly decisions: readonly ComponentDecision[];
  readonly journal: RunJournal | undefined;
  readonly facts: RunFacts;
  /** When the run began, on both clocks. */
  readonly begin: { readonly at: number; readonly steady: number };
  readonly clock: Clock;
  readonly redactor: Redactor;
  readonly log: RunLog;
}

/**
 * The end of a run: made durable, with all that hooks are to be told, then told to them, once. Gives how the run ended
 * in the end: it fails where the end can't be recorded, or a critical hook throws.
 */
export async function endRun(run: EndOfRun, ran: EndFacts): Promise<EndFacts> {
  const { execution } = run;
  const end = completedInTime(run, ran) ? endFacts(undefined, false) : ran;
  const facts = endingOf(run, end);
  const recorded = await recordEnd(run, end, facts);
  const whom = await whomToTell(run);
  const told = recorded === end ? facts : endingOf(run, recorded);
  const error = recorded.status === "completed" ? undefined : errorOf(execution);
  const { status } = recorded;
  const { durationMs, completed, failed } = told;
  const before = execution.stop;
  await execution.hooks.afterPipeline({ status, durationMs, completed, failed, error }, whom !== "others");
  if (whom === "ours") await settleOwn(run);
  return before === undefined && execution.stop?.kind === "hook" ? endFacts(execution.stop, true) : recorded;
}

/** Interrupted, and all that was running completed within its grace: then nothing is left to resume. */
function completedInTime({ execution, decisions }: EndOfRun, ran: EndFacts): boolean {
  const { records } = execution;
  const isOver = ({ index, action }: ComponentDecision): boolean => {
    const record = records[index];
    return action !== "run" || (record !== undefined && isCompleted(record));
  };
  return ran.status === "interrupted" && decisions.length > 0 && decisions.every(isOver);
}

function errorOf({ records, stop }: Execution): WireError | undefined {
  const first = records.find(({ status, error }) => status === "failed" && error !== undefined)?.error;
  return first ?? (stop && stopError(stop));
}

/** The end as the journal keeps it for those who tell it late. */
function endingOf({ execution, facts, begin, clock, redactor }: EndOfRun, end: EndFacts): RunEnd {
  const { rootRunId, resumedFrom, total } = facts;
  const error = end.status === "completed" ? undefined : errorOf(execution);
  return {
    status: end.status,
    startedAt: isoTime(begin.at),
    endedAt: isoTime(clock.now()),
    durationMs: Math.round(clock.steady() - begin.steady),
    rootRunId,
    ...(resumedFrom === undefined ? {} : { resumedFrom }),
    totalComponents: total,
    completed: execution.records.filter(isCompleted).length,
    failed: execution.failed.length,
    ...(error === undefined
      ? {}
      : { error: { ...errorRecord(error), message: redactor.text(error.message) } }),
  };
}

/** Makes the end of the run durable; where that fails, that is how the run ended. */
async function recordEnd({ execution, journal }: EndOfRun, end: EndFacts, facts: RunEnd): Promise<EndFacts> {
  if (journal === undefined || execution.stop?.kind === "lost") return end;
  const event = endEvent(end, execution, facts);
  try {
    await journal.append([event]);
    await execution.hooks.onCheckpoint(journal, [event]);
    return end;
  } catch (thrown) {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    const lost: StopReason = { kind: "lost", error };
    execution.endedBy(lost);
    return endFacts(lost, true);
  }
}

/**
 * Who of those that listen is told: `ours` all of them, and that is to be written down; `all`, and nobody can write it
 * down (there is no checkpoint, or its store is gone: then a later start may tell it once more, as abandoned);
 * `others`: whoever has the pipeline now tells it, and only the caller's own view is told here.
 */
async function whomToTell({ execution, journal, log }: EndOfRun): Promise<"ours" | "all" | "others"> {
  const ends = journal?.ends;
  const { stop } = execution;
  if (journal === undefined || ends === undefined) return "all";
  if (stop?.kind === "lost" && !isTakenOver(stop.error)) return "all";
  try {
    const own = { start: ends.start, runId: journal.runId, tries: 0 };
    return (await ends.outbox.claim(own)) ? "ours" : "others";
  } catch (thrown) {
    if (!(thrown instanceof CairnError) || thrown.kind !== "world") throw thrown;
    if (!isTakenOver(thrown)) {
      log.say(
        "warn",
        `hooks are not told of the end of this run now, but by a later one: ${messageOf(thrown)}`,
      );
    }
    return "others";
  }
}

async function settleOwn({ journal, log }: EndOfRun): Promise<void> {
  if (journal?.ends === undefined) return;
  const { outbox, start } = journal.ends;
  try {
    await outbox.settle({ start, runId: journal.runId, tries: 1 });
  } catch (thrown) {
    if (!(thrown instanceof CairnError) || thrown.kind !== "world") throw thrown;
    log.say("warn", `a later run may tell hooks again of the end of this one: ${messageOf(thrown)}`);
  }
}
