import { describe, expect, test } from "bun:test";
import type { LogLine } from "../../src/api/mod.ts";
import { liveArea } from "../../src/cli/live-area.ts";
import { createLog, type Log, type LogFormat } from "../../src/cli/log.ts";
import type { Sink } from "../../src/cli/output.ts";
import { liveView } from "../../src/cli/live-view.ts";
import { jsonView, plainView, quietView } from "../../src/cli/run-view.ts";
import { createStyle } from "../../src/cli/style.ts";
import { screenOf } from "./screen.ts";

const AT = Date.UTC(2026, 10, 23, 20, 11, 2, 113);
const plain = createStyle(false);

/** A sink that keeps what it gets. */
function memorySink(columns = 100): Sink & { readonly written: string[] } {
  const written: string[] = [];
  return {
    written,
    isTerminal: true,
    columns: () => columns,
    write: (text) => written.push(String(text)),
    flush: async () => {},
    ready: () => undefined,
  };
}

function logTo(written: string[], format: LogFormat, level: "trace" | "info" | "error" = "info"): Log {
  return createLog({ format, level, style: plain, write: (text) => written.push(text), now: () => AT });
}

const line: LogLine = {
  at: AT,
  level: "info",
  component: "Extract(orders)",
  source: "log",
  message: "fetched",
  fields: { rows: 3 },
};

const run = {
  runId: "0199c3",
  rootRunId: "0199c3",
  runKey: undefined,
  pipelineName: "Daily ETL",
  resumedFrom: undefined,
  totalComponents: 2,
};
const component = { ...run, name: "Extract(orders)", type: "x.Extract", index: 0, config: {}, attempt: 1 };
const error = {
  name: "TypeError",
  message: "boom\nmore",
  code: undefined,
  hint: undefined,
  stack: undefined,
};

describe("log lines", () => {
  test("plain ones have time, level, component, message and fields", () => {
    const written: string[] = [];
    logTo(written, "plain").line(line);
    logTo(written, "plain").line({
      ...line,
      component: undefined,
      source: "runner",
      fields: undefined,
      level: "warn",
    });
    logTo(written, "plain").line({ ...line, source: "stdout", fields: undefined, message: "raw" });
    expect(written).toEqual([
      "2026-11-23T20:11:02.113Z info  Extract(orders): fetched rows=3\n",
      "2026-11-23T20:11:02.113Z warn  fetched\n",
      "2026-11-23T20:11:02.113Z info  Extract(orders): stdout: raw\n",
    ]);
  });

  test("JSON ones are one object a line", () => {
    const written: string[] = [];
    logTo(written, "json").line({ ...line, message: "two\nlines" });
    expect(written.join("").split("\n").length).toBe(2);
    expect(JSON.parse(written.join(""))).toEqual({
      event: "log",
      level: "info",
      message: "two\nlines",
      source: "log",
      component_name: "Extract(orders)",
      fields: { rows: 3 },
      timestamp: "2026-11-23T20:11:02.113Z",
    });
  });

  test("lines below the level are left out, equal lines are not", () => {
    const written: string[] = [];
    const log = logTo(written, "plain");
    log.say("debug", "no");
    for (let i = 0; i < 20; i++) log.say("info", "again");
    expect(written.length).toBe(20);
    expect(log.shows("info")).toBe(true);
    expect(log.shows("debug")).toBe(false);
  });

  test("what a component says can't steer the terminal", () => {
    const written: string[] = [];
    logTo(written, "pretty").line({
      ...line,
      message: "\u001B]0;title\u0007\u001B[2J",
      component: "a\u001Bb",
    });
    expect(written.join("")).not.toContain("\u001B");
    expect(written.join("")).toContain(String.raw`\x1b]0;title\x07\x1b[2J`);
  });
});

