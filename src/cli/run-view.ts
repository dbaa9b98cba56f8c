import { durationText } from "../base/mod.ts";
import type { LogLine, PipelineHooks, ProgressReport, RunObserver } from "../api/mod.ts";
import type { LiveArea } from "./live-area.ts";
import type { Log } from "./log.ts";
import { type Style, visible } from "./style.ts";

/** How a run shows itself while it goes on. */
export interface RunView {
  readonly hooks: PipelineHooks;
  readonly observer: RunObserver;
  /** Takes away what is only for the time of the run. */
  close(): void;
}

/** A component as `2/7 Transform(clean)`. */
function place(component: {
  readonly index: number;
  readonly totalComponents: number;
  readonly name: string;
}): string {
  return `${component.index + 1}/${component.totalComponents} ${visible(component.name)}`;
}

/** One plain line per event, for files and pipes. */
export function plainView(log: Log): RunView {
  const hooks: PipelineHooks = {
    name: "cairn.log",
    beforePipeline(run) {
      const resumes = run.resumedFrom === undefined ? "" : `, resumes ${run.resumedFrom}`;
      const count = `${run.totalComponents} ${run.totalComponents === 1 ? "component" : "components"}`;
      log.say(
        "info",
        `pipeline ${JSON.stringify(run.pipelineName)} started: run ${run.runId}, ${count}${resumes}`,
      );
    },
    beforeComponent(component) {
      const attempt = component.attempt > 1 ? ` (attempt ${component.attempt})` : "";
      log.say("info", `${place(component)} started${attempt}`);
    },
    afterComponent(component) {
      const time = component.status === "restored" ? "" : ` in ${durationText(component.durationMs)}`;
      log.say("info", `${place(component)} ${component.status}${time}`);
    },
    onComponentFailure(component) {
      const { error } = component;
      log.say(
        "error",
        `${place(component)} failed after ${durationText(component.durationMs)}: ${error.name}: ${error.message}`,
      );
    },
    onRetryAttempt(component) {
      const { error, attempt, maxAttempts } = component;
      const when = `attempt ${attempt} of ${maxAttempts} follows in ${durationText(component.delayMs)}`;
      log.say("warn", `${place(component)} failed: ${error.name}: ${error.message}; ${when}`);
    },
    afterPipeline(run) {
      const failed = run.failed === 0 ? "" : `, ${run.failed} failed`;
      const done = `${run.completed} of ${run.totalComponents} completed${failed}`;
      log.say(
        "info",
        `pipeline ${JSON.stringify(run.pipelineName)} ${run.status} in ${durationText(run.durationMs)}: ${done}`,
      );
    },
  };
  return { hooks, observer: { log: (line) => log.line(line) }, close: () => undefined };
}

/** Nothing on success: warnings and errors only. */
export function quietView(log: Log): RunView {
  return {
    hooks: { name: "cairn.quiet" },
    observer: { log: (line) => log.line(line) },
    close: () => undefined,
  };
}

/** JSON lines: the structured logging hooks, and log lines between them. `structured` are the API's hooks writing to the same place. */
export function jsonView(log: Log, structured: PipelineHooks): RunView {
  return { hooks: structured, observer: { log: (line) => log.line(line) }, close: () => undefined };
}

/** Frames of the spinner (braille patterns), and how often the live lines are redrawn, ms. */
const SPINNER = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const REDRAW_MS = 100;
const BAR_WIDTH = 20;
/** Live lines at most; what is beyond is counted. */
const MAX_LINES = 12;

interface Running {
  readonly title: string;
  readonly since: number;
  progress: ProgressReport | undefined;
  /** When the first progress report came, for the rate. */
  progressSince: { readonly at: number; readonly done: number } | undefined;
  /** Set while a retry waits. */
  note: string | undefined;
}

/** What the live view draws with. */
export interface LiveRequest {
  readonly area: LiveArea;
  readonly log: Log;
  readonly style: Style;
  /** Milliseconds that never go back. */
  steady(): number;
}

