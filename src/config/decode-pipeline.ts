import { resolve } from "node:path";
import { durationText, nearest } from "../base/mod.ts";
import { findingAt, type HoconNode, type HoconObject } from "../hocon/mod.ts";
import { type Decoded, decodeSection, type KeyGuide } from "./decode-section.ts";
import { checkDependencies, type ComponentDraft } from "./depends-on.ts";
import type { Decoding } from "./field.ts";
import { object } from "./kinds.ts";
import type {
  CheckpointConfig,
  ComponentConfig,
  HookConfig,
  PipelineConfig,
  ReadableComponent,
  ReadablePipeline,
  SparkConfig,
} from "./pipeline.ts";
import {
  type ComponentBlock,
  checkpointSection,
  componentSection,
  hookSection,
  type PipelineBlock,
  pipelineSection,
  sections,
  sparkSection,
} from "./schema.ts";
import { checkSecretReferences } from "./secrets.ts";
import { NO_SCHEMA_VALIDATION } from "./schema-validation.ts";
import { flattenSparkConfig } from "./spark-config.ts";

/** Tells which section a misplaced key belongs to. */
const guide: KeyGuide = (key) => sections.find((each) => each.keys.has(key))?.path;

function emptyObject(origin: HoconObject["origin"]): HoconObject {
  return { kind: "object", origin, fields: new Map() };
}

function decodeComponent(
  node: HoconNode,
  index: number,
  decoding: Decoding,
): { readonly draft: ComponentDraft; readonly decoded: Decoded<ComponentBlock> | undefined } {
  const read = object.read(node, `component ${index + 1}`, decoding);
  if (read === undefined) {
    return {
      draft: { index, name: undefined, enabled: true, dependsOn: undefined, node },
      decoded: undefined,
    };
  }
  const named = read.fields.get("instance-name")?.value;
  const label = `component ${index + 1}${named?.kind === "string" ? ` ${JSON.stringify(named.value)}` : ""}`;
  const decoded = decodeSection(read, componentSection, { label, guide }, decoding);
  return {
    decoded,
    draft: {
      index,
      name: decoded.value.instanceName,
      enabled: decoded.value.enabled ?? true,
      dependsOn: decoded.value.dependsOn,
      node: read,
    },
  };
}

/** What later phases can check of a component: nothing without a type, no settings that are no object. */
function readableComponent(
  { instanceType, instanceName = "", instanceConfig, enabled = true, dependsOn }: Partial<ComponentBlock>,
  index: number,
  node: HoconObject,
): ReadableComponent | undefined {
  if (instanceType === undefined) return undefined;
  const given = node.fields.get("instance-config")?.value.kind ?? "null";
  const settings = given === "null" ? emptyObject(node.origin) : instanceConfig;
  return { index, instanceType, instanceName, instanceConfig: settings, enabled, dependsOn, node };
}

function decodeComponents(
  nodes: readonly HoconNode[],
  policies: Pick<Partial<PipelineBlock>, "retryPolicy" | "circuitBreaker">,
  decoding: Decoding,
): { readonly components: readonly ComponentConfig[]; readonly readable: readonly ReadableComponent[] } {
  const components: ComponentConfig[] = [];
  const readable: ReadableComponent[] = [];
  const drafts: ComponentDraft[] = [];
  for (const [index, node] of nodes.entries()) {
    const { draft, decoded } = decodeComponent(node, index, decoding);
    drafts.push(draft);
    if (decoded === undefined || draft.node.kind !== "object") continue;
    const known = readableComponent(decoded.value, index, draft.node);
    if (known !== undefined) readable.push(known);
    if (!decoded.whole) continue;
    components.push({
      ...decoded.value,
      index,
      instanceConfig: decoded.value.instanceConfig ?? emptyObject(draft.node.origin),
      retryPolicy: decoded.value.retryPolicy ?? policies.retryPolicy,
      circuitBreaker: decoded.value.circuitBreaker ?? policies.circuitBreaker,
      node: draft.node,
    });
  }
  checkDependencies(drafts, decoding);
  return { components, readable };
}

function decodeHooks(nodes: readonly HoconNode[], decoding: Decoding): readonly HookConfig[] {
  return nodes.flatMap((each, index) => {
    const label = `hook ${index + 1}`;
    const node = object.read(each, label, decoding);
    if (node === undefined) return [];
    const decoded = decodeSection(node, hookSection, { label, guide }, decoding);
    if (!decoded.whole) return [];
    const fields = new Map([...node.fields].filter(([key]) => key !== "type"));
    return [{ index, type: decoded.value.type, settings: { ...node, fields }, node }];
  });
}

function decodeCheckpoint(
  node: HoconObject | undefined,
  origin: HoconObject["origin"],
  decoding: Decoding,
): CheckpointConfig | undefined {
  const decoded = decodeSection(
    node ?? emptyObject(origin),
    checkpointSection,
    { label: checkpointSection.path, guide },
    decoding,
  );
  if (!decoded.whole) return undefined;
  const { leaseMs } = decoded.value;
  const given = node?.fields.has("store-timeout") === true;
  const storeTimeoutMs = given ? decoded.value.storeTimeoutMs : leaseMs * STORE_TIMEOUT_SHARE;
  checkStoreTimes({ storeTimeoutMs, leaseMs }, node, decoding);
  return { ...decoded.value, storeTimeoutMs, node };
}

