import { type JsonObject, type JsonValue, systemClock } from "../../base/mod.ts";
import type { Artifact } from "../../checkpoint/mod.ts";
import { openDataFiles } from "../../files/mod.ts";
import {
  type ArtifactOptions,
  type ComponentContext,
  type ComponentLog,
  CONTEXT_FACTS,
  type ContextFacts,
  AttemptOutputs,
  type IntentRunner,
  type KnownAction,
  type LogLevel,
  makeIntent,
  makeOutputs,
  makeStep,
  type OpenSpark,
  PermanentError,
  type RunInfo,
} from "../../sdk/mod.ts";
import { processFacts } from "../../store/mod.ts";
import { recordArtifact } from "../artifact.ts";
import type { AttemptSecrets } from "./attempt-secrets.ts";
import { logFields } from "./log-fields.ts";
import type { AttemptAsk, AttemptOrder, FromWorker, RunFacts } from "./protocol.ts";
import type { ProgressSender } from "./progress.ts";

/** What an attempt needs of the process it runs in. */
export interface AttemptHost {
  send(message: FromWorker): void;
  /** See {@link ContextFacts}. */
  readonly frameLog: ContextFacts["frameLog"];
  /** Sends a step's result; resolves when it is durable. */
  keepStep(name: string, result: JsonValue): Promise<void>;
  /** Asks the runner; resolves when what it is told is durable. */
  ask(body: AttemptAsk): Promise<JsonValue | undefined>;
  readonly secrets: Pick<AttemptSecrets, "get" | "isIn">;
  readonly run: RunFacts;
  /** Outputs of completed components by name. */
  readonly completed: ReadonlyMap<string, JsonValue | undefined>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly progress: ProgressSender;
  readonly spark: OpenSpark;
}

/** A context, and what the component did with it. */
export interface Context {
  readonly context: ComponentContext;
  readonly artifacts: readonly Artifact[];
  /** Waits for artifacts that are still being looked at, and brings outputs to their places; gives what is to be published. */
  settle(): Promise<readonly JsonObject[]>;
  /** Gives back connections. */
  close(): Promise<void>;
  /** True once the component has asked for the signal: it may be waiting for it. */
  signalRead(): boolean;
}

const LEVELS: readonly LogLevel[] = ["trace", "debug", "info", "warn", "error"];

function makeLog(host: AttemptHost): ComponentLog {
  const log: Partial<Record<LogLevel, ComponentLog[LogLevel]>> = {};
  for (const level of LEVELS) {
    log[level] = (message, fields) => {
      host.send({
        kind: "log",
        level,
        // Plugins in JavaScript may give anything.
        message: typeof message === "string" ? message : String(message),
        fields: fields === undefined ? undefined : logFields(fields),
      });
    };
  }
  return log as ComponentLog;
}

/** An artifact is found again by its name, so the name can't be masked. */
function secretArtifact(): Error {
  return new PermanentError("an artifact's name holds a secret", {
    code: "ARTIFACT_NAME_SECRET",
    hint: "Name it without credentials; its name is in the checkpoint, where secrets have no place.",
  });
}

function makeStaging(order: AttemptOrder, signal: AbortSignal, host: AttemptHost): AttemptOutputs {
  const { run, env, cwd } = host;
  return new AttemptOutputs({
    check: (uri) => {
      if (host.secrets.isIn(uri)) throw secretArtifact();
    },
    files: () => openDataFiles({ folder: cwd, env, hadoop: run.spark?.config }),
    rootRunId: run.rootRunId,
    component: order.name,
    signal,
    kept: order.kept ?? [],
    note: async (staged) => void (await host.ask({ what: "stage", staged })),
    dropped: async (staged) => void (await host.ask({ what: "unstage", staged })),
  });
}

function makeIntents(order: AttemptOrder, signal: AbortSignal, host: AttemptHost): IntentRunner {
  return makeIntent({
    rootRunId: host.run.rootRunId,
    component: order.name,
    signal,
    clock: systemClock,
    begin: async (key) => (await host.ask({ what: "begin", key, launcher: processFacts() })) as KnownAction,
    again: async (key) => void (await host.ask({ what: "again", key, launcher: processFacts() })),
    done: async (key, result) => void (await host.ask({ what: "done", key, result })),
    cancelled: async (key) => void (await host.ask({ what: "cancelled", key })),
  });
}

function runInfo(order: AttemptOrder, run: RunFacts): RunInfo {
  return {
    runId: run.runId,
    rootRunId: run.rootRunId,
    runKey: run.runKey,
    pipelineName: run.pipelineName,
    componentName: order.name,
    attempt: order.attempt,
    resumedFrom: run.resumedFrom,
    index: order.index,
    total: run.total,
    configFolder: run.configFolder,
  };
}

/** Makes what a component's `run` is given. */
export function makeContext(
  order: AttemptOrder,
  config: unknown,
  signal: AbortSignal,
  host: AttemptHost,
): Context {
  const artifacts: Artifact[] = [];
  const pending = new Set<Promise<void>>();
  let signalRead = false;
  const staging = makeStaging(order, signal, host);
  const artifact = (pathOrUri: string, options: ArtifactOptions = {}): Promise<void> => {
    if (host.secrets.isIn(pathOrUri)) return Promise.reject(secretArtifact());
    const looked = recordArtifact(pathOrUri, options, host.cwd, staging.files).then((found) => {
      const same = artifacts.findIndex((other) => other.uri === found.uri);
      if (same === -1) artifacts.push(found);
      else artifacts[same] = found;
      return undefined;
    });
    pending.add(looked);
    return looked;
  };
  const context: ComponentContext = {
    config,
    log: makeLog(host),
    get signal() {
      signalRead = true;
      return signal;
    },
    step: makeStep({ known: order.steps ?? {}, keep: (name, result) => host.keepStep(name, result) }),
    progress: (done, total, label) => host.progress.report(done, total, label),
    outputs: makeOutputs(host.completed),
    [CONTEXT_FACTS]: {
      steps: order.steps ?? {},
      completed: host.completed,
      cwd: host.cwd,
      frameLog: host.frameLog,
    },
    artifact,
    output: staging.open,
    intent: makeIntents(order, signal, host),
    secrets: { get: (reference) => host.secrets.get(reference) },
    run: runInfo(order, host.run),
    env: host.env,
    spark: host.spark.spark,
  };
  return {
    context,
    artifacts,
    settle: async () => {
      await Promise.all(pending);
      return staging.finish();
    },
    close: async () => {
      await Promise.all([staging.close(), host.spark.close()]);
    },
    signalRead: () => signalRead,
  };
}
