import { CairnError, type JsonObject, type JsonValue } from "../base/mod.ts";
import { holdsSecret } from "../config/mod.ts";
import { readSelection, type Selection, selectionRecord } from "./selection.ts";

/** `--set PATH=VALUE`. */
export interface SetOption {
  readonly path: string;
  readonly value: string;
}

/** Options of a run that are kept in its checkpoint and hold for its resumes too. */
export interface RememberedOptions {
  readonly set: readonly SetOption[];
  readonly failFast: boolean | undefined;
  /** Undefined: none is given. */
  readonly selection: Selection | undefined;
}

/** The options as the journal's header has them: values that hold secrets are left out. */
export function optionsRecord(options: RememberedOptions, redact: readonly string[]): JsonObject {
  return {
    ...(options.failFast === undefined ? {} : { failFast: options.failFast }),
    ...(options.selection === undefined ? {} : { selection: selectionRecord(options.selection) }),
    ...(options.set.length === 0
      ? {}
      : {
          set: options.set.map(({ path, value }) =>
            holdsSecret({ path, value }, redact) ? { path, secret: true } : { path, value },
          ),
        }),
  };
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * What holds for a resume: what is given now, and for the rest what was given to the run that is resumed.
 * Throws RESUME_OPTION_NEEDED where a value was not kept because it is a secret, and is not given now.
 */
export function restoreOptions(given: RememberedOptions, kept: JsonObject, runId: string): RememberedOptions {
  const now = new Set(given.set.map(({ path }) => path));
  const set: SetOption[] = [];
  const missing: string[] = [];
  for (const one of Array.isArray(kept["set"]) ? (kept["set"] as readonly JsonValue[]) : []) {
    if (!isObject(one) || typeof one["path"] !== "string" || now.has(one["path"])) continue;
    if (typeof one["value"] === "string") set.push({ path: one["path"], value: one["value"] });
    else missing.push(one["path"]);
  }
  if (missing.length > 0) {
    throw new CairnError(
      `Cannot resume run "${runId}": it was given ${missing.map((path) => `--set ${path}`).join(" and ")}, and secrets are not kept`,
      {
        code: "RESUME_OPTION_NEEDED",
        kind: "config",
        hint: `Give ${missing.length === 1 ? "it" : "them"} again: ${missing.map((path) => `--set ${path}=…`).join(" ")}`,
      },
    );
  }
  const keptFailFast = typeof kept["failFast"] === "boolean" ? kept["failFast"] : undefined;
  return {
    set: [...set, ...given.set],
    failFast: given.failFast ?? keptFailFast,
    selection: given.selection ?? readSelection(kept["selection"]),
  };
}
