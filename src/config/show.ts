import { createRedactor, type JsonObject, type JsonValue, type Place, type Redactor } from "../base/mod.ts";
import { type HoconNode, type HoconObject, type OriginStep, toJson } from "../hocon/mod.ts";
import type { PipelineConfig } from "./pipeline.ts";
import { environmentSecrets, namedSecrets, plainSecrets } from "./plain-secrets.ts";

/** A redactor that knows a pipeline's `redact` names. */
export function redactorFor(pipeline: Pick<PipelineConfig, "redact"> | undefined): Redactor {
  return createRedactor({ keys: pipeline?.redact });
}

/**
 * The redactor of a run: it also knows the values that stand under secret keys, in the configuration and in the
 * environment, wherever else they turn up, and those of variables that the configuration refers to as secrets.
 */
export function runRedactor(
  pipeline: Pick<PipelineConfig, "redact" | "root">,
  env: Readonly<Record<string, string | undefined>>,
): Redactor {
  const byName = redactorFor(pipeline);
  const isSecretKey = (key: string): boolean => byName.isSecretKey(key);
  const { secrets, suspects } = plainSecrets(pipeline.root, isSecretKey);
  return createRedactor({
    keys: pipeline.redact,
    secrets: [...secrets, ...namedSecrets(pipeline.root, env)],
    suspects: [...suspects, ...environmentSecrets(env, isSecretKey)],
  });
}

/** A configuration as JSON that may be shown: secrets masked, secret references as they are. */
export function showConfig(node: HoconObject, redactor: Redactor): JsonObject {
  return redactor.json(toJson(node)) as JsonObject;
}

/** One value of a configuration, and where it comes from. */
export interface ConfigOrigin {
  /** As `config explain` and `--set` take it; items of lists by number, from 0. */
  readonly path: string;
  /** Redacted. */
  readonly value: JsonValue;
  readonly place: Place;
  /** How it got there, nearest first. */
  readonly steps: readonly OriginStep[];
}

const PLAIN_KEY = /^[\p{L}\p{N}_-]+$/u;

/** Keys as one path expression, quoted where they have to be. */
export function pathText(keys: readonly string[]): string {
  return keys.map((key) => (PLAIN_KEY.test(key) ? key : JSON.stringify(key))).join(".");
}

/** A place and steps that may be shown: URLs without passwords, `--set` without its value. */
export function safeOrigin(
  { place, steps }: Pick<ConfigOrigin, "place" | "steps">,
  redactor: Redactor,
): Pick<ConfigOrigin, "place" | "steps"> {
  const safePlace = (given: Place): Place => ({ ...given, file: redactor.text(given.file) });
  return {
    place: safePlace(place),
    steps: steps.map((step) => {
      const detail = step.kind === "set" ? step.detail?.split("=", 1)[0] : step.detail;
      return { ...step, place: safePlace(step.place), detail: detail && redactor.text(detail) };
    }),
  };
}

/** The values of a tree that hold no others, in order, with their redacted selves. */
export function configOrigins(root: HoconObject, redactor: Redactor): readonly ConfigOrigin[] {
  const origins: ConfigOrigin[] = [];
  const walk = (node: HoconNode, shown: JsonValue, keys: readonly string[]): void => {
    if (node.kind === "object" && node.fields.size > 0) {
      // Masking keeps the order of keys (and may mask a key itself), so tree and JSON are walked in step.
      const values = Object.values(shown as JsonObject);
      let at = 0;
      for (const [key, field] of node.fields) walk(field.value, values[at++] ?? null, [...keys, key]);
    } else if (node.kind === "array" && node.items.length > 0) {
      const values = shown as readonly JsonValue[];
      for (const [index, item] of node.items.entries()) {
        walk(item, values[index] ?? null, [...keys, String(index)]);
      }
    } else {
      origins.push({
        path: redactor.text(pathText(keys)),
        value: shown,
        ...safeOrigin(node.origin, redactor),
      });
    }
  };
  walk(root, showConfig(root, redactor), []);
  return origins;
}
