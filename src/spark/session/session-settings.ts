import type { RuntimeConf } from "./runtime-conf.ts";

/**
 * Sets what a session may set, and says of the rest that it is the server's.
 *
 * @param warn is told of each setting that a session can't change
 */
export async function applySettings(
  conf: RuntimeConf,
  settings: Readonly<Record<string, string>>,
  warn: (warning: string) => void,
): Promise<void> {
  for (const [name, value] of Object.entries(settings)) {
    if (await conf.isModifiable(name)) await conf.set(name, value);
    else
      warn(`Spark's setting ${name} is fixed when the server starts; a Spark Connect session can't set it`);
  }
}
