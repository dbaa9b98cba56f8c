import { CairnError } from "../base/mod.ts";
import type { CheckpointStore } from "../api/mod.ts";
import { type CommandContext, commandName } from "./context.ts";
import { shellQuote } from "./shell-quote.ts";
import { usageError } from "./usage-error.ts";

/** The location that a `checkpoints` command works on, opened. The caller closes it. */
async function openLocation(context: CommandContext, positional?: string): Promise<CheckpointStore> {
  const { openStore } = await import("../api/mod.ts");
  const { given, cwd, env } = context;
  const config = configOfLocation(context, positional);
  return openStore({
    location: config !== undefined && !given.onLine("location") ? undefined : given.text("location"),
    config,
    cwd,
    env,
    plugins: given.list("plugins"),
  });
}

/** The configuration that says where the location is, if one does: CONFIG, `--config`, or CAIRN_CONFIG without a location. */
export function configOfLocation(context: CommandContext, positional?: string): string | undefined {
  const { given } = context;
  if (positional !== undefined) {
    const twice = given.onLine("config") ? "--config" : given.onLine("location") ? "--location" : undefined;
    if (twice !== undefined) {
      throw usageError(`CONFIG and ${twice} can't be given together`, undefined, commandName(context));
    }
    return positional;
  }
  if (given.onLine("config")) return given.text("config");
  return given.has("location") ? undefined : given.text("config");
}

/** Does something with a location and closes it, whatever happens. */
export async function withLocation<T>(
  context: CommandContext,
  positional: string | undefined,
  work: (store: CheckpointStore) => Promise<T>,
): Promise<T> {
  const store = await openLocation(context, positional);
  try {
    return await work(store);
  } catch (thrown) {
    throw atLocation(thrown, store.location);
  } finally {
    await store.close();
  }
}

/** An unknown run, told for somebody who looks and does not resume: with the place, and the command that lists it. */
function atLocation(thrown: unknown, location: string): unknown {
  if (!(thrown instanceof CairnError) || thrown.code !== "CHECKPOINT_NO_SUCH_RUN") return thrown;
  const { code, kind, details, cause } = thrown;
  const run = /run ("(?:[^"\\]|\\.)*")/u.exec(thrown.message)?.[1];
  return new CairnError(`There is no checkpoint of run ${run ?? "that ID"} at ${location}`, {
    code,
    kind,
    hint: `\`cairn checkpoints list --location=${shellQuote(location)}\` shows what there is.`,
    details,
    cause,
  });
}
