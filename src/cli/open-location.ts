import type { CheckpointStore } from "../api/mod.ts";
import { type CommandContext, commandName } from "./context.ts";
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
  } finally {
    await store.close();
  }
}
