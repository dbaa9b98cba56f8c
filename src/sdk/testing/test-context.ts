import { access } from "node:fs/promises";
import { isAbsolute, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { CairnError, type Clock, type JsonValue } from "../../base/mod.ts";
import type { ArtifactOptions, ComponentContext, ComponentLog, LogLevel, RunInfo } from "../component.ts";
import type { ComponentSpark } from "../component-spark.ts";
import { CONTEXT_FACTS } from "../context-facts.ts";
import { makeOutputs } from "../make-outputs.ts";
import { makeStep } from "../make-step.ts";
import { type TestIntent, TestOutside, type TestPublished } from "./test-outside.ts";

/** A line that a component logged. */
export interface TestLog {
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
  /** By the test's clock, ms since the epoch. */
  readonly at: number;
}

/** A step that was asked for. */
export interface TestStep {
  readonly name: string;
  readonly result: JsonValue;
  /** `restored`: its result was durable already, so that its function did not run. */
  readonly how: "ran" | "restored";
}

export interface TestProgress {
  readonly done: number;
  readonly total: number | undefined;
  readonly label: string | undefined;
}

export interface TestArtifact {
  /** Absolute path. */
  readonly path: string;
  readonly options: ArtifactOptions;
}

/** Everything a component did besides its result. Grows while it runs. */
export interface TestRecord {
  readonly logs: TestLog[];
  readonly progress: TestProgress[];
  readonly artifacts: TestArtifact[];
  readonly steps: TestStep[];
  /** In the order in which they were asked for. */
  readonly intents: readonly TestIntent[];
  /** Filled when the component has completed. */
  readonly published: readonly TestPublished[];
}

/** Where the process of a test ends, as if by SIGKILL. */
export interface TestCrash {
  readonly step?: string | undefined;
  /** In place of `step`: the key of an external action. */
  readonly intent?: string | undefined;
  /**
   * - `before`: the step's (or the action's) function does not run; an action's key is recorded by then.
   * - `unrecorded`: it ran, its result is lost: on resume it runs again. The hardest case, and the default.
   * - `recorded`: its result is durable, what comes after is not.
   */
  readonly at?: "before" | "unrecorded" | "recorded" | undefined;
}

export interface TestContextOptions {
  /** Actions of attempts before. */
  readonly knownIntents: Readonly<Record<string, JsonValue | undefined>>;
  readonly known: Readonly<Record<string, JsonValue>>;
  readonly completed: ReadonlyMap<string, JsonValue | undefined>;
  readonly crash: TestCrash | undefined;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly run: RunInfo;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Values by reference. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly spark: ComponentSpark;
  readonly cwd: string;
  /** Called once, at the crash. */
  onCrash(): void;
}

export interface TestContext {
  readonly context: Omit<ComponentContext, "config">;
  readonly record: TestRecord;
  readonly outside: TestOutside;
}

/** A promise that never settles: what waits for it is gone with the process. */
const gone = (): Promise<never> => new Promise(() => {});

function localPath(pathOrUri: string, cwd: string): string {
  if (pathOrUri.startsWith("file:")) return fileURLToPath(pathOrUri);
  return isAbsolute(pathOrUri) ? pathOrUri : resolve(cwd, pathOrUri);
}

async function checkThere(path: string): Promise<void> {
  try {
    await access(path);
  } catch (thrown) {
    throw new CairnError(`Cannot declare the artifact ${path}: there is no such file`, {
      code: "ARTIFACT_MISSING",
      kind: "world",
      hint: "Declare a file after it has been written and closed.",
      cause: thrown,
    });
  }
}

async function testSecret(secrets: Readonly<Record<string, string>>, reference: string): Promise<string> {
  const value = Object.hasOwn(secrets, reference) ? secrets[reference] : undefined;
  if (value !== undefined) return value;
  throw new CairnError(`Cannot resolve a secret: ${reference}: the test has none`, {
    code: "SECRET_UNRESOLVED",
    kind: "config",
    hint: 'Give it to testComponent: secrets: { "secret://env/NAME": "value" }.',
  });
}

/** Whether the process of a test is dead, and how it dies. */
interface TestLife {
  isDead(): boolean;
  die(): Promise<never>;
}

function makeTestStep(
  options: TestContextOptions,
  record: TestRecord,
  life: TestLife,
): ComponentContext["step"] {
  const { crash } = options;
  const at = (name: string): string | undefined =>
    crash?.step === name ? (crash.at ?? "unrecorded") : undefined;
  const durable = makeStep({
    known: options.known,
    async keep(name, result) {
      if (life.isDead()) return gone();
      if (at(name) === "unrecorded") return life.die();
      record.steps.push({ name, result, how: "ran" });
      return at(name) === "recorded" ? life.die() : undefined;
    },
  });
  return async (name, fn) => {
    if (life.isDead()) return gone();
    const known = Object.hasOwn(options.known, name) ? options.known[name] : undefined;
    if (known === undefined) return durable(name, () => (at(name) === "before" ? life.die() : fn()));
    const result = await durable(name, fn);
    record.steps.push({ name, result: known, how: "restored" });
    return result;
  };
}

/** Makes the context of one attempt in a test. */
export function makeTestContext(options: TestContextOptions): TestContext {
  const { crash, clock, cwd } = options;
  let dead = false;
  const die = (): Promise<never> => {
    dead = true;
    options.onCrash();
    return gone();
  };
  const outside = new TestOutside({
    known: options.knownIntents,
    context: options,
    cwd,
    at: (key) => (crash?.intent === key ? (crash.at ?? "unrecorded") : undefined),
    isDead: () => dead,
    die,
  });
  const { intents, published } = outside;
  const record: TestRecord = { logs: [], progress: [], artifacts: [], steps: [], intents, published };
  const write =
    (level: LogLevel): ComponentLog[LogLevel] =>
    (message, fields = {}) => {
      if (!dead) record.logs.push({ level, message, fields, at: clock.now() });
    };
  const step = makeTestStep(options, record, { isDead: () => dead, die });
  const context: Omit<ComponentContext, "config"> = {
    log: {
      trace: write("trace"),
      debug: write("debug"),
      info: write("info"),
      warn: write("warn"),
      error: write("error"),
    },
    signal: options.signal,
    step,
    progress(done, total, label) {
      if (!dead) record.progress.push({ done, total, label });
    },
    outputs: makeOutputs(options.completed),
    [CONTEXT_FACTS]: { steps: options.known, completed: options.completed, cwd },
    async artifact(pathOrUri, artifactOptions = {}) {
      if (dead) return gone();
      const path = localPath(pathOrUri, cwd);
      await checkThere(path);
      record.artifacts.push({ path, options: artifactOptions });
      return undefined;
    },
    output: (uri, outputOptions) => (dead ? gone() : outside.outputs.open(uri, outputOptions)),
    intent: (key, action) => (dead ? gone() : outside.intent(key, action)),
    secrets: { get: (reference) => testSecret(options.secrets, reference) },
    run: options.run,
    env: options.env,
    spark: options.spark,
  };
  return { context, record, outside };
}
