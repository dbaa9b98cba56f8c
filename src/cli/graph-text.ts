import type { GraphComponent, PipelineGraph } from "../api/mod.ts";
import { visible } from "./style.ts";
import { table } from "./wrap.ts";

/** How a graph may be written. */
export const GRAPH_FORMATS = ["text", "mermaid", "dot", "json"] as const;

/** A line per component with what it comes after. */
export function graphText(graph: PipelineGraph): string {
  const names = graph.components.map(({ name }) => visible(name));
  const rows = graph.components.map((component) => [
    String(component.index + 1),
    names[component.index] ?? "",
    visible(component.type),
    afterText(component, names),
  ]);
  const head = `${visible(graph.pipelineName)}: ${graph.components.length} components, at most ${graph.maxParallel} at a time`;
  return [head, "", ...table(["#", "component", "type", "starts"], rows)].join("\n");
}

function afterText({ enabled, after, needsSuccess }: GraphComponent, names: readonly string[]): string {
  if (!enabled) return "never: not enabled";
  if (after.length === 0) return "at once";
  return `after ${after.map((index) => names[index]).join(", ")}${needsSuccess ? " completed" : ""}`;
}

/** A Mermaid flowchart (https://mermaid.js.org/syntax/flowchart.html); names stand in quotes with entities for what would end them. */
export function graphMermaid(graph: PipelineGraph): string {
  const lines = ["flowchart LR"];
  for (const { index, name, enabled } of graph.components) {
    lines.push(`  c${index}["${mermaidText(name)}"]${enabled ? "" : ":::off"}`);
  }
  for (const { index, after, needsSuccess } of graph.components) {
    for (const before of after) lines.push(`  c${before} ${needsSuccess ? "-->" : "-.->"} c${index}`);
  }
  if (graph.components.some(({ enabled }) => !enabled))
    lines.push("  classDef off stroke-dasharray:4,opacity:0.5");
  return lines.join("\n");
}

function mermaidText(text: string): string {
  return visible(text).replaceAll(/[&"<>#]/gu, (character) => `#${character.codePointAt(0)};`);
}

/** A digraph in the DOT language (https://graphviz.org/doc/info/lang.html); dashed edges only wait, solid ones need success. */
export function graphDot(graph: PipelineGraph): string {
  const lines = [`digraph ${quoted(graph.pipelineName)} {`, "  rankdir=LR;", "  node [shape=box];"];
  for (const { index, name, enabled } of graph.components) {
    lines.push(`  c${index} [label=${quoted(name)}${enabled ? "" : ", style=dashed"}];`);
  }
  for (const { index, after, needsSuccess } of graph.components) {
    for (const before of after)
      lines.push(`  c${before} -> c${index}${needsSuccess ? "" : " [style=dashed]"};`);
  }
  lines.push("}");
  return lines.join("\n");
}

function quoted(text: string): string {
  return `"${visible(text).replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}
