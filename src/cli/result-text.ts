import { durationText } from "../base/mod.ts";
import type { ComponentOutcome, RunResult } from "../api/mod.ts";
import { type Style, visible } from "./style.ts";

/** `1 completed, 2 restored, 1 failed`: what became of the components, in the order in which it matters. */
function countsText(components: readonly ComponentOutcome[]): string {
  const words = ["completed", "restored", "skipped", "failed", "not-run"] as const;
  const counts = words
    .map((status) => ({ status, count: components.filter((each) => each.status === status).length }))
    .filter(({ count }) => count > 0)
    .map(({ status, count }) => `${count} ${status === "not-run" ? "not run" : status}`);
  return counts.length === 0 ? "no components" : counts.join(", ");
}

/** The result of a run for people, on standard output. */
export function resultText(result: RunResult, style: Style): string {
  const name = style.bold(visible(result.pipelineName));
  if (result.reason === "already-completed") {
    return `${name} ${style.green("already completed")}: run ${result.runId}; nothing to do\n`;
  }
  const paint =
    result.status === "completed" ? style.green : result.status === "partial" ? style.yellow : style.red;
  const { status, reason } = result;
  const how = reason === null || reason === status ? status : `${status} (${reason})`;
  const resumed = result.resumedFrom === null ? "" : `, resumed from ${result.resumedFrom}`;
  const lines = [
    `${name} ${paint(how)} in ${durationText(result.durationMs)}: ${countsText(result.components)}`,
    `run ${result.runId}${resumed}`,
  ];
  if (result.checkpoint !== null) {
    const kept = result.checkpoint.kept ? "kept" : "removed after success";
    lines.push(`checkpoint ${visible(result.checkpoint.location)} (${kept})`);
  }
  return `${lines.join("\n")}\n`;
}

/** What failed, for standard error: a block per failed component. */
export function failureText(result: RunResult, style: Style): string {
  return result.components
    .filter((each) => each.status === "failed" && each.error !== null)
    .map((each) => {
      const { error } = each;
      const code = error?.code ? ` ${style.dim(`[${error.code}]`)}` : "";
      const tries = each.attempts > 1 ? ` (${each.attempts} attempts)` : "";
      const text = visible(error?.message ?? "").replaceAll("\n", "\n  ");
      const head = `${style.red("error:")} ${visible(each.name)} failed${tries}: ${visible(error?.name ?? "Error")}: ${text}${code}`;
      return error?.hint ? `${head}\n  ${style.cyan("hint:")} ${visible(error.hint)}\n` : `${head}\n`;
    })
    .join("");
}

/** Why a run ended in which no component failed, for standard error. */
export function endText(
  result: RunResult,
  error: { readonly message: string; readonly hint: string | undefined } | undefined,
  style: Style,
): string {
  const why = error?.message ?? `the run ended (${result.reason ?? result.status})`;
  const hint = error?.hint === undefined ? "" : `  ${style.cyan("hint:")} ${visible(error.hint)}\n`;
  return `${style.red("error:")} ${visible(why)}\n${hint}`;
}
