import { CairnError, type Finding, type JsonObject, type Redactor } from "../base/mod.ts";
import {
  type ConfigDifference,
  decide,
  type Decision,
  type DecisionPolicy,
  type RunState,
} from "../checkpoint/mod.ts";
import type { PipelineConfig, SparkConfig } from "../config/mod.ts";
import type { OpenFiles } from "../files/mod.ts";
import { checkArtifact } from "./artifact.ts";
import { type Prepared, prepareComponents } from "./prepare.ts";
import {
  optionsRecord,
  type RememberedOptions,
  restoreOptions,
  type SetOption,
} from "./remembered-options.ts";
import type { WorkerHandle } from "./worker-handle.ts";

/** What is needed to tell what a run would do. */
export interface DecideSettings {
  readonly config: PipelineConfig;
  /** Reads the configuration again with these overrides; absent: overrides of the resumed run can't be restored. */
  readonly reload?: ((set: readonly SetOption[]) => Promise<PipelineConfig>) | undefined;
  readonly given: RememberedOptions;
  readonly policy: Partial<DecisionPolicy>;
  readonly builtins: readonly string[];
  readonly redactor: Redactor;
  /** Plugin folders, absolute, in order. Throws where one that was named is not there. */
  folders(config: PipelineConfig): Promise<readonly string[]>;
  worker(): WorkerHandle | Promise<WorkerHandle>;
  /** Data as components reach it. */
  files(spark: SparkConfig | undefined): () => Promise<OpenFiles>;
}

/** What a run is going to do. */
export interface Decided {
  /** As it is read with the options that hold. */
  readonly config: PipelineConfig;
  readonly prepared: Prepared;
  readonly decision: Decision;
  readonly options: RememberedOptions;
  /** The options for the journal's header. */
  readonly record: JsonObject;
}

/** The error for a configuration that can't be run. */
export function invalidConfig(findings: readonly Finding[]): CairnError {
  const errors = findings.filter(({ severity }) => severity === "error").length;
  return new CairnError(
    `Cannot run the pipeline: its configuration has ${errors} error${errors === 1 ? "" : "s"}`,
    {
      code: "CONFIG_INVALID",
      kind: "config",
      findings,
    },
  );
}

/** The configuration with the options of the resumed run, where it has any that are not given now. */
async function effectiveConfig(
  settings: DecideSettings,
  previous: RunState | undefined,
): Promise<{ readonly config: PipelineConfig; readonly options: RememberedOptions }> {
  const { config, given, reload } = settings;
  if (previous === undefined) return { config, options: given };
  const options = restoreOptions(given, previous.options, previous.runId);
  const restores = options.set.length > given.set.length;
  return { config: restores && reload !== undefined ? await reload(options.set) : config, options };
}

/** A finding that keeps nothing from running, as a warning of the run. */
function findingText({ message, place }: Finding): string {
  return place === undefined ? message : `${place.file}:${place.line}: ${message}`;
}

function prepare(
  settings: DecideSettings,
  config: PipelineConfig,
  { selection }: RememberedOptions,
  asked?: () => void,
): Promise<Prepared> {
  return settings.folders(config).then((folders) =>
    prepareComponents({
      config,
      folders,
      builtins: settings.builtins,
      redactor: settings.redactor,
      worker: () => settings.worker(),
      selection,
      ...(asked && { asked }),
    }),
  );
}

/** Components that are prepared before it is known what is resumed. */
export interface EarlyPreparation {
  readonly prepared: Promise<Prepared>;
  /** Resolves when a worker is at it, or nothing is left to be done: until then whoever blocks this process delays it. */
  readonly begun: Promise<void>;
}

/**
 * Begins to prepare the components as they will be unless the run that is resumed was given other options: a worker does
 * that, while the checkpoint is read. What goes wrong is told to who waits for it.
 */
export function prepareEarly(settings: DecideSettings): EarlyPreparation {
  const { promise: begun, resolve } = Promise.withResolvers<void>();
  const prepared = prepare(settings, settings.config, settings.given, resolve);
  prepared.then(
    () => resolve(),
    () => resolve(),
  );
  return { prepared, begun };
}

