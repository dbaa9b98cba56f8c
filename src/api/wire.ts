import { dirname } from "node:path";
import {
  CairnError,
  type Clock,
  type Finding,
  isCompiled,
  ownCommand,
  type Redactor,
  systemClock,
} from "../base/mod.ts";
import { builtinComponents as shippedComponents } from "../builtin/components.ts";
import {
  type HookConfig,
  judgedHook,
  locateIssues,
  locateProblem,
  machineSecrets,
  type PipelineConfig,
  type SecretSources,
} from "../config/mod.ts";
import {
  configInput,
  createCodeHasher,
  decodePluginConfig,
  installVirtualModule,
  loadPlugin,
  type PluginDefinition,
  pluginFolders,
  type PluginFolders,
  resolveType,
} from "../plugin/mod.ts";
import { invalidConfig, type WorkerParts } from "../run/mod.ts";
import { pluginExports, type PipelineHooks } from "../sdk/mod.ts";
import { openHook } from "./open-hook.ts";
import type { Environment } from "./options.ts";

/** The first argument that makes this executable a worker process. */
export const WORKER_COMMAND = "__worker";

/** Components that ship in the executable, by type. */
export const builtinComponents: ReadonlyMap<string, PluginDefinition> = new Map(
  [...shippedComponents].map(([type, { definition }]) => [type, definition]),
);

/** Revisions of the built-in components, raised by hand when what they do changes. */
const BUILTIN_REVISIONS: ReadonlyMap<string, number> = new Map(
  [...shippedComponents].map(([type, { revision }]) => [type, revision]),
);

/** How this very program is started as a worker. */
export function ownWorkerCommand(): readonly string[] {
  return ownCommand(WORKER_COMMAND);
}

/**
 * Lets plugins import `cairn` and `cairn/testing` in this process. Bun has one set of virtual modules per
 * process; installing it again changes nothing.
 */
export function installModules(): Promise<void> {
  installVirtualModule({
    cairn: () => pluginExports,
    "cairn/testing": async () => ({ ...(await import("./testing.ts")) }),
  });
  return Promise.resolve();
}

/** What a process needs to run components. */
export function workerParts(): WorkerParts {
  const hasher = createCodeHasher({ revisions: BUILTIN_REVISIONS });
  return {
    builtins: builtinComponents,
    codeHash: (resolved) => hasher.hash(resolved),
    prepare: installModules,
  };
}

/** What plugin folders and hooks are looked up with. */
export interface Lookup {
  readonly plugins: readonly string[];
  readonly env: Environment;
  readonly cwd: string;
}

/** What of a configuration says where plugins are. */
type FolderConfig = Pick<PipelineConfig, "pluginFolders" | "folder" | "file"> | undefined;

/** The plugin folders of a configuration, in order. Throws CONFIG_INVALID; warnings go to `warn`. */
export async function foldersOf(
  config: FolderConfig,
  lookup: Lookup,
  warn: (message: string) => void,
): Promise<readonly string[]> {
  const { folders, findings } = await findFolders(config, lookup);
  if (findings.some(({ severity }) => severity === "error")) throw invalidConfig(findings);
  for (const { message } of findings) warn(message);
  return folders;
}

/** The plugin folders of a configuration, in order, and what is wrong with them. */
export function findFolders(config: FolderConfig, lookup: Lookup): Promise<PluginFolders> {
  return pluginFolders({
    given: lookup.plugins,
    environment: lookup.env["CAIRN_PLUGINS"],
    config: (config?.pluginFolders ?? []).map((path) => ({ path })),
    configFolder: config?.folder,
    executableFolder: isCompiled ? dirname(process.execPath) : undefined,
    cwd: lookup.cwd,
    isRoot: process.getuid?.() === 0,
  });
}

export interface HooksRequest {
  readonly config: Pick<PipelineConfig, "hooks" | "folder" | "redact">;
  /** Texts that stand for values yet to come; what a schema says of those is left out. */
  readonly placeholders?: ReadonlySet<string> | undefined;
  readonly folders: readonly string[];
  readonly env: Environment;
  /** What references in the hooks' settings stand for; needed to open them, not to check them. */
  readonly secrets?: SecretSources | undefined;
  readonly clock?: Clock | undefined;
  readonly redactor: Redactor;
  readonly write: (line: string) => void;
}

/** A hook of the configuration, loaded and checked and not yet opened. */
interface CheckedHook {
  open(): PipelineHooks | Promise<PipelineHooks>;
}

type Checked = { readonly hooks: readonly CheckedHook[]; readonly findings: readonly Finding[] };

async function checkHooks(request: HooksRequest): Promise<Checked> {
  const { config, env, redactor, clock = systemClock, write } = request;
  if (config.hooks.length === 0) return { hooks: [], findings: [] };
  const { builtinHooks } = await import("../builtin/mod.ts");
  const builtins = builtinHooks({ folder: config.folder, env, clock, redactor, write });
  const hooks: CheckedHook[] = [];
  const findings: Finding[] = [];
  for (const hook of config.hooks) {
    const checked = await checkHook(hook, builtins, request);
    if ("open" in checked) hooks.push(checked);
    else findings.push(...checked);
  }
  return { hooks, findings };
}

/** Opens the hooks that a configuration names: built-in ones and those of plugins. Throws CONFIG_INVALID. */
export async function openConfiguredHooks(request: HooksRequest): Promise<readonly PipelineHooks[]> {
  const { hooks, findings } = await checkHooks(request);
  if (findings.length > 0) throw invalidConfig(findings);
  const opened: PipelineHooks[] = [];
  for (const hook of hooks) opened.push(await hook.open());
  return opened;
}

/** What is wrong with the hooks that a configuration names; none is opened, so nothing is written. */
export async function checkConfiguredHooks(
  request: Omit<HooksRequest, "write">,
): Promise<readonly Finding[]> {
  return (await checkHooks({ ...request, write: () => undefined })).findings;
}

async function checkHook(
  hook: HookConfig,
  builtins: ReadonlyMap<string, PluginDefinition>,
  { config, folders, placeholders, env, redactor, secrets = machineSecrets(env) }: HooksRequest,
): Promise<CheckedHook | readonly Finding[]> {
  try {
    const resolved = await resolveType(hook.type, { folders, builtins: [...builtins.keys()] });
    if (resolved.file !== undefined) await installModules();
    const definition = await loadPlugin({ resolved, kind: "hooks", builtins });
    const input = { ...configInput(hook.settings), redact: config.redact };
    const decoded = decodePluginConfig(hook.type, definition, input);
    if (decoded.issues.length > 0) {
      return locateIssues({ ...judgedHook(hook), redact: config.redact, placeholders }, decoded.issues);
    }
    return { open: () => openHook({ hook, definition, secrets, redactor, redact: config.redact }) };
  } catch (thrown) {
    if (!(thrown instanceof CairnError)) throw thrown;
    return locateProblem({ ...judgedHook(hook), redact: config.redact }, "type", thrown);
  }
}