/** For terminals: one live line per running component, and a line that stays for each that ended. */
export function liveView(request: LiveRequest): RunView {
  const { area, log, style } = request;
  const running = new Map<number, Running>();
  let frame = 0;
  const redraw = (): void => {
    const now = request.steady();
    const lines = [...running.values()].map((each) => runningLine(each, now, frame, style));
    const more = lines.length - MAX_LINES;
    area.draw(more > 0 ? [...lines.slice(0, MAX_LINES), style.dim(`  … and ${more} more`)] : lines);
  };
  const timer = setInterval(() => {
    frame++;
    if (running.size > 0) redraw();
  }, REDRAW_MS);
  timer.unref();
  const stay = (text: string): void => area.print(`${text}\n`);
  const ended = (index: number, text: string): void => {
    running.delete(index);
    stay(text);
    redraw();
  };
  const hooks: PipelineHooks = {
    name: "cairn.live",
    beforePipeline(run) {
      const resumes = run.resumedFrom === undefined ? "" : style.dim(`, resumes ${run.resumedFrom}`);
      stay(`${style.bold(visible(run.pipelineName))} ${style.dim(`run ${run.runId}`)}${resumes}`);
    },
    beforeComponent(component) {
      const title = place(component) + (component.attempt > 1 ? ` (attempt ${component.attempt})` : "");
      const since = request.steady();
      running.set(component.index, {
        title,
        since,
        progress: undefined,
        progressSince: undefined,
        note: undefined,
      });
      redraw();
    },
    afterComponent(component) {
      const { status, durationMs } = component;
      const text =
        status === "completed"
          ? `${style.green("✔")} ${place(component)} ${style.dim(durationText(durationMs))}`
          : status === "restored"
            ? `${style.cyan("↺")} ${place(component)} ${style.dim("restored from the checkpoint")}`
            : `${style.yellow("↷")} ${place(component)} ${style.dim("skipped")}`;
      ended(component.index, text);
    },
    onComponentFailure(component) {
      const { error } = component;
      const first = visible(error.message).split("\n")[0] ?? "";
      const what = `${style.red("✖")} ${place(component)} ${style.dim(durationText(component.durationMs))}`;
      ended(component.index, `${what} ${style.red(`${visible(error.name)}: ${first}`)}`);
    },
    onRetryAttempt(component) {
      const { error, attempt, maxAttempts, delayMs } = component;
      const here = running.get(component.index);
      if (here) here.note = `waits for attempt ${attempt} of ${maxAttempts} (in ${durationText(delayMs)})`;
      log.say("warn", `${place(component)} failed: ${error.name}: ${error.message}`);
    },
    afterPipeline() {
      running.clear();
      area.draw([]);
    },
  };
  const observer: RunObserver = {
    log: (line: LogLine) => log.line(line),
    progress(report) {
      const here = running.get(report.index);
      if (here === undefined) return;
      here.progress = report;
      here.progressSince ??= { at: request.steady(), done: report.done };
    },
  };
  return {
    hooks,
    observer,
    close() {
      clearInterval(timer);
      area.close();
    },
  };
}

/** A moving time changes once a second: `0 s`, `12 s`, `3 min 5 s`. */
function wholeSeconds(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  return seconds < 60 ? `${seconds} s` : durationText(seconds * 1000);
}

/** `⠹ 2/7 Transform(clean) 12 s ████████░░░░░░░░░░░░ 41% 410/1000 about 17 s left  orders.csv` */
function runningLine(each: Running, now: number, frame: number, style: Style): string {
  const elapsed = style.dim(wholeSeconds(now - each.since));
  const spinner = style.cyan(SPINNER[frame % SPINNER.length] ?? "");
  const note = each.note ?? progressText(each, now, style);
  return `${spinner} ${each.title} ${elapsed}${note === "" ? "" : ` ${note}`}`;
}

function progressText(each: Running, now: number, style: Style): string {
  const { progress, progressSince } = each;
  if (progress === undefined || progressSince === undefined) return "";
  const label = progress.label === undefined ? "" : ` ${style.dim(visible(progress.label))}`;
  const { done, total } = progress;
  if (total === undefined || total <= 0) return `${done}${label}`;
  const share = Math.min(1, Math.max(0, done / total));
  const full = Math.round(share * BAR_WIDTH);
  const bar = `${style.green("█".repeat(full))}${style.dim("░".repeat(BAR_WIDTH - full))}`;
  return `${bar} ${Math.floor(share * 100)}% ${style.dim(`${done}/${total}${remaining(progressSince, done, total, now)}`)}${label}`;
}

/** The time left at the rate since the first report; nothing before there is a rate. */
function remaining(
  since: { readonly at: number; readonly done: number },
  done: number,
  total: number,
  now: number,
): string {
  const made = done - since.done;
  const took = now - since.at;
  if (made <= 0 || took < 1000 || done >= total) return "";
  return `, about ${wholeSeconds((took * (total - done)) / made)} left`;
}
