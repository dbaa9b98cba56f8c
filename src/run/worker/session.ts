import type { JsonValue } from "../../base/mod.ts";
import {
  type CheckedConfig,
  decodePluginConfig,
  inspectPlugins,
  inspectType,
  type Inspection,
  type PluginDefinition,
  type ResolvedType,
} from "../../plugin/mod.ts";
import {
  type ComponentDefinition,
  jsonResult,
  openSpark,
  PermanentError,
  steeringOf,
} from "../../sdk/mod.ts";
import { type AttemptHost, type Context, makeContext } from "./component-context.ts";
import { AttemptSecrets } from "./attempt-secrets.ts";
import { attemptContracts, declaredContracts } from "./contracts.ts";
import { Definitions } from "./definitions.ts";
import { makeProgress, type ProgressSender } from "./progress.ts";
import type {
  AttemptEnd,
  AttemptOrder,
  Described,
  DescribeItem,
  FromWorker,
  LogFrame,
  InspectOrder,
  RunFacts,
  ToWorker,
  WireError,
} from "./protocol.ts";
import { fromWireError, toWireError } from "./wire-error.ts";

/** What a worker's surroundings give it: a process of its own, or the runner itself. */
export interface WorkerHost {
  send(message: FromWorker): void;
  readonly builtins: ReadonlyMap<string, PluginDefinition>;
  /** Of the components: cleaned of what is ours. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** SHA-256 over a plugin's code. */
  codeHash(resolved: ResolvedType): Promise<string>;
  /** Called when the worker begins and ends to wait for the runner while a component runs. */
  waiting?(begins: boolean): void;
  /** Called when a component begins and ends. */
  running?(begins: boolean): void;
  /** Answers the number of a marker that ends the output, where some of it is still on its way. */
  finishOutput?(): number | undefined;
  /** True where processes that components started are still there. */
  hasLeftovers?(): boolean;
  /** A log line as it can be printed; absent where lines are best told at once. */
  readonly frameLog?: (frame: LogFrame) => string;
}

interface Running {
  readonly order: AttemptOrder;
  readonly abort: AbortController;
  /** Steps and secrets that the runner has not answered yet. */
  readonly asked: Map<number, { resolve(answer: JsonValue | undefined): void; reject(error: Error): void }>;
  context: Context | undefined;
}

async function describeOne(
  item: DescribeItem,
  redact: readonly string[],
  host: WorkerHost,
  definitions: Definitions,
): Promise<Described> {
  try {
    const definition = await definitions.get(item.resolved);
    const decoded = decodePluginConfig(item.resolved.type, definition, {
      value: item.config,
      numberTexts: item.numberTexts,
      redact,
    });
    const files = decoded.issues.length === 0 ? definition.files(decoded.config) : [];
    const tells = item.contracts === true && decoded.issues.length === 0;
    return {
      at: item.at,
      checked: withoutValue(decoded),
      codeHash: await host.codeHash(item.resolved),
      ...(files.length === 0 ? {} : { files }),
      ...(tells ? { contracts: declaredContracts(definition, decoded.config) } : {}),
    };
  } catch (thrown) {
    return { at: item.at, problem: toWireError(thrown) };
  }
}

async function inspect(order: InspectOrder, host: WorkerHost): Promise<Inspection> {
  const { folders, type } = order;
  const request = { folders, builtins: host.builtins, path: host.env["PATH"] };
  if (type === undefined) return inspectPlugins(request);
  const seen = await inspectType(type, request);
  if (seen === undefined) return { plugins: [], problems: [], checked: 0 };
  return "finding" in seen
    ? { plugins: [], problems: [seen], checked: 1 }
    : { plugins: [seen], problems: [], checked: 1 };
}

/** Leaves out what can't cross a process. */
function withoutValue(checked: CheckedConfig): CheckedConfig {
  return { type: checked.type, issues: checked.issues, settings: checked.settings };
}

