import type { Finding } from "../base/mod.ts";
import type { LoadOptions, PluginOptions } from "./options.ts";
import { unfinished } from "./unfinished.ts";

export interface ValidateOptions extends LoadOptions, PluginOptions {
  /** Import plugins (in a worker process) and check each component's configuration. Default true. */
  readonly loadPlugins?: boolean | undefined;
  /** Also reach the checkpoint location. Default false. */
  readonly resources?: boolean | undefined;
}

export interface Validation {
  readonly version: 1;
  /** No finding is an error. */
  readonly valid: boolean;
  readonly files: readonly {
    readonly file: string;
    readonly valid: boolean;
    readonly findings: readonly Finding[];
  }[];
}

/** Checks configuration files in all phases; all findings at once. */
export function validateFiles(paths: readonly string[], options: ValidateOptions = {}): Promise<Validation> {
  return unfinished();
}
