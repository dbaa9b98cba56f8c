import { takeStream } from "../../base/mod.ts";
import type { PluginDefinition, ResolvedType } from "../../plugin/mod.ts";
import { componentEnv } from "./component-env.ts";
import { type Libc, openLibc } from "./libc.ts";
import { type FromWorker, LOG_MARKER, OUTPUT_MARKER, type ToWorker } from "./protocol.ts";
import { WorkerSession } from "./session.ts";
import { toWireError } from "./wire-error.ts";
import { writeWhole } from "./write-whole.ts";

/** How often in a row the event loop must be found empty before a component counts as stuck, and the time between, in ms. */
const EMPTY_TIMES = 5;
const EMPTY_INTERVAL_MS = 40;
/** The two streams that are looked after, stdout and stderr. */
const STREAMS = [1, 2] as const;

/** A socket that nothing is ever written to: its other end closes when the runner dies, however it dies. */
const LIFELINE_FD = 3;

/** What the executable gives to its worker processes. */
export interface WorkerParts {
  readonly builtins: ReadonlyMap<string, PluginDefinition>;
  codeHash(resolved: ResolvedType): Promise<string>;
  /** Installs the modules that plugins may import. */
  prepare(): Promise<void>;
}

/** Ends the worker's own process group; nothing returns from it. */
function endOwnGroup(): void {
  process.kill(-process.pid, "SIGKILL");
}

/** Dies with the runner, even in a busy loop, with all that components started, and at once where the runner is gone already. */
function bindToRunner(libc: Libc, runnerPid: number): void {
  if (!libc.endGroupAtClose(LIFELINE_FD)) libc.dieWithParent();
  if (process.platform === "linux" && process.ppid !== runnerPid) endOwnGroup();
  process.on("disconnect", endOwnGroup);
}

/** How often a worker looks within the time that its runner may be silent. */
const LOOKS = 8;

/**
 * Ends the group where the runner was silent for too long: it may have been taken for dead. Time in which this process
 * was busy or stopped counts as one look: what the runner said meanwhile has not been read yet.
 */
function watchSilence(firstLimitMs: number): (message: ToWorker) => void {
  let limitMs = firstLimitMs;
  let silentMs = 0;
  let looked = performance.now();
  const look = (): void => {
    const now = performance.now();
    silentMs += Math.min(now - looked, (2 * limitMs) / LOOKS);
    looked = now;
    if (silentMs > limitMs) endOwnGroup();
  };
  let timer = setInterval(look, limitMs / LOOKS).unref();
  return (message) => {
    silentMs = 0;
    if (message.kind !== "ping" || message.silenceMs === limitMs) return;
    limitMs = message.silenceMs;
    clearInterval(timer);
    timer = setInterval(look, limitMs / LOOKS).unref();
  };
}

/** What was printed is in the pipes by now; where some of it is unread there, a marker follows it. */
function makeOutputEnd(libc: Libc): () => number | undefined {
  let marker = 0;
  return () => {
    if (!STREAMS.some((fd) => libc.unreadBytes(fd) > 0)) return undefined;
    marker++;
    for (const fd of STREAMS) writeWhole(fd, `${OUTPUT_MARKER}${marker}\n`);
    return marker;
  };
}

/**
 * Finds components that wait for something that can't happen any more. While a component runs, the channel
 * to the runner does not keep the process alive; so when nothing else does either, `beforeExit` comes.
 * A component that asked for its signal may rightly wait for that alone.
 */
function watchStuck(session: () => WorkerSession, send: (message: FromWorker) => void): StuckWatch {
  let empty = 0;
  let told = false;
  const channel = process.channel;
  process.on("beforeExit", () => {
    if (!session().busy) return;
    empty++;
    if (empty >= EMPTY_TIMES && !told) {
      told = true;
      channel?.ref();
      if (session().current?.signalRead() !== true) return send({ kind: "stuck" });
      send({ kind: "log", level: "warn", message: "nothing is left to wait for but the signal to stop" });
      return undefined;
    }
    // Some work keeps no event loop alive and still ends; it gets a little time, again and again.
    setTimeout(() => undefined, EMPTY_INTERVAL_MS);
    return undefined;
  });
  return {
    running(begins) {
      empty = 0;
      told = false;
      if (begins) channel?.unref();
      else channel?.ref();
    },
    waiting(begins) {
      empty = 0;
      if (begins) channel?.ref();
      else channel?.unref();
    },
  };
}

interface StuckWatch {
  running(begins: boolean): void;
  waiting(begins: boolean): void;
}

/**
 * The life of a worker process: argv is `__worker RUNNER_PID SILENCE_MS`. It serves its runner over IPC
 * and ends when told so, when the runner is gone, or was silent for SILENCE_MS. Resolves when it listens: a
 * main module that were still awaiting something would keep the event loop from ever being found empty.
 */
export async function runWorkerProcess(args: readonly string[], parts: WorkerParts): Promise<void> {
  const [runnerPid, silenceMs] = args.map(Number);
  if (process.send === undefined || !runnerPid || !silenceMs) {
    throw new Error("a worker is started by a runner, not by hand");
  }
  const libc = openLibc();
  bindToRunner(libc, runnerPid);
  libc.adoptOrphans();
  takeStream("stdout", false, (chunk) => writeWhole(1, chunk));
  takeStream("stderr", false, (chunk) => writeWhole(2, chunk));
  const heard = watchSilence(silenceMs);
  const send = (message: FromWorker): void => {
    process.send?.(message);
  };
  const uncaught = (thrown: unknown): void =>
    send({ kind: "uncaught", error: toWireError(thrown), running: session.busy });
  process.on("uncaughtException", uncaught);
  process.on("unhandledRejection", uncaught);
  const watch = watchStuck(() => session, send);
  const session: WorkerSession = new WorkerSession({
    send,
    builtins: parts.builtins,
    env: componentEnv(process.env),
    cwd: process.cwd(),
    codeHash: (resolved) => parts.codeHash(resolved),
    waiting: (begins) => watch.waiting(begins),
    running: (begins) => watch.running(begins),
    finishOutput: makeOutputEnd(libc),
    hasLeftovers: () => libc.hasChildren(),
    frameLog: (frame) => `${LOG_MARKER}${JSON.stringify(frame)}\n`,
  });
  await parts.prepare();
  process.on("message", (message: ToWorker) => {
    heard(message);
    // Components may have left anything behind; nothing of it is waited for.
    if (message.kind !== "close") return session.receive(message);
    if (message.last === undefined) process.exit(0);
    void session.endRun().finally(() => process.exit(0));
  });
  send({ kind: "ready" });
}