/** The configuration for one attempt; a new value each time, so that no attempt sees another's changes. */
async function readConfig(
  order: AttemptOrder,
  definition: ComponentDefinition,
  secrets: AttemptSecrets,
): Promise<unknown> {
  const value = await secrets.config(order.config, order.secretPlaces);
  const decoded = decodePluginConfig(order.resolved.type, definition, {
    value,
    numberTexts: order.numberTexts,
  });
  const [issue] = decoded.issues;
  if (issue === undefined) return decoded.config;
  if (value !== order.config) {
    // What a schema says of a value may quote a part of it.
    const where = decoded.issues.map(({ path }) => path.join(".")).join(", ");
    throw new PermanentError("its instance-config is refused once its secrets are filled in", {
      code: "COMPONENT_CONFIG_INVALID",
      hint: `Look at the secrets that it names (at ${where}).`,
    });
  }
  throw new PermanentError(`its instance-config is wrong at ${issue.path.join(".")}: ${issue.message}`, {
    code: "COMPONENT_CONFIG_INVALID",
    hint: issue.hint,
  });
}

function endOfError(thrown: unknown): AttemptEnd {
  if (steeringOf(thrown) === "skip") return { how: "skipped", reason: toWireError(thrown).message };
  return { how: "failed", error: toWireError(thrown) };
}

/** The part of a worker that knows components: loads them, runs one at a time, answers the runner. */
export class WorkerSession {
  readonly #host: WorkerHost;
  readonly #definitions: Definitions;
  readonly #completed = new Map<string, JsonValue | undefined>();
  #releaseSpark: (() => Promise<void>) | undefined;
  #run: RunFacts | undefined;
  #secrets: AttemptSecrets;
  #running: Running | undefined;
  #asks = 0;

  constructor(host: WorkerHost) {
    this.#host = host;
    this.#definitions = new Definitions(host.builtins);
    this.#secrets = this.#attemptSecrets(undefined);
  }

  /** Ends what this worker used for the whole run; what can't be reached ends by itself, on the server. */
  async endRun(): Promise<void> {
    await this.#releaseSpark?.().catch(() => undefined);
  }

  /** The context of the component that runs. */
  get current(): Context | undefined {
    return this.#running?.context;
  }

  get busy(): boolean {
    return this.#running !== undefined;
  }

