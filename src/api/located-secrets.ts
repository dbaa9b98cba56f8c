import { CairnError } from "../base/mod.ts";
import { type Judged, locateIssues, UnresolvedSecretsError } from "../config/mod.ts";

/** Does `work`; secrets of what is judged that can't be resolved are told at their places in the file. */
export async function locatingSecrets<T>(judged: Judged, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    if (!(thrown instanceof UnresolvedSecretsError)) throw thrown;
    const { message, code, kind, hint, unresolved } = thrown;
    const issues = unresolved.map(({ path, reference, state }) => ({
      path,
      message: `${reference}: ${state}`,
    }));
    const findings = locateIssues(judged, issues).map((finding) => ({ ...finding, code }));
    throw new CairnError(message, { code, kind, hint, findings });
  }
}
