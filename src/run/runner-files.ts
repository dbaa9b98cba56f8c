import { openDataFiles, type OpenFiles } from "../files/mod.ts";
import type { SecretProviderFacts } from "../plugin/mod.ts";
import type { SparkSettings } from "../sdk/mod.ts";
import type { RunLog } from "./run-log.ts";
import { AttemptSecrets } from "./worker/attempt-secrets.ts";

export interface RunnerFilesOptions {
  /** Of the components. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly secretProviders: readonly SecretProviderFacts[];
  /** With references in the place of secrets. */
  readonly spark: SparkSettings | undefined;
  readonly log: RunLog;
}

/**
 * Data as components reach it, for what the runner does in their name: publishing, sweeping, looking at artifacts.
 * Opened when there is such work: then secrets of the `spark` block are resolved here, too.
 */
export class RunnerFiles {
  readonly #options: () => RunnerFilesOptions;
  #opened: Promise<OpenFiles> | undefined;

  constructor(options: () => RunnerFilesOptions) {
    this.#options = options;
  }

  readonly get = (): Promise<OpenFiles> => {
    this.#opened ??= open(this.#options());
    return this.#opened;
  };

  async close(): Promise<void> {
    const opened = await this.#opened?.catch(() => undefined);
    this.#opened = undefined;
    await opened?.close();
  }
}

async function open({ env, cwd, secretProviders, spark, log }: RunnerFilesOptions): Promise<OpenFiles> {
  const secrets = new AttemptSecrets({
    env,
    providers: secretProviders,
    tell: (values) => Promise.resolve(log.secrets.learn(values)),
    warn: (message) => log.say("warn", message),
  });
  const settings = await secrets.spark(spark);
  return openDataFiles({ folder: cwd, env, hadoop: settings?.config });
}
