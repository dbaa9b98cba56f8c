import { CairnError, type Finding, messageOf, type Redactor } from "../base/mod.ts";
import { type ComponentHeader, fingerprintOf } from "../checkpoint/mod.ts";
import { type ComponentConfig, judgedComponent, locateIssues, type PipelineConfig } from "../config/mod.ts";
import { configInput, type ResolvedType, resolveType } from "../plugin/mod.ts";
import { type Dependencies, dependenciesOf } from "./graph.ts";
import type { WorkerHandle } from "./worker-handle.ts";
import type { Described, DescribeItem } from "./worker/protocol.ts";

/** Components whose configuration is checked in one message. */
const DESCRIBE_BATCH = 500;

/** A component with everything that is known before it runs. */
export interface PreparedComponent {
  readonly config: ComponentConfig;
  readonly header: ComponentHeader;
  /** Undefined only where it is disabled. */
  readonly resolved: ResolvedType | undefined;
}

export interface Prepared {
  readonly components: readonly PreparedComponent[];
  readonly dependencies: readonly Dependencies[];
  readonly findings: readonly Finding[];
}

export interface PrepareRequest {
  readonly config: PipelineConfig;
  /** Absolute plugin folders in order of search. */
  readonly folders: readonly string[];
  readonly builtins: readonly string[];
  readonly redactor: Redactor;
  /** Where plugins are loaded; asked only for what is resolved. */
  worker(): WorkerHandle | Promise<WorkerHandle>;
}

/** An error at the instance-type of a component. */
function typeFindings(
  component: ComponentConfig,
  thrown: { readonly code: string; readonly message: string; readonly hint?: string | undefined },
): Finding[] {
  const issue = { path: ["instance-type"], message: thrown.message, hint: thrown.hint };
  const judged = { ...judgedComponent(component), prefix: [] };
  return locateIssues(judged, [issue]).map((finding) => ({
    ...finding,
    code: thrown.code,
    message: finding.message.replace(": instance-type:", ":"),
  }));
}

/** Resolves each type once. */
async function resolveAll(
  request: PrepareRequest,
  findings: Finding[],
): Promise<ReadonlyMap<string, ResolvedType>> {
  const resolved = new Map<string, ResolvedType>();
  const failed = new Map<string, CairnError>();
  for (const component of request.config.components) {
    const type = component.instanceType;
    if (!component.enabled || resolved.has(type)) continue;
    try {
      const known = failed.get(type);
      if (known !== undefined) throw known;
      resolved.set(type, await resolveType(type, { folders: request.folders, builtins: request.builtins }));
    } catch (thrown) {
      if (!(thrown instanceof CairnError)) throw thrown;
      failed.set(type, thrown);
      findings.push(...typeFindings(component, thrown));
    }
  }
  return resolved;
}

async function describeAll(
  request: PrepareRequest,
  resolved: ReadonlyMap<string, ResolvedType>,
): Promise<ReadonlyMap<number, Described>> {
  const described = new Map<number, Described>();
  let worker: WorkerHandle | undefined;
  let batch: DescribeItem[] = [];
  const flush = async (): Promise<void> => {
    if (batch.length === 0) return;
    worker ??= await request.worker();
    for (const one of await worker.describe(batch, request.config.redact)) described.set(one.at, one);
    batch = [];
  };
  for (const component of request.config.components) {
    const found = component.enabled ? resolved.get(component.instanceType) : undefined;
    if (found === undefined) continue;
    const { value, numberTexts } = configInput(component.instanceConfig);
    batch.push({ at: component.index, resolved: found, config: value, numberTexts });
    if (batch.length === DESCRIBE_BATCH) await flush();
  }
  await flush();
  return described;
}

/** Problems of loading are told once per type, problems of a configuration at each component. */
function findProblems(
  components: readonly ComponentConfig[],
  described: ReadonlyMap<number, Described>,
  request: PrepareRequest,
  findings: Finding[],
): void {
  const told = new Set<string>();
  for (const component of components) {
    const one = described.get(component.index);
    if (one?.problem !== undefined && !told.has(component.instanceType)) {
      told.add(component.instanceType);
      const { code, message, hint } = one.problem;
      findings.push(...typeFindings(component, { code: code ?? "PLUGIN_THREW", message, hint }));
    }
    const issues = one?.checked?.issues ?? [];
    if (issues.length === 0) continue;
    const judged = { ...judgedComponent(component), redact: request.config.redact };
    findings.push(...locateIssues(judged, issues));
  }
}

/**
 * Finds, loads and checks the plugins of all enabled components and takes their fingerprints. Plugins are
 * loaded in a worker. All findings are given; where one is an error, headers are incomplete and nothing may run.
 */
export async function prepareComponents(request: PrepareRequest): Promise<Prepared> {
  const { components } = request.config;
  const findings: Finding[] = [];
  const resolved = await resolveAll(request, findings);
  let described: ReadonlyMap<number, Described> = new Map();
  try {
    described = await describeAll(request, resolved);
  } catch (thrown) {
    const code = thrown instanceof CairnError ? thrown.code : "WORKER_ENDED";
    const hint = thrown instanceof CairnError ? thrown.hint : undefined;
    findings.push({ severity: "error", code, message: messageOf(thrown), hint });
  }
  findProblems(components, described, request, findings);
  const dependencies = dependenciesOf(components);
  const prepared = components.map((config): PreparedComponent => {
    const one = described.get(config.index);
    const fingerprint = fingerprintOf({
      type: config.instanceType,
      settings: one?.checked?.settings ?? {},
      codeHash: one?.codeHash ?? "",
      isRedacted: (key) => request.redactor.isSecretKey(key),
    });
    const header: ComponentHeader = {
      name: config.instanceName,
      type: config.instanceType,
      fingerprint,
      after: dependencies[config.index]?.after ?? [],
      ...(config.enabled ? {} : { selected: false }),
    };
    return { config, header, resolved: resolved.get(config.instanceType) };
  });
  return { components: prepared, dependencies, findings };
}
