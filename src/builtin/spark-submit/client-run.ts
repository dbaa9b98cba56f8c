import { CairnError, type JsonObject } from "../../base/mod.ts";
import type { ProgramEnd } from "../../program/mod.ts";
import type { Cluster } from "./cluster.ts";
import { type Launch, launchSubmit } from "./launch-submit.ts";
import {
  applicationFailure,
  readEnd,
  recordOf,
  startFailure,
  type SubmitEnd,
  timeoutFailure,
} from "./submit-end.ts";
import type { SubmitTools, Tried } from "./submit-tools.ts";

/**
 * Submits an application whose driver is part of spark-submit: `local` and deploy mode `client`. The driver ends with
 * this process, so what is on record as begun and not as ended is gone, and is begun again.
 */
export async function runClient(tools: SubmitTools, key: string): Promise<Tried> {
  const { context, submission } = tools;
  let failure: Error | undefined;
  let launch: Launch | undefined;
  const ended = await context.intent<JsonObject>(key, {
    async start({ idempotencyKey }) {
      launch = launchSubmit(context, submission, tools.tag(idempotencyKey), tools.signal);
      const program = await launch.end;
      if (program instanceof CairnError) {
        failure = startFailure(program);
        return recordOf({ state: "FAILED" });
      }
      const end = endOfClient(launch, program);
      if (end.state !== "SUCCEEDED") {
        await killRest(tools.cluster(), submission.manager === "yarn" ? launch.applicationId() : undefined);
        failure = tools.timedOut()
          ? timeoutFailure(context.config.timeout ?? 0)
          : applicationFailure(end, context.config, { launch, program });
      }
      return recordOf(end);
    },
    find: () => undefined,
    // The signal has told it already; it has ended when its group has.
    cancel: async () => void (await launch?.end),
  });
  return { end: readEnd(ended), failure };
}

function endOfClient(launch: Launch, program: ProgramEnd): SubmitEnd {
  const { trackingUrl } = launch.log.facts;
  const stopped = program.ended !== undefined || program.signal !== undefined;
  return {
    state: program.code === 0 && !stopped ? "SUCCEEDED" : stopped ? "KILLED" : "FAILED",
    applicationId: launch.applicationId(),
    trackingUrl,
    exitCode: program.code,
  };
}

/** YARN's part of an application in client mode ends when it misses its driver; it is told, too. */
async function killRest(cluster: Cluster | undefined, applicationId: string | undefined): Promise<void> {
  // It ends by itself as well, so an answer is not waited for twice.
  if (applicationId !== undefined) await cluster?.kill(applicationId).catch(() => undefined);
}
