import { CairnError, type Finding, redactFindings } from "../base/mod.ts";
import {
  BUILTIN_SECRET_SCHEMES,
  type PipelineConfig,
  type ReadablePipeline,
  secretReferences,
} from "../config/mod.ts";
import { findingAt, type HoconField, type HoconNode, type HoconObject } from "../hocon/mod.ts";
import {
  configInput,
  decodePluginConfig,
  loadPlugin,
  resolveType,
  type SecretProviderFacts,
} from "../plugin/mod.ts";
import { invalidConfig } from "../run/mod.ts";
import type { SecretProviderDefinition } from "../sdk/mod.ts";
import { installModules } from "./wire.ts";

/** What of a configuration names secret providers. */
export type ProvidersConfig = Pick<ReadablePipeline, "components" | "hooks" | "redact" | "secrets"> &
  Partial<Pick<PipelineConfig, "root">>;

/** The secret providers of a configuration, and what is wrong with them. */
export interface FoundProviders {
  readonly facts: readonly SecretProviderFacts[];
  readonly findings: readonly Finding[];
}

type Named = { readonly scheme: string; readonly at: HoconNode | HoconField };

/** What the runner itself, and `ctx.spark`, use of a configuration. */
function configNodes({ root }: ProvidersConfig): readonly (HoconNode | undefined)[] {
  const pipeline = root?.fields.get("pipeline")?.value;
  const checkpoint = pipeline?.kind === "object" ? pipeline.fields.get("checkpoint")?.value : undefined;
  return [checkpoint, root?.fields.get("spark")?.value];
}

/** Each scheme with the places that name it: its settings first, then references. */
function namedSchemes(config: ProvidersConfig): ReadonlyMap<string, readonly Named[]> {
  const named: Named[] = [...(config.secrets?.fields ?? [])].map(([scheme, at]) => ({ scheme, at }));
  const nodes: readonly (HoconNode | undefined)[] = [
    ...config.components.filter(({ enabled }) => enabled).map(({ instanceConfig }) => instanceConfig),
    ...config.hooks.map(({ settings }) => settings),
    ...configNodes(config),
  ];
  for (const node of nodes) {
    if (node === undefined) continue;
    for (const { reference, node: at } of secretReferences(node))
      named.push({ scheme: reference.scheme, at });
  }
  return Map.groupBy(
    named.filter(({ scheme }) => !BUILTIN_SECRET_SCHEMES.includes(scheme)),
    ({ scheme }) => scheme,
  );
}

/**
 * Finds the provider of each scheme that a configuration names and checks its settings: a type of that name in the
 * plugin folders, which are asked for only where one is named. Nothing is opened. All findings are located.
 */
export async function findSecretProviders(
  config: ProvidersConfig,
  folders: () => Promise<readonly string[]>,
): Promise<FoundProviders> {
  const facts: SecretProviderFacts[] = [];
  const findings: Finding[] = [];
  const named = namedSchemes(config);
  const lookedIn = named.size === 0 ? [] : await folders();
  for (const [scheme, places] of named) {
    const found = await findSecretProvider(scheme, config, lookedIn);
    if ("facts" in found) facts.push(found.facts);
    else if ("findings" in found) findings.push(...found.findings);
    else {
      const { code, message, hint } = found.problem;
      findings.push(...places.map(({ at }) => findingAt(at, { code, message, hint })));
    }
  }
  for (const [scheme, field] of config.secrets?.fields ?? []) {
    if (!BUILTIN_SECRET_SCHEMES.includes(scheme)) continue;
    findings.push(findingAt(field, { code: "CONFIG_SCHEMA", message: `secrets.${scheme} has no settings` }));
  }
  return { facts, findings: redactFindings(findings, config.redact) };
}

/** The providers of a configuration that is about to be run. Throws CONFIG_INVALID. */
export async function secretProvidersOf(
  config: ProvidersConfig,
  folders: () => Promise<readonly string[]>,
): Promise<readonly SecretProviderFacts[]> {
  const { facts, findings } = await findSecretProviders(config, folders);
  if (findings.length > 0) throw invalidConfig(findings);
  return facts;
}

