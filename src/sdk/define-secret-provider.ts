import type { GenericSchema, InferOutput } from "valibot";
import { CairnError } from "../base/mod.ts";
import type { PlainConfig } from "./define-component.ts";
import { checkDefinition } from "./definition-check.ts";

/** What a secret provider is opened with. */
export interface SecretProviderRequest<Config = unknown> {
  /** `pipeline.secrets.<scheme> { … }`, parsed by the schema, its own references to `env` and `file` filled in. */
  readonly config: Config;
  /** The environment of the process; `CAIRN_*`, `BUN_OPTIONS` and `BUN_BE_BUN` removed. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** An open source of secrets. */
export interface SecretProvider {
  /**
   * The secret that a reference names, now: it may change from one call to the next. Rejects where there is none,
   * with a message that shows no secret; with a `TransientError` where another try may help.
   * @param path What follows `secret://<scheme>/` in the reference.
   */
  get(path: string): string | Promise<string>;
}

/** A secret provider as a plugin gives it. */
export interface SecretProviderDefinition<Schema extends GenericSchema = GenericSchema> {
  readonly kind: "secrets";
  /** What stands in `secret://<scheme>/…`. */
  readonly scheme: string;
  readonly description: string | undefined;
  readonly config: Schema | undefined;
  open(request: SecretProviderRequest<InferOutput<Schema>>): SecretProvider | Promise<SecretProvider>;
}

export interface SecretProviderOptions<Schema extends GenericSchema> {
  /** Lower case letters, digits and `-`: `vault`. */
  readonly scheme: string;
  readonly description?: string | undefined;
  /** The valibot schema of `pipeline.secrets.<scheme>`. Absent: it is given as it is. */
  readonly config?: Schema | undefined;
  /** Called once in each process that needs a secret of the scheme. It need not connect: an error of `get` names the reference. */
  open(request: SecretProviderRequest<InferOutput<Schema>>): SecretProvider | Promise<SecretProvider>;
}

const SCHEME = /^[a-z][a-z0-9-]*$/u;
const RESERVED: readonly string[] = ["env", "file"];

/**
 * Defines where secrets of a scheme come from: the default export of the plugin file named after it
 * (`plugins/vault.ts` for `secret://vault/…`).
 *
 * ```ts
 * import { defineSecretProvider, v } from "cairn";
 *
 * export default defineSecretProvider({
 *   scheme: "vault",
 *   config: v.object({ address: v.string(), token: v.string() }),
 *   open: ({ config }) => ({
 *     async get(path) {
 *       const answer = await fetch(`${config.address}/v1/${path}`, { headers: { "X-Vault-Token": config.token } });
 *       if (!answer.ok) throw new Error(`the vault answered ${answer.status}`);
 *       return ((await answer.json()) as { data: { value: string } }).data.value;
 *     },
 *   }),
 * });
 * ```
 *
 * Throws PLUGIN_DEFINITION_INVALID where the definition is not one.
 */
export function defineSecretProvider<const Schema extends GenericSchema = PlainConfig>(
  options: SecretProviderOptions<Schema>,
): SecretProviderDefinition<Schema> {
  checkDefinition("defineSecretProvider", options, {
    known: ["scheme", "description", "config", "open"],
    functions: ["open"],
    texts: ["scheme", "description"],
  });
  const { scheme } = options;
  if (scheme === undefined || !SCHEME.test(scheme) || RESERVED.includes(scheme)) {
    throw new CairnError(
      `Cannot define a plugin: defineSecretProvider needs "scheme", lower case letters, digits and "-" and neither "env" nor "file"; it is ${JSON.stringify(scheme) ?? "absent"}`,
      {
        code: "PLUGIN_DEFINITION_INVALID",
        kind: "config",
        hint: 'Write scheme: "vault" for references like secret://vault/….',
      },
    );
  }
  return {
    kind: "secrets",
    scheme,
    description: options.description,
    config: options.config,
    open: async (request) => {
      const opened: unknown = await options.open(request);
      if (typeof opened === "object" && opened !== null && typeof Reflect.get(opened, "get") === "function") {
        return opened as SecretProvider;
      }
      throw new CairnError(`Cannot open the secret provider "${scheme}": its open gave no provider`, {
        code: "PLUGIN_DEFINITION_INVALID",
        kind: "config",
        hint: "It gives an object with get(path).",
      });
    },
  };
}
