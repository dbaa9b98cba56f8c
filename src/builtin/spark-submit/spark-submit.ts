import { tmpdir } from "node:os";
import { CairnError, type JsonObject, startTimer } from "../../base/mod.ts";
import { findProgram } from "../../program/mod.ts";
import { type ComponentContext, type ComponentDefinition, defineComponent } from "../../sdk/mod.ts";
import { pathIn } from "../config-path.ts";
import { runClient } from "./client-run.ts";
import { runInCluster } from "./cluster-run.ts";
import { hiddenFile } from "./hidden-file.ts";
import { openCluster } from "./open-cluster.ts";
import { type SubmitConfig, submitConfig } from "./submit-config.ts";
import { type Submission, submissionOf } from "./submit-command.ts";
import { startFailure } from "./submit-end.ts";

type Context = ComponentContext<SubmitConfig>;

/** The component's signal, and one that aborts with it and after the timeout. */
function limits({ config, signal }: Context): {
  readonly signal: AbortSignal;
  readonly timedOut: () => boolean;
  readonly over: () => void;
} {
  const late = new AbortController();
  const over =
    config.timeout === undefined
      ? () => undefined
      : startTimer(config.timeout, () => late.abort(new Error("the timeout of the submission")));
  return { signal: AbortSignal.any([signal, late.signal]), timedOut: () => late.signal.aborted, over };
}

function findSubmit({ program, cwd, env }: Submission): void {
  try {
    findProgram({ program, cwd, path: env["PATH"] });
  } catch (thrown) {
    throw thrown instanceof CairnError ? startFailure(thrown) : thrown;
  }
}

/** Submits an application, or takes up one that was submitted before, and waits for its end. */
async function sparkSubmit(context: Context): Promise<JsonObject> {
  const { config } = context;
  const submission = submissionOf(context);
  findSubmit(submission);
  const { signal, timedOut, over } = limits(context);
  using file = hiddenFile(submission.properties(), submission.env["TMPDIR"] ?? tmpdir());
  const tools = {
    context,
    submission,
    signal,
    timedOut,
    cluster: () => openCluster(context, submission, file.path),
    tag: (idempotencyKey: string) => `cairn-${idempotencyKey}`,
  };
  try {
    for (let number = 1; ; number++) {
      const key = number === 1 ? "submit" : `submit-${number}`;
      const { end, failure } = await (submission.isCluster ? runInCluster : runClient)(tools, key);
      if (failure !== undefined) throw failure;
      if (end.state !== "SUCCEEDED") continue;
      for (const path of config.artifacts) {
        await context.artifact(/^[a-z][a-z\d+.-]+:/iu.test(path) ? path : pathIn(context, path));
      }
      return end;
    }
  } finally {
    over();
  }
}

/** `spark.submit`: submits an application to Spark. */
export const sparkSubmitComponent: ComponentDefinition<typeof submitConfig> = defineComponent({
  description: "Submits an application with spark-submit and waits for its end.",
  config: submitConfig,
  run: sparkSubmit,
});
