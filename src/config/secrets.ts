import { CairnError, type Finding, type JsonValue, messageOf } from "../base/mod.ts";
import { findingAt, type HoconNode } from "../hocon/mod.ts";
import { machineFiles } from "./config-files.ts";
import type { Decoding } from "./field.ts";

/** A value that names a secret, e.g. `secret://env/DB_PASSWORD`, `secret://file/run/secrets/db`. */
export type SecretReference =
  | { readonly provider: "env"; readonly name: string }
  | { readonly provider: "file"; readonly path: string };

const SCHEME = "secret://";
const ENV_REFERENCE = /^secret:\/\/env\/([A-Za-z_][A-Za-z0-9_]*)$/u;
const FILE_REFERENCE = /^secret:\/\/file(\/[^\0]+)$/u;
/** A reference somewhere inside a longer text. */
const INNER_REFERENCE = /secret:\/\/(?:env|file)\//u;
/** The spelling of the framework whose files are read here. */
const ORIGINAL_REFERENCE = /\$\{secret:(?:([a-z]+):\/\/)?([^}]*)\}/u;

/** The largest secret file that is read, in bytes. */
const MAX_SECRET_BYTES = 1024 * 1024;

/** The reference that a text is, as a whole; undefined for any other text. */
export function parseSecretReference(text: string): SecretReference | undefined {
  if (!text.startsWith(SCHEME)) return undefined;
  const name = ENV_REFERENCE.exec(text)?.[1];
  if (name !== undefined) return { provider: "env", name };
  const path = FILE_REFERENCE.exec(text)?.[1];
  return path === undefined ? undefined : { provider: "file", path };
}

const FORMS = "secret://env/NAME or secret://file/absolute/path";

function originalHint(provider: string | undefined, rest: string): string {
  if (provider === "env" && /^[A-Za-z_]\w*$/u.test(rest)) return `Write "secret://env/${rest}".`;
  return `Write ${FORMS}; there is no provider ${JSON.stringify(provider ?? "")}.`;
}

/** What is wrong with the way a text names a secret, or undefined. */
function problemIn(
  text: string,
): { readonly code: string; readonly message: string; readonly hint: string } | undefined {
  const original = ORIGINAL_REFERENCE.exec(text);
  if (original !== null) {
    return {
      code: "CONFIG_SECRET_SYNTAX",
      message: `${original[0]} is not how a secret is named here`,
      hint: originalHint(original[1], original[2] ?? ""),
    };
  }
  if (text.startsWith(SCHEME)) {
    if (parseSecretReference(text) !== undefined) return undefined;
    return {
      code: "CONFIG_SECRET_SYNTAX",
      message: `${text} is no reference to a secret`,
      hint: `Write ${FORMS}.`,
    };
  }
  if (INNER_REFERENCE.test(text)) {
    return {
      code: "CONFIG_SECRET_SYNTAX",
      message: "a reference to a secret must be the whole value",
      hint: "Give the secret a key of its own and let the component put the text together.",
    };
  }
  return undefined;
}

/** A finding of the language inside an unquoted `${secret:env://NAME}` says what to write instead. */
export function hintAtSecretSyntax(finding: Finding): Finding {
  const { place, sourceLine } = finding;
  const match = sourceLine === undefined ? null : ORIGINAL_REFERENCE.exec(sourceLine);
  if (place === undefined || match === null) return finding;
  const from = place.column - 1 - match.index;
  if (from < 0 || from >= match[0].length) return finding;
  return { ...finding, ...problemIn(match[0]) };
}

/** Checks how secrets are named in all strings below a value. Nothing is resolved. */
export function checkSecretReferences(root: HoconNode, decoding: Decoding): void {
  const open: HoconNode[] = [root];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (node.kind === "object") for (const field of node.fields.values()) open.push(field.value);
    else if (node.kind === "array") open.push(...node.items);
    else if (node.kind === "string" && node.value.includes("secret:")) {
      const problem = problemIn(node.value);
      if (problem !== undefined) decoding.findings.push(findingAt(node, problem));
    }
  }
}

/** Where secrets come from: arguments, so that tests own them. */
export interface SecretSources {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The file's text as UTF-8; throws where it can't be read. */
  readFile(path: string): string;
}

/** The machine's own files beside a given environment. */
export function machineSecrets(env: SecretSources["env"]): SecretSources {
  return {
    env,
    readFile(path) {
      const reading = machineFiles.read(path, MAX_SECRET_BYTES);
      if (reading.ok) return new TextDecoder("utf-8", { fatal: true }).decode(reading.bytes);
      throw new Error(reading.why === "missing" ? "there is no such file" : reading.message);
    },
  };
}

export interface ResolvedSecrets {
  /** The value with each reference replaced by its secret. */
  readonly value: JsonValue;
  /** The secrets, for a redactor to learn. */
  readonly secrets: readonly string[];
}

function valueOf(reference: SecretReference, sources: SecretSources): string {
  if (reference.provider === "env") {
    const value = sources.env[reference.name];
    if (value === undefined) throw new Error(`the environment variable ${reference.name} is not set`);
    return value;
  }
  // A file made by an editor or `echo` ends in a line feed that is no part of the secret.
  return sources.readFile(reference.path).replace(/\r?\n$/u, "");
}

/**
 * Replaces references to secrets in a JSON value. To be called as late as possible, where the value is used;
 * what it gives must not be recorded or shown.
 * @throws CairnError `SECRET_UNRESOLVED` (kind `config`) that names every reference that can't be resolved.
 */
export function resolveSecrets(value: JsonValue, sources: SecretSources): ResolvedSecrets {
  const secrets = new Set<string>();
  const problems: string[] = [];
  const resolve = (given: JsonValue): JsonValue => {
    if (typeof given === "string") {
      const reference = parseSecretReference(given);
      if (reference === undefined) return given;
      try {
        const secret = valueOf(reference, sources);
        if (secret !== "") secrets.add(secret);
        return secret;
      } catch (thrown) {
        problems.push(`${given}: ${messageOf(thrown)}`);
        return given;
      }
    }
    if (Array.isArray(given)) return given.map((item) => resolve(item as JsonValue));
    if (given === null || typeof given !== "object") return given;
    const object = Object.create(null) as Record<string, JsonValue>;
    for (const [key, item] of Object.entries(given)) object[key] = resolve(item);
    return object;
  };
  const resolved = resolve(value);
  if (problems.length > 0) {
    throw new CairnError(
      `Cannot resolve ${problems.length === 1 ? "a secret" : "secrets"}: ${problems.join("; ")}`,
      {
        code: "SECRET_UNRESOLVED",
        kind: "config",
        hint: "Set the variable, or make the file readable, for the user that runs the pipeline.",
      },
    );
  }
  return { value: resolved, secrets: [...secrets] };
}
