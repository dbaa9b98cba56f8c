import type { GenericSchema, InferOutput } from "valibot";
import { CairnError, type Clock, type JsonObject, type JsonValue } from "../../base/mod.ts";
import type {
  ComponentContext,
  ComponentDefinition,
  ComponentResult,
  RunInfo,
  SparkSettings,
} from "../component.ts";
import type { SchemaContract } from "../contract/contract.ts";
import { checkProduced } from "../contract/violation.ts";
import { type OpenSpark, openSpark } from "../component-spark.ts";
import { steeringOf } from "../errors.ts";
import { jsonResult } from "../json-result.ts";
import { decodeConfig } from "../schema/decode-config.ts";
import { fakeClock } from "./fake-clock.ts";
import type { TestOutside } from "./test-outside.ts";
import { makeTestContext, type TestCrash, type TestRecord } from "./test-context.ts";

/** What a component is tested with. Everything has a default. */
export interface TestOptions {
  /** `instance-config`, in either spelling of its keys; read as in a run. Default: empty. */
  readonly config?: JsonObject | undefined;
  /** Outputs of the components that have completed before, by instance name; undefined for one that returned none. */
  readonly outputs?: Readonly<Record<string, JsonValue | undefined>> | undefined;
  /** Results of steps that are durable already. */
  readonly steps?: Readonly<Record<string, JsonValue>> | undefined;
  /** Actions that attempts before began, by key: their result, or undefined where nobody knows if they were done. */
  readonly intents?: Readonly<Record<string, JsonValue | undefined>> | undefined;
  /** Ends the attempt at a step, or in an action, as a SIGKILL would: nothing after it runs, `finally` neither. */
  readonly crash?: TestCrash | undefined;
  /** Default: a new {@link fakeClock}. */
  readonly clock?: Clock | undefined;
  /** Aborts `signal` once the clock has moved on that far, in ms. Default: never. */
  readonly timeoutMs?: number | undefined;
  /** Aborts `signal` of the component as well. */
  readonly signal?: AbortSignal | undefined;
  /** Facts of the run; the others are made up. */
  readonly run?: Partial<RunInfo> | undefined;
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** What `ctx.secrets.get` gives, by reference: `{ "secret://env/KEY": "value" }`. In `config` write values. */
  readonly secrets?: Readonly<Record<string, string>> | undefined;
  readonly spark?: SparkSettings | undefined;
  /** What relative paths of artifacts count from. Default: the working directory. */
  readonly cwd?: string | undefined;
}

/** How one attempt ended, and what it did. */
export interface TestRun extends Readonly<TestRecord> {
  readonly status: "completed" | "failed" | "skipped" | "crashed";
  /** Of a completed one that returned something. */
  readonly outputs: JsonValue | undefined;
  /** Of a failed one: what it threw. Of a skipped one: the `SkipComponent`. */
  readonly error: unknown;
  /** What the runner does after a failure: `transient` errors are retried, `permanent` ones never. */
  readonly steering: "transient" | "permanent" | "skip" | undefined;
  /** Runs the component once more, as a resume does: steps that are durable are given back, the attempt is 1 again. Options replace those of before; `crash` is not kept. */
  resume(options?: TestOptions): Promise<TestRun>;
}

/** A component, or a plain function as a plugin file may export it. */
export type TestableComponent<Schema extends GenericSchema> =
  | ComponentDefinition<Schema>
  | ((context: ComponentContext<JsonObject>) => ComponentResult | Promise<ComponentResult>);

function makeRunInfo(given: Partial<RunInfo>, resumed: boolean): RunInfo {
  const runId = given.runId ?? (resumed ? "test-run-2" : "test-run-1");
  return {
    runId,
    rootRunId: resumed ? "test-run-1" : runId,
    runKey: undefined,
    pipelineName: "test",
    componentName: "component under test",
    attempt: 1,
    resumedFrom: resumed ? "test-run-1" : undefined,
    index: 0,
    total: 1,
    ...given,
  };
}

function readConfig<Schema extends GenericSchema>(
  schema: Schema | undefined,
  value: JsonObject,
): InferOutput<Schema> {
  if (schema === undefined) return value;
  const decoded = decodeConfig(schema, { value });
  if (decoded.ok) return decoded.config;
  const lines = decoded.issues.map(({ path, message, hint }) => {
    const place = path.length === 0 ? "" : `${path.join(".")}: `;
    return `\n  ${place}${message}${hint === undefined ? "" : ` (${hint})`}`;
  });
  throw new CairnError(`Cannot test the component: its configuration is wrong${lines.join("")}`, {
    code: "COMPONENT_CONFIG_INVALID",
    kind: "config",
  });
}

/** Aborts after the timeout or with the test's own signal. */
function makeSignal(options: TestOptions, clock: Clock, ended: AbortSignal): AbortSignal {
  const signals = options.signal === undefined ? [] : [options.signal];
  if (options.timeoutMs === undefined) return AbortSignal.any(signals);
  const { timeoutMs } = options;
  const timeout = new AbortController();
  const abort = (): void => timeout.abort(new Error(`the component ran longer than ${timeoutMs} ms`));
  // The sleep ends early, with a rejection, when the component does.
  clock.sleep(timeoutMs, ended).then(abort, () => undefined);
  return AbortSignal.any([...signals, timeout.signal]);
}

