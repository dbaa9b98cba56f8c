import { CairnError } from "../../base/mod.ts";
import { findProgram } from "../../program/mod.ts";
import type { ComponentContext } from "../../sdk/mod.ts";
import type { Cluster } from "./cluster.ts";
import type { SubmitConfig } from "./submit-config.ts";
import type { Submission } from "./submit-command.ts";
import { submitStatus } from "./submit-status.ts";
import { yarnCommand } from "./yarn-command.ts";
import { yarnRest } from "./yarn-rest.ts";

const WEB_ADDRESS = "spark.hadoop.yarn.resourcemanager.webapp.address";
const DEFAULT_NAMESPACE = "default";

/**
 * The cluster manager that a submission goes to, as far as it can be asked: YARN's resource manager by REST where its
 * address is known, else by the command `yarn` where it is found; the others by spark-submit itself.
 *
 * @param propertiesFile for what spark-submit has to know to reach the cluster
 */
export function openCluster(
  context: ComponentContext<SubmitConfig>,
  submission: Submission,
  propertiesFile: string,
): Cluster | undefined {
  const { manager, program, env, cwd, master, isCluster, property } = submission;
  if (manager === "local") return undefined;
  if (manager === "yarn") return yarnCluster(context, submission);
  const named = property("spark.kubernetes.driver.pod.name");
  const namespace = property("spark.kubernetes.namespace") ?? DEFAULT_NAMESPACE;
  // A pod of a fixed name is no sign of this submission.
  const isTagged = manager === "kubernetes" && isCluster && named === undefined;
  return submitStatus({
    program,
    manager,
    env,
    cwd,
    options: [...(master === undefined ? [] : ["--master", master]), "--properties-file", propertiesFile],
    submissionId: isTagged ? (tag) => `${namespace}:${tag}-driver` : undefined,
  });
}

function yarnCluster(
  { config, env: all }: ComponentContext<SubmitConfig>,
  { env, cwd, property }: Submission,
): Cluster | undefined {
  const address = config.yarnResourceManager ?? property(WEB_ADDRESS);
  if (address !== undefined && !address.includes("${")) {
    const url = /^https?:/u.test(address) ? address : `http://${address}`;
    return yarnRest({ url, user: env["HADOOP_USER_NAME"] ?? all["USER"] });
  }
  const home = env["HADOOP_HOME"];
  const wanted = home === undefined ? "yarn" : `${home}/bin/yarn`;
  try {
    return yarnCommand({ program: findProgram({ program: wanted, cwd, path: env["PATH"] }), env, cwd });
  } catch (thrown) {
    // Without Hadoop's command nobody can be asked; what then can't be told is said where it matters.
    if (thrown instanceof CairnError) return undefined;
    throw thrown;
  }
}
