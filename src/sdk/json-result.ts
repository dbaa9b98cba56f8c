import { CairnError, type JsonValue } from "../base/mod.ts";

/** Largest outputs of a component and largest result of a step, in bytes of JSON text. */
export const MAX_RESULT_BYTES: number = 256 * 1024;

/** Deeper values are refused, long before a stack ends. */
const MAX_DEPTH = 200;
/** Characters of a deep path that a message shows. */
const SHOWN_PATH = 60;

function refuse(what: string, state: string, hint: string): never {
  throw new CairnError(`Cannot keep ${what}: ${state}`, { code: "RESULT_NOT_JSON", kind: "config", hint });
}

function nameOf(value: unknown): string {
  if (typeof value === "number") return String(value);
  if (typeof value !== "object" || value === null) return `a ${typeof value}`;
  const name = (Object.getPrototypeOf(value) as { constructor?: { name?: string } }).constructor?.name;
  return `an instance of ${name ?? "a class"}`;
}

/** Refuses an object that stands inside itself, and what is nested too deeply. `above`: the objects around it, with their paths. */
function checkDepth(what: string, value: unknown, path: string, above: ReadonlyMap<unknown, string>): void {
  const outer = above.get(value);
  if (outer !== undefined) {
    refuse(what, `${outer} contains itself, as ${path}`, "Return a value without cycles.");
  }
  if (above.size > MAX_DEPTH) {
    const shown = path.length > SHOWN_PATH ? `${path.slice(0, SHOWN_PATH)}…` : path;
    refuse(what, `${shown} is nested deeper than ${MAX_DEPTH} levels`, "Return a flatter value.");
  }
}

/** Copies what JSON can say; `path` names the place in messages. */
function copy(what: string, value: unknown, path: string, above: Map<unknown, string>): JsonValue {
  checkDepth(what, value, path, above);
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number" && Number.isFinite(value)) return value;
  if (Array.isArray(value)) {
    above.set(value, path);
    const items = value.map((item, index) => copy(what, item, `${path}[${index}]`, above));
    above.delete(value);
    return items;
  }
  const prototype: unknown = typeof value === "object" ? Object.getPrototypeOf(value) : undefined;
  if (prototype !== null && prototype !== Object.prototype) {
    refuse(
      what,
      `${path} is ${nameOf(value)}, which JSON can't say`,
      "Return texts, finite numbers, booleans, null, lists and plain objects.",
    );
  }
  above.set(value, path);
  const result: Record<string, JsonValue> = {};
  for (const [key, item] of Object.entries(value as object)) {
    if (item === undefined) continue;
    Object.defineProperty(result, key, {
      value: copy(what, item, `${path}.${key}`, above),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  above.delete(value);
  return result;
}

/**
 * The JSON value of what a component or step returned, or undefined where it returned nothing. Keys whose value
 * is undefined are left out, as JSON does; anything else that would not come back the same is refused
 * (RESULT_NOT_JSON), and so is more than 256 KiB (RESULT_TOO_LARGE). `what` names it: `the outputs of "Load"`.
 */
export function jsonResult(what: string, value: unknown): JsonValue | undefined {
  if (value === undefined) return undefined;
  const result = copy(what, value, "value", new Map());
  const bytes = Buffer.byteLength(JSON.stringify(result));
  if (bytes > MAX_RESULT_BYTES) {
    throw new CairnError(
      `Cannot keep ${what}: ${bytes} bytes of JSON are more than the ${MAX_RESULT_BYTES} allowed`,
      {
        code: "RESULT_TOO_LARGE",
        kind: "config",
        hint: "Write large data to a file and declare it with artifact(…); return where it lies.",
      },
    );
  }
  return result;
}