/** One provider: what opens it, what is wrong with its settings, or why there is none. */
export type FoundProvider =
  | { readonly facts: SecretProviderFacts }
  | { readonly findings: readonly Finding[] }
  | { readonly problem: CairnError };

/** Finds the provider of a scheme and checks its settings. Throws what is no matter of configuration. */
export async function findSecretProvider(
  scheme: string,
  config: Pick<ProvidersConfig, "secrets"> | undefined,
  folders: readonly string[],
): Promise<FoundProvider> {
  const settings = config?.secrets?.fields.get(scheme)?.value;
  if (settings !== undefined && settings.kind !== "object" && settings.kind !== "null") {
    const message = `secrets.${scheme} must be an object, the settings of the secret provider`;
    return { findings: [findingAt(settings, { code: "CONFIG_WRONG_TYPE", message })] };
  }
  try {
    const resolved = await resolveType(scheme, { folders, builtins: [] });
    await installModules();
    const definition = await loadPlugin({ resolved, kind: "secrets", builtins: new Map() });
    checkScheme(scheme, definition, resolved.file);
    const node = settings?.kind === "object" ? settings : undefined;
    const { value, numberTexts } = node === undefined ? { value: {} } : configInput(node);
    const { issues } = decodePluginConfig(scheme, definition, { value, numberTexts });
    const [issue] = issues;
    if (issue === undefined) return { facts: { scheme, resolved, settings: value, numberTexts } };
    if (node !== undefined) return { findings: issues.map((one) => settingsFinding(scheme, node, one)) };
    return { problem: needsSettings(scheme, issue) };
  } catch (thrown) {
    if (!(thrown instanceof CairnError) || thrown.kind !== "config") throw thrown;
    return { problem: thrown.code === "PLUGIN_NOT_FOUND" ? unknownProvider(scheme, folders) : thrown };
  }
}

interface SettingsIssue {
  readonly path: readonly (string | number)[];
  readonly message: string;
  readonly hint?: string | undefined;
}

function settingsFinding(scheme: string, node: HoconObject, { path, message, hint }: SettingsIssue): Finding {
  let at: HoconNode = node;
  for (const step of path) {
    const next: HoconNode | undefined =
      at.kind === "object"
        ? at.fields.get(String(step))?.value
        : at.kind === "array"
          ? at.items[Number(step)]
          : undefined;
    if (next === undefined) break;
    at = next;
  }
  const where = path.length === 0 ? "" : `${path.join(".")}: `;
  return findingAt(at, { code: "CONFIG_SCHEMA", message: `secrets.${scheme}: ${where}${message}`, hint });
}

function checkScheme(scheme: string, definition: SecretProviderDefinition, file: string | undefined): void {
  if (definition.scheme === scheme) return;
  throw new CairnError(
    `Cannot use plugin "${scheme}" (${file ?? "built in"}): it is the secret provider of "${definition.scheme}"`,
    {
      code: "PLUGIN_WRONG_KIND",
      kind: "config",
      hint: `Name the file ${definition.scheme}.ts, or write scheme: "${scheme}" in it.`,
    },
  );
}

function unknownProvider(scheme: string, folders: readonly string[]): CairnError {
  const where =
    folders.length === 0 ? "there is no plugin folder" : `looked for ${scheme}.ts in ${folders.join(", ")}`;
  return new CairnError(`there is no secret provider "${scheme}": ${where}`, {
    code: "SECRET_PROVIDER_UNKNOWN",
    kind: "config",
    hint: "Without a plugin there are secret://env/NAME and secret://file/absolute/path.",
  });
}

function needsSettings(scheme: string, issue: SettingsIssue): CairnError {
  return new CairnError(
    `the secret provider "${scheme}" needs settings: ${issue.path.join(".")}: ${issue.message}`,
    {
      code: "CONFIG_SCHEMA",
      kind: "config",
      hint: `Write them to pipeline.secrets { ${scheme} { … } }.`,
    },
  );
}
