import { isSecretReference } from "../base/mod.ts";
import type { HoconNode } from "../hocon/mod.ts";
import { secretReferences } from "./secrets.ts";

/** Values under secret keys are looked for elsewhere from this length on, in UTF-16 code units. */
const MIN_LENGTH = 8;

/** Values that stand as they are under keys that hold secrets. */
export interface PlainSecrets {
  /** Letters beside digits or signs: no word of a language, so that it is a secret wherever it stands. */
  readonly secrets: readonly string[];
  /** What may be a mere word, like `kerberos` under `auth`. */
  readonly suspects: readonly string[];
}

function isNoWord(value: string): boolean {
  return /\p{L}/u.test(value) && /[^\p{L}\s/._-]/u.test(value);
}

/** The texts right under secret keys of a configuration that are long enough to be told from others. */
export function plainSecrets(root: HoconNode, isSecretKey: (key: string) => boolean): PlainSecrets {
  const secrets = new Set<string>();
  const suspects = new Set<string>();
  const look = (node: HoconNode, secret: boolean): void => {
    if (node.kind === "object") {
      for (const [key, { value }] of node.fields) look(value, value.kind !== "object" && isSecretKey(key));
    } else if (node.kind === "array") for (const item of node.items) look(item, secret);
    else if (node.kind === "string" && secret) {
      const { value } = node;
      if (value.length < MIN_LENGTH || isSecretReference(value)) return;
      (isNoWord(value) ? secrets : suspects).add(value);
    }
  };
  look(root, false);
  return { secrets: [...secrets], suspects: [...suspects] };
}

/** Variables that the configuration names as secrets: their values are known before anybody resolves them. */
export function namedSecrets(
  root: HoconNode,
  env: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  return secretReferences(root).flatMap(({ reference: { scheme, path } }) => {
    const value = scheme === "env" ? env[path] : undefined;
    return value === undefined ? [] : [value];
  });
}

/** Values of environment variables with names of secrets; paths, which such names have too (`SSH_AUTH_SOCK`), are none. */
export function environmentSecrets(
  env: Readonly<Record<string, string | undefined>>,
  isSecretKey: (key: string) => boolean,
): readonly string[] {
  return Object.entries(env).flatMap(([name, value]) =>
    value !== undefined && value.length >= MIN_LENGTH && !value.startsWith("/") && isSecretKey(name)
      ? [value]
      : [],
  );
}