type Ending = Pick<TestRun, "status" | "outputs" | "error" | "steering">;

async function endingOf(
  run: () => ComponentResult | Promise<ComponentResult>,
  output: SchemaContract | undefined,
  outside: TestOutside,
): Promise<Ending> {
  try {
    const outputs = jsonResult("the outputs of the component under test", await run());
    checkProduced("component under test", output, outputs, { failOnWarning: false }, () => undefined);
    await outside.publish();
    return { status: "completed", outputs, error: undefined, steering: undefined };
  } catch (error) {
    const steering = steeringOf(error);
    return { status: steering === "skip" ? "skipped" : "failed", outputs: undefined, error, steering };
  }
}

function checkCrashed(ending: Ending, crash: TestCrash | undefined, record: TestRecord): void {
  if (crash === undefined || ending.status === "crashed") return;
  const names = record.steps.map((step) => `"${step.name}"`).join(", ");
  const where = crash.intent === undefined ? `at step "${crash.step}"` : `in the action "${crash.intent}"`;
  throw new CairnError(`Cannot crash ${where}: the component ended without running it`, {
    code: "TEST_STEP_NOT_REACHED",
    kind: "config",
    hint: names === "" ? "It asked for no step." : `Its steps were ${names}.`,
    cause: ending.error,
  });
}

function openTestSpark(
  { spark, env = {} }: TestOptions,
  run: RunInfo,
  signal: AbortSignal,
  context: () => Pick<ComponentContext, "log" | "progress">,
): OpenSpark | Promise<OpenSpark> {
  return openSpark({
    settings: spark,
    run,
    signal,
    env,
    progress: (done, total, label) => context().progress(done, total, label),
    warn: (message) => context().log.warn(message),
  });
}

async function attempt<Schema extends GenericSchema>(
  component: TestableComponent<Schema>,
  options: TestOptions,
  resumed: boolean,
): Promise<TestRun> {
  const config = readConfig(
    typeof component === "function" ? undefined : component.config,
    options.config ?? {},
  );
  const clock = options.clock ?? fakeClock();
  const ended = new AbortController();
  const crashed = Promise.withResolvers<Ending>();
  const known = options.steps ?? {};
  const signal = makeSignal(options, clock, ended.signal);
  const info = makeRunInfo(options.run ?? {}, resumed);
  const opened = openTestSpark(options, info, signal, () => context);
  // Where nothing is to be loaded, the component begins before anything else happens.
  const spark = opened instanceof Promise ? await opened : opened;
  const { context, record, outside } = makeTestContext({
    known,
    knownIntents: options.intents ?? {},
    completed: new Map(Object.entries(options.outputs ?? {})),
    crash: options.crash,
    clock,
    signal,
    run: info,
    env: options.env ?? {},
    secrets: options.secrets ?? {},
    spark: spark.spark,
    cwd: options.cwd ?? process.cwd(),
    onCrash: () =>
      crashed.resolve({ status: "crashed", outputs: undefined, error: undefined, steering: undefined }),
  });
  const whole = { ...context, config: config as InferOutput<Schema> & JsonObject };
  const run = (): ComponentResult | Promise<ComponentResult> =>
    typeof component === "function" ? component(whole) : component.run(whole);
  const output = typeof component === "function" ? undefined : component.output?.of(whole.config);
  const ending = await Promise.race([crashed.promise, endingOf(run, output, outside)]);
  ended.abort(new Error("the component has ended"));
  await spark.close();
  checkCrashed(ending, options.crash, record);
  if (ending.status !== "crashed") await outside.sweep();
  const intents = Object.fromEntries(record.intents.map(({ key, result }) => [key, result]));
  const steps = { ...known, ...Object.fromEntries(record.steps.map((step) => [step.name, step.result])) };
  return {
    ...record,
    ...ending,
    resume: async (again = {}) => {
      if (ending.status === "crashed") await outside.sweep();
      const before = { ...options, crash: undefined, steps, intents: { ...options.intents, ...intents } };
      return attempt(component, { ...before, ...again }, true);
    },
  };
}

/**
 * Runs one component as a run would, without a runner: its configuration goes through its schema, steps, outputs
 * and artifacts are recorded, what it returns has to be JSON and what its output contract says. A failure is an answer, not a rejection; it rejects
 * with COMPONENT_CONFIG_INVALID where the configuration is wrong, TEST_STEP_NOT_REACHED where it never came to
 * the step of `crash`.
 *
 * ```ts
 * const first = await testComponent(component, { config: { files: ["a", "b"] }, crash: { step: "copy b" } });
 * const second = await first.resume();
 * expect(second.steps).toEqual([
 *   { name: "copy a", result: null, how: "restored" },
 *   { name: "copy b", result: null, how: "ran" },
 * ]);
 * ```
 */
export function testComponent<Schema extends GenericSchema>(
  component: TestableComponent<Schema>,
  options: TestOptions = {},
): Promise<TestRun> {
  return attempt(component, options, false);
}