/** Share of the lease for which a failing store is retried where nothing is said: 4 of 5 minutes. */
const STORE_TIMEOUT_SHARE = 4 / 5;

/** Who retries a store for as long as his lease lasts finds that it has run out. */
function checkStoreTimes(
  { storeTimeoutMs, leaseMs }: Pick<CheckpointConfig, "storeTimeoutMs" | "leaseMs">,
  node: HoconObject | undefined,
  decoding: Decoding,
): void {
  const field = node?.fields.get("store-timeout");
  if (storeTimeoutMs < leaseMs || field === undefined) return;
  decoding.findings.push(
    findingAt(field.value, {
      code: "CONFIG_BAD_VALUE",
      message: `store-timeout (${durationText(storeTimeoutMs)}) must be shorter than lease (${durationText(leaseMs)}) in pipeline.checkpoint`,
      hint: "Shorten store-timeout, or lengthen lease.",
    }),
  );
}

function decodeSpark(node: HoconNode | undefined, decoding: Decoding): SparkConfig | undefined {
  if (node === undefined || node.kind === "null") return undefined;
  const found = object.read(node, "spark", decoding);
  if (found === undefined) return undefined;
  const decoded = decodeSection(found, sparkSection, { label: sparkSection.path, guide }, decoding);
  const properties = decoded.value.config ?? emptyObject(found.origin);
  const config = flattenSparkConfig(properties, decoding);
  return decoded.whole && config !== undefined ? { ...decoded.value, config } : undefined;
}

/** The `pipeline` block, or a finding at the root (at the key that was probably meant). */
function pipelineBlock(root: HoconObject, decoding: Decoding): HoconObject | undefined {
  const field = root.fields.get("pipeline");
  if (field !== undefined && field.value.kind !== "null") {
    return object.read(field.value, "pipeline", decoding);
  }
  const others = [...root.fields.keys()].filter((key) => key !== "pipeline" && key !== "spark");
  const meant = nearest("pipeline", others);
  const meantField = meant === undefined ? undefined : root.fields.get(meant);
  decoding.findings.push(
    findingAt(meantField ?? root, {
      code: "CONFIG_MISSING_KEY",
      message: "the block pipeline is missing",
      hint:
        meant === undefined
          ? 'Add pipeline { pipeline-name = "…", pipeline-components = [ … ] }.'
          : `Rename ${meant} to pipeline, if that is what it is.`,
    }),
  );
  return undefined;
}

/** Where a configuration comes from. */
export interface DecodePlace {
  /** Absolute; undefined for standard input and texts. */
  readonly file: string | undefined;
  /** Absolute folder that relative paths count from. */
  readonly folder: string;
}

/** A configuration as far as it could be decoded. */
export interface DecodedPipeline {
  /** Undefined exactly where a finding is an error. */
  readonly pipeline: PipelineConfig | undefined;
  /** Undefined only where there is no `pipeline` block. */
  readonly readable: ReadablePipeline | undefined;
}

/** Decodes a resolved tree into the typed pipeline. All findings are added to `decoding`. */
export function decodePipeline(root: HoconObject, place: DecodePlace, decoding: Decoding): DecodedPipeline {
  const spark = decodeSpark(root.fields.get("spark")?.value, decoding);
  for (const key of ["spark", "pipeline"]) {
    const value = root.fields.get(key)?.value;
    if (value !== undefined) checkSecretReferences(value, decoding);
  }
  const block = pipelineBlock(root, decoding);
  if (block === undefined) return { pipeline: undefined, readable: undefined };
  const decoded = decodeSection(block, pipelineSection, { label: "pipeline", guide }, decoding);
  const { value } = decoded;
  const checkpoint = decodeCheckpoint(value.checkpoint, block.origin, decoding);
  const hooks = decodeHooks(value.hooks ?? [], decoding);
  const { components, readable } = decodeComponents(value.components ?? [], value, decoding);
  if (value.components?.length === 0) {
    decoding.findings.push(
      findingAt(block.fields.get("pipeline-components") ?? block, {
        severity: "warning",
        code: "CONFIG_NO_COMPONENTS",
        message: "pipeline-components is empty; a run would do nothing",
      }),
    );
  }
  const around = {
    pluginFolders: (value.plugins ?? []).map((folder) => resolve(place.folder, folder)),
    redact: value.redact ?? [],
    schemaValidation: value.schemaValidation ?? NO_SCHEMA_VALIDATION,
    secrets: value.secrets,
    hooks,
    file: place.file,
    folder: place.folder,
  };
  const partial = { ...around, components: readable, placeholders: decoding.placeholders };
  const wrong = decoding.findings.some((finding) => finding.severity === "error");
  if (!decoded.whole || checkpoint === undefined || wrong) return { pipeline: undefined, readable: partial };
  return {
    pipeline: {
      ...around,
      pipelineName: decoded.value.pipelineName,
      failFast: decoded.value.failFast,
      maxParallel: decoded.value.maxParallel,
      timeoutMs: decoded.value.timeoutMs,
      checkpoint,
      components,
      spark,
      root,
    },
    readable: partial,
  };
}
