import type { Finding, JsonValue } from "../base/mod.ts";
import { findingAt, type HoconNode } from "../hocon/mod.ts";
import type { Decoding } from "./field.ts";

/** A value that names a secret: `secret://env/DB_PASSWORD`, `secret://file/run/secrets/db`, `secret://vault/kv/db#password`. */
export interface SecretReference {
  /** `env`, `file`, or the scheme of a secret provider. */
  readonly scheme: string;
  /** The variable's name, the file's absolute path, or what the provider makes of it. */
  readonly path: string;
}

/** Schemes that need no plugin. */
export const BUILTIN_SECRET_SCHEMES: readonly string[] = ["env", "file"];

const SCHEME = "secret://";
const ENV_REFERENCE = /^secret:\/\/env\/([A-Za-z_][A-Za-z0-9_]*)$/u;
const FILE_REFERENCE = /^secret:\/\/file(\/[^\0]+)$/u;
const PROVIDER_REFERENCE = /^secret:\/\/(?!env\/|file\/)([a-z][a-z0-9-]*)\/([^\s?\p{Cc}]+)$/u;
/** A reference somewhere inside a longer text. */
const INNER_REFERENCE = /secret:\/\/[a-z][a-z0-9-]*\//u;
/** The spelling of the framework whose files are read here. */
const ORIGINAL_REFERENCE = /\$\{secret:(?:([a-z]+):\/\/)?([^}]*)\}/u;

/** The reference that a text is, as a whole; undefined for any other text. */
export function parseSecretReference(text: string): SecretReference | undefined {
  if (!text.startsWith(SCHEME)) return undefined;
  const name = ENV_REFERENCE.exec(text)?.[1];
  if (name !== undefined) return { scheme: "env", path: name };
  const file = FILE_REFERENCE.exec(text)?.[1];
  if (file !== undefined) return { scheme: "file", path: file };
  const [, scheme, path] = PROVIDER_REFERENCE.exec(text) ?? [];
  return scheme === undefined || path === undefined ? undefined : { scheme, path };
}

const FORMS = "secret://env/NAME, secret://file/absolute/path or secret://SCHEME/… of a secret provider";

function originalHint(provider: string | undefined, rest: string): string {
  if (provider === "env" && /^[A-Za-z_]\w*$/u.test(rest)) return `Write "secret://env/${rest}".`;
  return `Write ${FORMS}.`;
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

/** Whether some text below a JSON value begins like a reference to a secret. */
export function holdsSecretReference(value: JsonValue): boolean {
  if (typeof value === "string") return value.startsWith(SCHEME);
  if (value === null || typeof value !== "object") return false;
  return Object.values(value).some(holdsSecretReference);
}

/** A reference, and where it stands. */
export interface PlacedReference {
  readonly reference: SecretReference;
  /** From the value that was looked through. */
  readonly path: readonly (string | number)[];
  readonly node: HoconNode;
}

/** All references to secrets below a value of the configuration. */
export function secretReferences(root: HoconNode): readonly PlacedReference[] {
  const found: PlacedReference[] = [];
  const look = (node: HoconNode, path: readonly (string | number)[]): void => {
    if (node.kind === "object") for (const [key, { value }] of node.fields) look(value, [...path, key]);
    else if (node.kind === "array") for (const [at, item] of node.items.entries()) look(item, [...path, at]);
    else if (node.kind === "string") {
      const reference = parseSecretReference(node.value);
      if (reference !== undefined) found.push({ reference, path, node });
    }
  };
  look(root, []);
  return found;
}
