import { CairnError } from "../base/mod.ts";
import { type DataFiles, openDataFiles } from "../files/mod.ts";
import { folderOf } from "./config-path.ts";
import { type ComponentContext, PermanentError, TransientError } from "../sdk/mod.ts";

/** Failures that no repeat mends. */
const LASTING = new Set(["FILE_URI_INVALID", "FILE_SCHEME_UNKNOWN", "FILE_EXISTS", "FILE_BAD_SETTINGS"]);
/** Failures of servers and networks, which were retried for a while already. */
const PASSING = new Set(["FILE_UNAVAILABLE", "FILE_TIMEOUT"]);

function steered(thrown: unknown): unknown {
  if (!(thrown instanceof CairnError)) return thrown;
  const { message, code, hint } = thrown;
  const facts = { code, hint, cause: thrown };
  if (LASTING.has(code) || thrown.kind === "config") return new PermanentError(message, facts);
  return PASSING.has(code) ? new TransientError(message, facts) : thrown;
}

/** Does `work` with the files that a component's configuration names; connections are given back afterwards. */
export async function withFiles<T>(
  context: Pick<ComponentContext, "run" | "env" | "spark">,
  work: (files: DataFiles) => Promise<T>,
): Promise<T> {
  const { env, spark } = context;
  const files = openDataFiles({ folder: folderOf(context), env, hadoop: spark.settings?.config });
  try {
    return await work(files);
  } catch (thrown) {
    throw steered(thrown);
  } finally {
    await files.close();
  }
}
