import { writeFileSync } from "node:fs";

/** Out of 1000: where memory runs out, workers go before anything else of the user, the runner last. */
const OOM_SCORE = 900;

/** Makes the kernel choose this process first where memory runs out. Where that can't be said, nothing is lost. */
export function raiseOomScore(pid: number): void {
  if (process.platform !== "linux") return;
  try {
    writeFileSync(`/proc/${pid}/oom_score_adj`, String(OOM_SCORE));
  } catch (thrown) {
    // Gone already, or a container without the file: its end is told elsewhere.
    if (!(thrown instanceof Error)) throw thrown;
  }
}