describe("plain view", () => {
  test("gives a line for each thing that happens", async () => {
    const written: string[] = [];
    const { hooks } = plainView(logTo(written, "plain"));
    await hooks.beforePipeline?.({ ...run, failFast: true, resumedFrom: "0198aa" });
    await hooks.afterComponent?.({ ...component, durationMs: 0, status: "restored", outputs: null });
    await hooks.beforeComponent?.({ ...component, index: 1 });
    await hooks.afterComponent?.({
      ...component,
      index: 1,
      durationMs: 1234,
      status: "completed",
      outputs: null,
    });
    await hooks.onRetryAttempt?.({ ...component, maxAttempts: 3, delayMs: 1000, error });
    await hooks.onComponentFailure?.({ ...component, durationMs: 12, error });
    await hooks.afterPipeline?.({
      ...run,
      status: "failed",
      durationMs: 2000,
      completed: 1,
      failed: 1,
      error,
    });
    expect(written.map((text) => text.slice("2026-11-23T20:11:02.113Z ".length))).toEqual([
      'info  pipeline "Daily ETL" started: run 0199c3, 2 components, resumes 0198aa\n',
      "info  1/2 Extract(orders) restored\n",
      "info  2/2 Extract(orders) started\n",
      "info  2/2 Extract(orders) completed in 1.2 s\n",
      "error 1/2 Extract(orders) failed after 12 ms: TypeError: boom\n  more\n",
      'info  pipeline "Daily ETL" failed in 2.0 s: 1 of 2 completed, 1 failed\n',
    ]);
  });
});

describe("quiet and JSON views", () => {
  test("quiet shows errors only", () => {
    const written: string[] = [];
    const { observer, hooks } = quietView(logTo(written, "plain", "error"));
    observer.log?.(line);
    observer.log?.({ ...line, level: "error" });
    expect(written.length).toBe(1);
    expect(Object.keys(hooks)).toEqual(["name"]);
  });

  test("JSON hands the structured hooks through", () => {
    const hooks = { name: "structured" };
    expect(jsonView(logTo([], "json"), hooks).hooks).toBe(hooks);
  });
});

describe("live view", () => {
  test("shows a line per running component, and leaves one for each that ended", async () => {
    const sink = memorySink();
    const area = liveArea(sink);
    const log = createLog({
      format: "pretty",
      level: "info",
      style: plain,
      write: (text) => area.print(text),
      now: () => AT,
    });
    let now = 0;
    const view = liveView({ area, log, style: plain, steady: () => now });
    const { hooks, observer } = view;
    await hooks.beforePipeline?.({ ...run, failFast: true });
    await hooks.afterComponent?.({ ...component, durationMs: 0, status: "restored", outputs: null });
    await hooks.beforeComponent?.({ ...component, index: 1, name: "Load" });
    observer.progress?.({ index: 1, component: "Load", done: 10, total: 100, label: "a.csv" });
    now = 10_000;
    observer.progress?.({ index: 1, component: "Load", done: 60, total: 100, label: "b.csv" });
    observer.log?.(line);
    await hooks.beforeComponent?.({ ...component, index: 0 });
    expect(screenOf(sink.written.join(""), 100)).toEqual([
      "Daily ETL run 0199c3",
      "↺ 1/2 Extract(orders) restored from the checkpoint",
      "  │ Extract(orders) fetched rows=3",
      "⠋ 2/2 Load 10 s ████████████░░░░░░░░ 60% 60/100, about 8 s left b.csv",
      "⠋ 1/2 Extract(orders) 0 s",
    ]);
    await hooks.afterComponent?.({
      ...component,
      index: 1,
      name: "Load",
      durationMs: 10_000,
      status: "completed",
      outputs: null,
    });
    await hooks.onComponentFailure?.({ ...component, durationMs: 12, error });
    await hooks.afterPipeline?.({
      ...run,
      status: "failed",
      durationMs: 2000,
      completed: 1,
      failed: 1,
      error,
    });
    view.close();
    expect(screenOf(sink.written.join(""), 100)).toEqual([
      "Daily ETL run 0199c3",
      "↺ 1/2 Extract(orders) restored from the checkpoint",
      "  │ Extract(orders) fetched rows=3",
      "✔ 2/2 Load 10.0 s",
      "✖ 1/2 Extract(orders) 12 ms TypeError: boom",
    ]);
  });

  test("lines never wrap, however long a name or narrow a terminal", async () => {
    const sink = memorySink(30);
    const area = liveArea(sink);
    const view = liveView({ area, log: logTo([], "pretty"), style: createStyle(true), steady: () => 0 });
    await view.hooks.beforeComponent?.({ ...component, name: "数据".repeat(40) });
    await view.hooks.beforeComponent?.({ ...component, index: 1, name: "x".repeat(400) });
    expect(screenOf(sink.written.join(""), 30).length).toBe(2);
    view.close();
    expect(screenOf(sink.written.join(""), 30)).toEqual([]);
  });
});
