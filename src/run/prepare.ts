import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { type Finding, type Redactor, sha256 } from "../base/mod.ts";
import { type ComponentHeader, fingerprintOf } from "../checkpoint/mod.ts";
import type { ComponentConfig, PipelineConfig } from "../config/mod.ts";
import type { ResolvedType } from "../plugin/mod.ts";
import type { Described } from "./worker/protocol.ts";
import type { ContractOrder } from "../sdk/mod.ts";
import { checkComponents, type CheckRequest } from "./check-components.ts";
import { contractOrders } from "./check-contracts.ts";
import { type Dependencies, dependenciesOf, withoutLeftOut } from "./graph.ts";
import { leftOutBy, type Selection } from "./selection.ts";

/** A component with everything that is known before it runs. */
export interface PreparedComponent {
  readonly config: ComponentConfig;
  readonly header: ComponentHeader;
  /** Undefined only where it is disabled. */
  readonly resolved: ResolvedType | undefined;
  /** What its contracts are checked with; absent where they are not. */
  readonly contracts?: ContractOrder | undefined;
}

export interface Prepared {
  readonly components: readonly PreparedComponent[];
  readonly dependencies: readonly Dependencies[];
  /** Dependencies where these, of those that the run leaves out, have completed before and are restored. */
  dependenciesWith(restored: ReadonlySet<number>): readonly Dependencies[];
  readonly findings: readonly Finding[];
}

export interface PrepareRequest extends Omit<CheckRequest, "config"> {
  readonly config: PipelineConfig;
  readonly redactor: Redactor;
  /** Undefined: all components. */
  readonly selection: Selection | undefined;
}

/**
 * Finds, loads and checks the plugins of all enabled components and takes their fingerprints. Plugins are
 * loaded in a worker. All findings are given; where one is an error, headers are incomplete and nothing may run.
 * Throws SELECTION_INVALID.
 */
export async function prepareComponents(request: PrepareRequest): Promise<Prepared> {
  const { components } = request.config;
  const whole = dependenciesOf(components);
  const leftOut =
    request.selection === undefined ? new Set<number>() : leftOutBy(request.selection, components, whole);
  const dependencies = withoutLeftOut(whole, leftOut);
  const { resolved, described, findings } = await checkComponents(request);
  // Contracts are between those that the file joins, whichever of them this run is about.
  const contracts = contractOrders(request.config, whole, described);
  const codeHashes = new Map<number, string>();
  for (const [index, one] of described) codeHashes.set(index, await codeHashOf(one, request.config.folder));
  const prepared = components.map((config): PreparedComponent => {
    const one = described.get(config.index);
    const fingerprint = fingerprintOf({
      type: config.instanceType,
      settings: one?.checked?.settings ?? {},
      codeHash: codeHashes.get(config.index) ?? "",
      isRedacted: (key) => request.redactor.isSecretKey(key),
    });
    const header: ComponentHeader = {
      name: config.instanceName,
      type: config.instanceType,
      fingerprint,
      after: dependencies[config.index]?.after ?? [],
      ...(config.enabled && !leftOut.has(config.index) ? {} : { selected: false }),
      ...(config.enabled ? {} : { disabled: true }),
    };
    return {
      config,
      header,
      resolved: resolved.get(config.instanceType),
      ...(contracts === undefined ? {} : { contracts: contracts[config.index] }),
    };
  });
  const dependenciesWith = (restored: ReadonlySet<number>): readonly Dependencies[] =>
    withoutLeftOut(whole, leftOut.difference(restored));
  return { components: prepared, dependencies, dependenciesWith, findings };
}

/** The hash of a component's code and of the files that it declares; one that can't be read counts as that. */
async function codeHashOf({ codeHash = "", files = [] }: Described, folder: string): Promise<string> {
  if (files.length === 0) return codeHash;
  const contents: string[] = [];
  for (const file of files) {
    contents.push(
      await readFile(resolve(folder, file)).then(
        (bytes) => sha256(bytes),
        () => "unreadable",
      ),
    );
  }
  return sha256(JSON.stringify([codeHash, contents]));
}
