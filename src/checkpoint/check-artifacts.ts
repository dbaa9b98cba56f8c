import type { Artifact } from "./events.ts";
import { completionOf, type Situation } from "./situation.ts";
import type { Cause } from "./reruns.ts";

/**
 * Looks whether what completed components declared is still there, and adds a rerun where it is not. What is
 * `consumed` is only needed where no later component stays restored: then somebody has to use it again.
 */
export async function checkArtifacts(situation: Situation): Promise<void> {
  const { reruns, request } = situation;
  const count = request.components.length;
  for (let index = 0; index < count; index++) {
    if (reruns.has(index)) continue;
    const cause = await failing(situation, index, (artifact) => artifact.consumed !== true);
    if (cause !== undefined) reruns.add(index, cause);
  }
  let laterRestored = false;
  for (let index = count - 1; index >= 0; index--) {
    if (completionOf(situation, index) === undefined || reruns.has(index)) continue;
    const cause = laterRestored
      ? undefined
      : await failing(situation, index, (artifact) => artifact.consumed === true);
    if (cause === undefined) laterRestored = true;
    else reruns.add(index, cause);
  }
}

async function failing(
  situation: Situation,
  index: number,
  which: (artifact: Artifact) => boolean,
): Promise<Cause | undefined> {
  for (const artifact of completionOf(situation, index)?.artifacts ?? []) {
    if (!which(artifact)) continue;
    const found = await situation.request.checkArtifact(artifact);
    if (found === "missing") return { reason: "artifact-missing", explanation: `${artifact.uri} is missing` };
    if (found === "changed") {
      return { reason: "artifact-changed", explanation: `${artifact.uri} has changed since it was declared` };
    }
  }
  return undefined;
}
