import { CairnError, type JsonValue, messageOf, placeText } from "../base/mod.ts";
import type { HoconNode } from "../hocon/mod.ts";
import { machineFiles } from "./config-files.ts";
import { parseSecretReference, type SecretReference, secretReferences } from "./secrets.ts";

/** The largest secret file that is read, in bytes. */
const MAX_SECRET_BYTES = 1024 * 1024;

/** Where secrets come from: arguments, so that tests own them. */
export interface SecretSources {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The file's text as UTF-8; throws where it can't be read. */
  readFile(path: string): string;
  /** The value that a provider plugin has; rejects where it has none. Absent: there are no providers. */
  readonly provide?: ((scheme: string, path: string) => Promise<string>) | undefined;
}

/** The machine's own files beside a given environment. */
export function machineSecrets(env: SecretSources["env"], provide?: SecretSources["provide"]): SecretSources {
  return {
    env,
    readFile(path) {
      const reading = machineFiles.read(path, MAX_SECRET_BYTES);
      if (reading.ok) return new TextDecoder("utf-8", { fatal: true }).decode(reading.bytes);
      throw new Error(reading.why === "missing" ? "there is no such file" : reading.message);
    },
    provide,
  };
}

/** Places of references, `file:line:column`, by their path into the value joined with `/`. */
export type SecretPlaces = Readonly<Record<string, string>>;

function placeKey(path: readonly (string | number)[]): string {
  return path.join("/");
}

/** Where the references below a value stand in the configuration; undefined where there are none. */
export function secretPlaces(node: HoconNode): SecretPlaces | undefined {
  const found = secretReferences(node);
  if (found.length === 0) return undefined;
  return Object.fromEntries(found.map(({ path, node: at }) => [placeKey(path), placeText(at.origin.place)]));
}

export interface ResolvedSecrets {
  /** The value with each reference replaced by its secret. */
  readonly value: JsonValue;
  /** The secrets, for a redactor to learn. */
  readonly secrets: readonly string[];
  /** References whose secrets are so short that they are masked only as whole words. */
  readonly short: readonly string[];
}

/** A reference that can't be resolved. Nothing in it is a secret. */
export interface UnresolvedSecret {
  readonly path: readonly (string | number)[];
  readonly reference: string;
  /** Why: `the environment variable DB is not set`. */
  readonly state: string;
  /** What was thrown. */
  readonly thrown: unknown;
}

/** SECRET_UNRESOLVED, kind `config`, with every reference that can't be resolved. */
export class UnresolvedSecretsError extends CairnError {
  readonly unresolved: readonly UnresolvedSecret[];

  constructor(unresolved: readonly UnresolvedSecret[], places: SecretPlaces) {
    const lines = unresolved.map(({ path, reference, state }) => {
      const place = places[placeKey(path)] ?? "";
      return `${reference}${place === "" ? "" : ` (${place})`}: ${state}`;
    });
    super(`Cannot resolve ${unresolved.length === 1 ? "a secret" : "secrets"}: ${lines.join("; ")}`, {
      code: "SECRET_UNRESOLVED",
      kind: "config",
      hint: "Set the variable, make the file readable for the user that runs the pipeline, or look at the secret provider.",
    });
    this.unresolved = unresolved;
  }
}

async function valueOf({ scheme, path }: SecretReference, sources: SecretSources): Promise<string> {
  if (scheme === "env") {
    const value = sources.env[path];
    if (value === undefined) throw new Error(`the environment variable ${path} is not set`);
    return value;
  }
  // A file made by an editor or `echo` ends in a line feed that is no part of the secret.
  if (scheme === "file") return sources.readFile(path).replace(/\r?\n$/u, "");
  if (sources.provide === undefined) throw new Error(`there is no secret provider "${scheme}"`);
  const value: unknown = await sources.provide(scheme, path);
  if (typeof value !== "string") throw new Error(`the secret provider "${scheme}" gave no text`);
  return value;
}

/** Secrets shorter than this can't be masked wherever they stand, in UTF-16 code units. */
const SHORT_SECRET_LENGTH = 4;

/**
 * Replaces references to secrets in a JSON value. To be called as late as possible, where the value is used;
 * what it gives must not be recorded or shown.
 * @param places Where the references stand, for the error.
 * @throws UnresolvedSecretsError `SECRET_UNRESOLVED` (kind `config`) that names every reference that can't be resolved.
 */
export async function resolveSecrets(
  value: JsonValue,
  sources: SecretSources,
  places: SecretPlaces = {},
): Promise<ResolvedSecrets> {
  const secrets = new Set<string>();
  const short = new Set<string>();
  const unresolved: UnresolvedSecret[] = [];
  const text = async (given: string, path: UnresolvedSecret["path"]): Promise<string> => {
    const reference = parseSecretReference(given);
    if (reference === undefined) return given;
    try {
      const secret = await valueOf(reference, sources);
      if (secret !== "") secrets.add(secret);
      if (secret !== "" && secret.length < SHORT_SECRET_LENGTH) short.add(given);
      return secret;
    } catch (thrown) {
      unresolved.push({ path, reference: given, state: messageOf(thrown), thrown });
      return given;
    }
  };
  const resolve = async (given: JsonValue, path: UnresolvedSecret["path"]): Promise<JsonValue> => {
    if (typeof given === "string") return text(given, path);
    if (given === null || typeof given !== "object") return given;
    if (Array.isArray(given)) {
      const items: JsonValue[] = [];
      for (const [at, item] of given.entries()) items.push(await resolve(item as JsonValue, [...path, at]));
      return items;
    }
    const object = Object.create(null) as Record<string, JsonValue>;
    for (const [key, item] of Object.entries(given)) object[key] = await resolve(item, [...path, key]);
    return object;
  };
  const resolved = await resolve(value, []);
  if (unresolved.length > 0) throw new UnresolvedSecretsError(unresolved, places);
  return { value: resolved, secrets: [...secrets], short: [...short] };
}
