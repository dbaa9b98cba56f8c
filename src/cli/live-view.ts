import { durationText } from "../base/mod.ts";
import type { PipelineHooks, ProgressReport } from "../api/mod.ts";
import type { LiveArea } from "./live-area.ts";
import type { Log } from "./log.ts";
import { placeText, type RunView } from "./run-view.ts";
import { type Style, visible } from "./style.ts";

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
  const live = new LiveComponents(request);
  const { log } = request;
  return {
    hooks: liveHooks(live, request),
    observer: { log: (line) => log.line(line), progress: (report) => live.progress(report) },
    close: () => live.close(),
  };
}

/** The components that run now, and the lines that show them. */
class LiveComponents {
  readonly #request: LiveRequest;
  readonly #running = new Map<number, Running>();
  readonly #timer: NodeJS.Timeout;
  #frame = 0;

  constructor(request: LiveRequest) {
    this.#request = request;
    this.#timer = setInterval(() => {
      this.#frame++;
      if (this.#running.size > 0) this.#redraw();
    }, REDRAW_MS);
    this.#timer.unref();
  }

  start(index: number, title: string): void {
    const since = this.#request.steady();
    this.#running.set(index, {
      title,
      since,
      progress: undefined,
      progressSince: undefined,
      note: undefined,
    });
    this.#redraw();
  }

  /** Says something in place of progress: that a retry waits. */
  note(index: number, text: string): void {
    const here = this.#running.get(index);
    if (here) here.note = text;
  }

  progress(report: ProgressReport): void {
    const here = this.#running.get(report.index);
    if (here === undefined) return;
    here.progress = report;
    here.progressSince ??= { at: this.#request.steady(), done: report.done };
  }

  /** A line that stays, in the place of the component's live one. */
  end(index: number, text: string): void {
    this.#running.delete(index);
    this.#redraw();
    this.stay(text);
  }

  stay(text: string): void {
    this.#request.area.print(`${text}\n`);
  }

  clear(): void {
    this.#running.clear();
    this.#request.area.draw([]);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#request.area.close();
  }

  #redraw(): void {
    const { style, area } = this.#request;
    const now = this.#request.steady();
    const lines = [...this.#running.values()].map((each) => runningLine(each, now, this.#frame, style));
    const more = lines.length - MAX_LINES;
    area.draw(more > 0 ? [...lines.slice(0, MAX_LINES), style.dim(`  … and ${more} more`)] : lines);
  }
}

function liveHooks(live: LiveComponents, { log, style }: LiveRequest): PipelineHooks {
  return {
    name: "cairn.live",
    beforePipeline(run) {
      const resumes = run.resumedFrom === undefined ? "" : style.dim(`, resumes ${run.resumedFrom}`);
      live.stay(`${style.bold(visible(run.pipelineName))} ${style.dim(`run ${run.runId}`)}${resumes}`);
    },
    beforeComponent(component) {
      const attempt = component.attempt > 1 ? ` (attempt ${component.attempt})` : "";
      live.start(component.index, placeText(component) + attempt);
    },
    afterComponent(component) {
      live.end(component.index, endedLine(component, style));
    },
    onComponentFailure(component) {
      const { error } = component;
      const first = visible(error.message).split("\n")[0] ?? "";
      const what = `${style.red("✖")} ${placeText(component)} ${style.dim(durationText(component.durationMs))}`;
      live.end(component.index, `${what} ${style.red(`${visible(error.name)}: ${first}`)}`);
    },
    onRetryAttempt(component) {
      const { error, attempt, maxAttempts, delayMs } = component;
      live.note(
        component.index,
        `waits for attempt ${attempt} of ${maxAttempts} (in ${durationText(delayMs)})`,
      );
      log.say("warn", `${placeText(component)} failed: ${error.name}: ${error.message}`);
    },
    afterPipeline() {
      live.clear();
    },
  };
}

type AfterComponent = Parameters<NonNullable<PipelineHooks["afterComponent"]>>[0];

function endedLine(component: AfterComponent, style: Style): string {
  const where = placeText(component);
  switch (component.status) {
    case "completed":
      return `${style.green("✔")} ${where} ${style.dim(durationText(component.durationMs))}`;
    case "restored":
      return `${style.cyan("↺")} ${where} ${style.dim("restored from the checkpoint")}`;
    case "skipped":
      return `${style.yellow("↷")} ${where} ${style.dim("skipped")}`;
  }
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
