import type { PipelineConfig } from "../config/mod.ts";
import { dependenciesOf } from "../run/mod.ts";

/** One component in the graph of a pipeline. */
export interface GraphComponent {
  /** 0-based place in the file. */
  readonly index: number;
  readonly name: string;
  readonly type: string;
  readonly enabled: boolean;
  /** Indexes of the components it comes after. */
  readonly after: readonly number[];
  /** True: a failure of one of them skips it; false: it only waits for them. */
  readonly needsSuccess: boolean;
}

/** The document of `graph --format json`. */
export interface PipelineGraph {
  readonly version: 1;
  readonly pipelineName: string;
  readonly maxParallel: number;
  readonly components: readonly GraphComponent[];
}

/** Components and what each comes after, from the configuration alone. */
export function graphPipeline(config: PipelineConfig): PipelineGraph {
  const dependencies = dependenciesOf(config.components);
  return {
    version: 1,
    pipelineName: config.pipelineName,
    maxParallel: config.maxParallel,
    components: config.components.map(({ index, instanceName, instanceType, enabled }) => ({
      index,
      name: instanceName,
      type: instanceType,
      enabled,
      after: dependencies[index]?.after ?? [],
      needsSuccess: dependencies[index]?.needsSuccess ?? false,
    })),
  };
}
