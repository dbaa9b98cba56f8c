import { type JsonObject, type JsonValue, messageOf } from "../../base/mod.ts";
import { PermanentError } from "../../sdk/mod.ts";

/** What a program wrote to a file of the protocol is not what belongs there. */
export function badLine(file: string, state: string, hint: string): PermanentError {
  return new PermanentError(`what it wrote to ${file} can't be read: ${state}`, {
    code: "PROGRAM_PROTOCOL",
    hint,
  });
}

function parse(file: string, text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch (thrown) {
    throw badLine(file, messageOf(thrown), "Write JSON, one value a line.");
  }
}

function parseObject(file: string, text: string): JsonObject {
  const value = parse(file, text);
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as JsonObject;
  throw badLine(file, "a line is no JSON object", "See docs/plugins/any-language.md.");
}

/** A line of CAIRN_STEPS: `{"name": "list", "result": […]}`; without result it is null. */
export function parseStep(text: string): { readonly name: string; readonly result: JsonValue } {
  const { name, result } = parseObject("CAIRN_STEPS", text);
  if (typeof name === "string" && name !== "") return { name, result: result ?? null };
  throw badLine("CAIRN_STEPS", "a line has no name", 'Write {"name": "…", "result": …}.');
}

/** How far the work is. */
export interface ToldProgress {
  readonly done: number;
  readonly total: number | undefined;
  readonly label: string | undefined;
}

/** A line of CAIRN_PROGRESS: `{"done": 3, "total": 10, "label": "x"}`, or `3`, `3 10`, `3 10 label`. Undefined where it is neither: progress is no reason to fail. */
export function parseProgress(text: string): ToldProgress | undefined {
  const plain = /^\s*(\d+(?:\.\d+)?)(?:\s+(\d+(?:\.\d+)?))?(?:\s+(.*?))?\s*$/u.exec(text);
  if (plain !== null) {
    const [, done, total, label] = plain;
    return { done: Number(done), total: total === undefined ? undefined : Number(total), label };
  }
  try {
    const { done, total, label } = JSON.parse(text) as Readonly<Record<string, unknown>>;
    if (typeof done !== "number") return undefined;
    return {
      done,
      total: typeof total === "number" ? total : undefined,
      label: typeof label === "string" ? label : undefined,
    };
  } catch (thrown) {
    if (thrown instanceof SyntaxError || thrown instanceof TypeError) return undefined;
    throw thrown;
  }
}

export interface ToldArtifact {
  readonly path: string;
  readonly hash: boolean;
  readonly consumed: boolean;
}

/** A line of CAIRN_ARTIFACTS: `{"path": "…", "hash": true, "consumed": true}`, or the path alone. */
export function parseArtifact(text: string): ToldArtifact {
  if (!text.startsWith("{")) return { path: text, hash: false, consumed: false };
  const { path, hash, consumed } = parseObject("CAIRN_ARTIFACTS", text);
  if (typeof path === "string" && path !== "")
    return { path, hash: hash === true, consumed: consumed === true };
  throw badLine("CAIRN_ARTIFACTS", "a line has no path", 'Write {"path": "…"}, or the path alone.');
}

/** CAIRN_OUTPUT: one JSON value; undefined where nothing was written. */
export function parseOutput(text: string): JsonValue | undefined {
  return text.trim() === "" ? undefined : parse("CAIRN_OUTPUT", text);
}

/** What a program says of its failure. */
export interface ToldError {
  readonly message?: string | undefined;
  readonly name?: string | undefined;
  readonly hint?: string | undefined;
  readonly kind?: "transient" | "permanent" | "skip" | undefined;
}

/** CAIRN_ERROR: `{"message": "…", "name": "…", "hint": "…", "kind": "transient"}`, or the message alone. Never throws: a failure must not hide another. */
export function parseError(text: string): ToldError {
  const trimmed = text.trim();
  if (trimmed === "") return {};
  if (!trimmed.startsWith("{")) return { message: trimmed };
  try {
    const told = JSON.parse(trimmed) as Readonly<Record<string, unknown>>;
    const textAt = (key: string): string | undefined => {
      const value = told[key];
      return typeof value === "string" && value !== "" ? value : undefined;
    };
    const kind = textAt("kind");
    return {
      message: textAt("message"),
      name: textAt("name"),
      hint: textAt("hint"),
      kind: kind === "transient" || kind === "permanent" || kind === "skip" ? kind : undefined,
    };
  } catch (thrown) {
    if (!(thrown instanceof SyntaxError)) throw thrown;
    return { message: trimmed };
  }
}
