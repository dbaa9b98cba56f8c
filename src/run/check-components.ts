import { CairnError, type Finding, messageOf } from "../base/mod.ts";
import {
  judgedComponent,
  locateIssues,
  locateProblem,
  type ReadableComponent,
  type ReadablePipeline,
} from "../config/mod.ts";
import { configInput, type ResolvedType, resolveType } from "../plugin/mod.ts";
import { checkContracts } from "./check-contracts.ts";
import type { WorkerHandle } from "./worker-handle.ts";
import type { Described, DescribeItem } from "./worker/protocol.ts";

/** Components whose configuration is checked in one message. */
const DESCRIBE_BATCH = 500;

/** What is checked, and with which plugins. */
export interface CheckRequest {
  readonly config: Pick<ReadablePipeline, "components" | "redact" | "schemaValidation">;
  /** Absolute plugin folders in order of search. */
  readonly folders: readonly string[];
  readonly builtins: readonly string[];
  /** Texts that stand for values yet to come; what a schema says of those is left out. */
  readonly placeholders?: ReadonlySet<string> | undefined;
  /** Where plugins are loaded; asked only for what is resolved. */
  worker(): WorkerHandle | Promise<WorkerHandle>;
  /** Called when the worker has been told what to load; more than once where that takes several messages. */
  asked?(): void;
}

/** Resolves each type once. */
async function resolveAll(
  request: CheckRequest,
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
      findings.push(...locateProblem(judgedComponent(component), "instance-type", thrown));
    }
  }
  return resolved;
}

async function describeAll(
  request: CheckRequest,
  resolved: ReadonlyMap<string, ResolvedType>,
): Promise<ReadonlyMap<number, Described>> {
  const described = new Map<number, Described>();
  let worker: WorkerHandle | undefined;
  let batch: DescribeItem[] = [];
  const asked = request.config.schemaValidation.enabled ? ({ contracts: true } as const) : {};
  const flush = async (): Promise<void> => {
    if (batch.length === 0) return;
    worker ??= await request.worker();
    const describing = worker.describe(batch, request.config.redact);
    request.asked?.();
    for (const one of await describing) described.set(one.at, one);
    batch = [];
  };
  for (const component of request.config.components) {
    const found = component.enabled ? resolved.get(component.instanceType) : undefined;
    if (found === undefined) continue;
    const { instanceConfig } = component;
    // The plugin is loaded all the same, to tell whether it can be; what it says of no settings is not asked.
    const { value, numberTexts } = instanceConfig === undefined ? { value: {} } : configInput(instanceConfig);
    batch.push({ at: component.index, resolved: found, config: value, numberTexts, ...asked });
    if (batch.length === DESCRIBE_BATCH) await flush();
  }
  await flush();
  return described;
}

/** Problems of loading are told once per type, problems of a configuration at each component. */
function findProblems(
  components: readonly ReadableComponent[],
  described: ReadonlyMap<number, Described>,
  request: CheckRequest,
  findings: Finding[],
): void {
  const told = new Set<string>();
  for (const component of components) {
    const one = described.get(component.index);
    if (one?.problem !== undefined && !told.has(component.instanceType)) {
      told.add(component.instanceType);
      const { code, message, hint } = one.problem;
      const problem = { code: code ?? "PLUGIN_THREW", message, hint };
      findings.push(...locateProblem(judgedComponent(component), "instance-type", problem));
    }
    const issues = one?.checked?.issues ?? [];
    if (issues.length === 0 || component.instanceConfig === undefined) continue;
    const { placeholders } = request;
    const judged = { ...judgedComponent(component), redact: request.config.redact, placeholders };
    findings.push(...locateIssues(judged, issues));
  }
}

/** What is known of the components of a configuration. */
export interface CheckedComponents {
  /** By type; without those that were not found. */
  readonly resolved: ReadonlyMap<string, ResolvedType>;
  /** By place in the file. */
  readonly described: ReadonlyMap<number, Described>;
  readonly findings: readonly Finding[];
}

/**
 * Finds and loads the plugins of all enabled components, in a worker, and checks each component's configuration by
 * its schema, and where that is asked for its contracts with those that it comes after. Also for a configuration that is wrong elsewhere: whatever could be read of it is checked.
 */
export async function checkComponents(request: CheckRequest): Promise<CheckedComponents> {
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
  findProblems(request.config.components, described, request, findings);
  findings.push(...checkContracts(request.config, described));
  return { resolved, described, findings };
}