  receive(message: ToWorker): void {
    switch (message.kind) {
      case "run":
        this.#run = message.run;
        this.#secrets = this.#attemptSecrets(message.run);
        return;
      case "describe":
        this.#describe(message.items, message.redact).catch(this.#fail);
        return;
      case "inspect":
        inspect(message.inspect, this.#host)
          .then((inspection) => this.#host.send({ kind: "inspected", inspection }))
          .catch(this.#fail);
        return;
      case "start":
        this.#start(message.order).catch(this.#fail);
        return;
      case "step-kept":
        this.#answered(message.step, undefined, message.problem);
        return;
      case "secrets-known":
        this.#answered(message.ask, undefined, undefined);
        return;
      case "answer":
        this.#answered(message.ask, message.answer, message.problem);
        return;
      case "abort":
        this.#running?.abort.abort(fromWireError(message.reason));
        return;
      case "ping":
      case "close":
        return;
    }
  }

  readonly #fail = (thrown: unknown): void => {
    this.#host.send({ kind: "uncaught", error: toWireError(thrown), running: this.busy });
  };

  async #describe(items: readonly DescribeItem[], redact: readonly string[]): Promise<void> {
    const described: Described[] = [];
    for (const item of items) described.push(await describeOne(item, redact, this.#host, this.#definitions));
    this.#host.send({ kind: "described", items: described });
  }

  async #start(order: AttemptOrder): Promise<void> {
    const host = this.#host;
    if (this.#run === undefined || this.#running !== undefined) {
      throw new Error("a component was started out of turn");
    }
    for (const [name, outputs] of order.completed) this.#completed.set(name, outputs);
    const active: Running = { order, abort: new AbortController(), asked: new Map(), context: undefined };
    this.#running = active;
    host.running?.(true);
    const end = await this.#perform(active, this.#run);
    const marker = host.finishOutput?.();
    host.running?.(false);
    this.#running = undefined;
    host.send({
      kind: "ended",
      end,
      ...(marker === undefined ? {} : { marker }),
      ...(host.hasLeftovers?.() === true ? { leftovers: true } : {}),
    });
  }

  async #perform(active: Running, facts: RunFacts): Promise<AttemptEnd> {
    const { order } = active;
    const progress = makeProgress((message) => this.#host.send(message));
    try {
      const definition = await this.#definitions.get(order.resolved);
      const attempt = await this.#attemptHost(active, facts, progress);
      const config = await readConfig(order, definition, this.#secrets);
      active.context = makeContext(order, config, active.abort.signal, attempt);
      const contracts = attemptContracts(
        order,
        () => declaredContracts(definition, config),
        (message) => this.#host.send({ kind: "warning", message }),
      );
      contracts?.before(this.#completed);
      const returned = await definition.run(active.context.context);
      const outputs = jsonResult(`the outputs of ${JSON.stringify(order.name)}`, returned);
      contracts?.after(outputs);
      const staged = await active.context.settle();
      const { artifacts } = active.context;
      return {
        how: "completed",
        ...(outputs === undefined ? {} : { outputs }),
        ...(artifacts.length === 0 ? {} : { artifacts }),
        ...(staged.length === 0 ? {} : { staged }),
      };
    } catch (thrown) {
      return endOfError(thrown);
    } finally {
      progress.flush();
      await active.context?.close();
    }
  }

  async #attemptHost(active: Running, given: RunFacts, progress: ProgressSender): Promise<AttemptHost> {
    const { env, cwd } = this.#host;
    const { order, abort } = active;
    const run = { ...given, spark: await this.#secrets.spark(given.spark) };
    const spark = await openSpark({
      settings: run.spark,
      run: { runId: run.runId, componentName: order.name, attempt: order.attempt },
      signal: abort.signal,
      env,
      progress: (done, total, label) => progress.report(done, total, label),
      warn: (message) => this.#host.send({ kind: "log", level: "warn", message, fields: undefined }),
      keep: (release) => {
        this.#releaseSpark = release;
      },
    });
    return {
      spark,
      send: (message) => this.#host.send(message),
      keepStep: async (name, result) => {
        await this.#ask(active, (step) => this.#host.send({ kind: "step", step, name, result }));
      },
      ask: (body) => this.#ask(active, (ask) => this.#host.send({ kind: "ask", ask, body })),
      secrets: this.#secrets,
      run,
      completed: this.#completed,
      frameLog: this.#host.frameLog,
      env,
      cwd,
      progress,
    };
  }

  #attemptSecrets(run: RunFacts | undefined): AttemptSecrets {
    return new AttemptSecrets({
      env: this.#host.env,
      providers: run?.secretProviders ?? [],
      tell: (values) => {
        const active = this.#running;
        if (active === undefined) throw new Error("a secret was asked for while no component runs");
        return this.#ask(active, (ask) => this.#host.send({ kind: "secrets", ask, values })).then(
          () => undefined,
        );
      },
      warn: (message) => this.#host.send({ kind: "log", level: "warn", message }),
    });
  }

  /** Sends the runner something under a number; resolves when it is answered. */
  #ask(active: Running, send: (ask: number) => void): Promise<JsonValue | undefined> {
    return new Promise((resolve, reject) => {
      const ask = ++this.#asks;
      active.asked.set(ask, { resolve, reject });
      if (active.asked.size === 1) this.#host.waiting?.(true);
      send(ask);
    });
  }

  #answered(ask: number, answer: JsonValue | undefined, problem: WireError | undefined): void {
    const running = this.#running;
    const waiting = running?.asked.get(ask);
    if (running === undefined || waiting === undefined) return;
    running.asked.delete(ask);
    if (running.asked.size === 0) this.#host.waiting?.(false);
    if (problem === undefined) waiting.resolve(answer);
    else waiting.reject(fromWireError(problem));
  }
}
