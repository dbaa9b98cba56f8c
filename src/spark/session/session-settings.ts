import type { RuntimeConf } from "./runtime-conf.ts";
import { SparkError } from "./spark-error.ts";

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
    try {
      // Whether a setting is modifiable is asked in vain: Spark says no of all that it doesn't know, such as catalogs.
      await conf.set(name, value);
    } catch (thrown) {
      if (!isFixed(thrown)) throw thrown;
      warn(`Spark's setting ${name} is fixed when the server starts; a Spark Connect session can't set it`);
    }
  }
}

/** 3.5 says it in words alone. */
function isFixed(thrown: unknown): boolean {
  if (!(thrown instanceof SparkError)) return false;
  return /CANNOT_MODIFY|cannot modify the value/i.test(`${thrown.errorClass ?? ""} ${thrown.message}`);
}