async function prepareAfter(
  early: EarlyPreparation | undefined,
  ...wanted: Parameters<typeof prepare>
): Promise<Prepared> {
  await Promise.allSettled([early?.prepared]);
  return prepare(...wanted);
}

/**
 * Prepares the components and decides for each whether it runs. Throws CONFIG_INVALID with all findings; changes
 * that the policy refuses are in `decision.refused`. `now` as `resumeTime` gives it, `early` as {@link prepareEarly} does.
 */
export async function decideRun(
  settings: DecideSettings,
  previous: RunState | undefined,
  now?: number,
  early?: EarlyPreparation,
): Promise<Decided> {
  const { config, options } = await effectiveConfig(settings, previous);
  const asGiven = config === settings.config && options.selection === settings.given.selection;
  // A worker describes one thing after the other.
  const prepared =
    asGiven && early !== undefined
      ? await early.prepared
      : await prepareAfter(early, settings, config, options);
  if (prepared.findings.some(({ severity }) => severity === "error")) throw invalidConfig(prepared.findings);
  const decision = await decide({
    previous,
    components: prepared.components.map(({ header }) => header),
    policy: {
      onConfigChange: settings.policy.onConfigChange ?? config.checkpoint.onConfigChange,
      onCodeChange: settings.policy.onCodeChange ?? config.checkpoint.onCodeChange,
      maxResumes: config.checkpoint.maxResumes,
    },
    now,
    checkArtifact: (artifact) => checkArtifact(artifact, settings.files(config.spark)),
  });
  const warnings = [...prepared.findings.map(findingText), ...decision.warnings];
  const record = optionsRecord(options, config.redact);
  return { config, prepared, decision: { ...decision, warnings }, options, record };
}

const DIFFERENCE_WORDS: Readonly<Record<ConfigDifference["kind"], string>> = {
  changed: "its configuration has changed",
  removed: "it was removed",
  inserted: "it was inserted before completed ones",
  added: "it was added at the end: the number of components differs",
  reordered: "it has another place",
  code: "its code has changed",
};

function differenceText({ component, kind, keys, lost }: ConfigDifference): string {
  const lines = keys.map(({ path, before, now }) => {
    if (before === undefined && now === undefined) return `    ${path}`;
    return `    ${path}: ${before ?? "(absent)"} → ${now ?? "(absent)"}`;
  });
  const what = lost ? "it has completed, and was removed" : DIFFERENCE_WORDS[kind];
  return [`  ${JSON.stringify(component)}: ${what}`, ...lines].join("\n");
}

/** The refusal to resume a run whose completed components have changed (exit 4); `details` tell all that stands in the way. */
export function changedError(runId: string, { differences, poisoned }: Decision): CairnError {
  const refused = differences.filter((one) => one.refused);
  const code = refused.some(({ kind }) => kind === "code");
  const config = refused.some(({ kind }) => kind !== "code");
  const changed = [...(config ? ["configuration"] : []), ...(code ? ["code"] : [])];
  const flags = (onConfig: string, onCode: string): string =>
    [
      ...(config ? [`--on-config-change=${onConfig}`] : []),
      ...(code ? [`--on-code-change=${onCode}`] : []),
    ].join(" ");
  const what = `the ${changed.join(" and the ")} of completed components ${config && code ? "have" : "has"} changed`;
  return new CairnError(
    `Cannot resume run "${runId}": ${what}\n${differences.map(differenceText).join("\n")}`,
    {
      code: config ? "CHECKPOINT_CONFIG_CHANGED" : "CHECKPOINT_CODE_CHANGED",
      kind: "world",
      hint: `Choose ${flags("rerun", "rerun")} (run them and all that follows again), ${flags("accept", "warn")} (keep what they did), or --fresh (start anew).`,
      details: {
        runId,
        differences: differences.map(({ component, kind, keys, lost, refused: stands }) => ({
          component,
          kind,
          ...(lost && { lost }),
          ...(stands && { refused: stands }),
          keys: keys.map(({ path, before, now }) => ({ path, before: before ?? null, now: now ?? null })),
        })),
        ...(poisoned.length > 0 && { poisoned: poisoned.map((one) => ({ ...one })) }),
      },
    },
  );
}
