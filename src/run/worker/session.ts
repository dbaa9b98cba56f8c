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
import { type ComponentDefinition, jsonResult, PermanentError, steeringOf } from "../../sdk/mod.ts";
import { type AttemptHost, type Context, makeContext } from "./component-context.ts";
import { Definitions } from "./definitions.ts";
import { makeProgress, type ProgressSender } from "./progress.ts";
import type {
  AttemptEnd,
  AttemptOrder,
  Described,
  DescribeItem,
  FromWorker,
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
  /** Lets output go out, and answers a marker's number where some is still on its way. */
  finishOutput?(): Promise<number | undefined>;
  /** True where processes that components started are still there. */
  hasLeftovers?(): boolean;
}

interface Running {
  readonly order: AttemptOrder;
  readonly abort: AbortController;
  readonly steps: Map<number, { resolve(): void; reject(error: Error): void }>;
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
    const checked: CheckedConfig = withoutValue(
      decodePluginConfig(item.resolved.type, definition, {
        value: item.config,
        numberTexts: item.numberTexts,
        redact,
      }),
    );
    return { at: item.at, checked, codeHash: await host.codeHash(item.resolved) };
  } catch (thrown) {
    return { at: item.at, problem: toWireError(thrown) };
  }
}

async function inspect(order: InspectOrder, host: WorkerHost): Promise<Inspection> {
  const { folders, type } = order;
  const request = { folders, builtins: host.builtins };
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
function readConfig(order: AttemptOrder, definition: ComponentDefinition): unknown {
  const decoded = decodePluginConfig(order.resolved.type, definition, {
    value: order.config,
    numberTexts: order.numberTexts,
  });
  const [issue] = decoded.issues;
  if (issue === undefined) return decoded.config;
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
  #run: RunFacts | undefined;
  #running: Running | undefined;
  #steps = 0;

  constructor(host: WorkerHost) {
    this.#host = host;
    this.#definitions = new Definitions(host.builtins);
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
        this.#stepKept(message.step, message.problem);
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
    const active: Running = { order, abort: new AbortController(), steps: new Map(), context: undefined };
    this.#running = active;
    host.running?.(true);
    const end = await this.#perform(active, this.#run);
    const marker = await host.finishOutput?.();
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
      const attempt = this.#attemptHost(active, facts, progress);
      active.context = makeContext(order, readConfig(order, definition), active.abort.signal, attempt);
      const returned = await definition.run(active.context.context);
      await active.context.settle();
      const outputs = jsonResult(`the outputs of ${JSON.stringify(order.name)}`, returned);
      const { artifacts } = active.context;
      return {
        how: "completed",
        ...(outputs === undefined ? {} : { outputs }),
        ...(artifacts.length === 0 ? {} : { artifacts }),
      };
    } catch (thrown) {
      return endOfError(thrown);
    } finally {
      progress.flush();
    }
  }

  #attemptHost(active: Running, run: RunFacts, progress: ProgressSender): AttemptHost {
    const { env, cwd } = this.#host;
    return {
      send: (message) => this.#host.send(message),
      keepStep: (name, result) => this.#keepStep(active, name, result),
      run,
      completed: this.#completed,
      env,
      cwd,
      progress,
    };
  }

  #keepStep(active: Running, name: string, result: JsonValue): Promise<void> {
    return new Promise((resolve, reject) => {
      const step = ++this.#steps;
      active.steps.set(step, { resolve, reject });
      if (active.steps.size === 1) this.#host.waiting?.(true);
      this.#host.send({ kind: "step", step, name, result });
    });
  }

  #stepKept(step: number, problem: WireError | undefined): void {
    const running = this.#running;
    const waiting = running?.steps.get(step);
    if (running === undefined || waiting === undefined) return;
    running.steps.delete(step);
    if (running.steps.size === 0) this.#host.waiting?.(false);
    if (problem === undefined) waiting.resolve();
    else waiting.reject(fromWireError(problem));
  }
}
