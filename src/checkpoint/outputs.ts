import { CairnError, type JsonValue, sha256 } from "../base/mod.ts";
import type { CheckpointStore } from "../store/mod.ts";
import type { Completion } from "./events.ts";
import type { KeyNames } from "./names.ts";
import { appendSettled, type SettleTools } from "./settle.ts";

/**
 * Outputs whose JSON text is longer than this, in UTF-16 code units, lie in a log of their own: a resume writes
 * all carried completions into one record, which must not grow with the outputs.
 */
export const INLINE_OUTPUTS: number = 4 * 1024;

/** The name of an output: by its content and its chain of runs, so that what one chain removes no other one needs. */
function outputsHash(rootRunId: string, text: string): string {
  return sha256(`${JSON.stringify(rootRunId)}\n${text}`);
}

/** Puts one large output where {@link readOutputs} finds it; its bytes depend on nothing else, so that writing twice is writing once. */
export async function writeOutputs(
  tools: SettleTools,
  names: KeyNames,
  rootRunId: string,
  text: string,
): Promise<string> {
  const hash = outputsHash(rootRunId, text);
  const log = names.carry(hash);
  for (let seq = 1; ; seq++) {
    const settled = await appendSettled(tools, log, seq, `{"seq":${seq},"outputs":${text}}`);
    if (settled.ours || outputsIn(settled.present, rootRunId, hash) !== undefined) return hash;
  }
}

/** The outputs of a completion, wherever they lie. Throws CHECKPOINT_CORRUPT where they are named and not there. */
export async function readOutputs(
  store: CheckpointStore,
  names: KeyNames,
  rootRunId: string,
  completion: Completion,
  signal?: AbortSignal,
): Promise<JsonValue | undefined> {
  const hash = completion.outputsAt;
  if (hash === undefined) return completion.outputs;
  for (const { text } of await store.read(names.carry(hash), 1, signal)) {
    const found = outputsIn(text, rootRunId, hash);
    if (found !== undefined) return JSON.parse(found) as JsonValue;
  }
  throw new CairnError(
    `Cannot restore the outputs of component ${completion.index}: "${names.carry(hash)}" is missing or damaged`,
    {
      code: "CHECKPOINT_CORRUPT",
      kind: "world",
      hint: "Start anew with --fresh.",
      details: { index: completion.index },
    },
  );
}

/** The outputs' text in a record of a carry log, where the record is what its name says. */
function outputsIn(text: string | undefined, rootRunId: string, hash: string): string | undefined {
  const head = /^\{"seq":[0-9]+,"outputs":/.exec(text ?? "")?.[0];
  if (text === undefined || head === undefined || !text.endsWith("}")) return undefined;
  const outputs = text.slice(head.length, -1);
  return outputsHash(rootRunId, outputs) === hash ? outputs : undefined;
}
