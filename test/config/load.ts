import { findingsToText } from "../../src/base/mod.ts";
import { type Loaded, loadPipeline, type LoadRequest, type PipelineConfig } from "../../src/config/mod.ts";

/** Loads a text as `daily.conf`, with no environment but the given one. */
export function loadText(text: string, more: Partial<LoadRequest> = {}): Promise<Loaded> {
  return loadPipeline({ path: "daily.conf", text, cwd: "/srv/etl", env: {}, ...more });
}

/** What people read of the findings. */
export async function findingsText(text: string, more: Partial<LoadRequest> = {}): Promise<string> {
  return findingsToText((await loadText(text, more)).findings);
}

/** The pipeline of a text that has no errors. */
export async function pipelineOf(text: string, more: Partial<LoadRequest> = {}): Promise<PipelineConfig> {
  const { pipeline, findings } = await loadText(text, more);
  if (pipeline === undefined) throw new Error(findingsToText(findings));
  return pipeline;
}

/** A pipeline of two components with more keys in its block. */
export function pipelineText(keys: string, components = ""): string {
  return `pipeline {
  pipeline-name = "Daily ETL"
  ${keys}
  pipeline-components = [
    { instance-type = com.example.Extract, instance-name = "Extract(orders)" }
    ${components}
  ]
}
`;
}
