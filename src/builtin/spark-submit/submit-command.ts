import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { messageOf } from "../../base/mod.ts";
import { allowedEnv, BASE_VARIABLES, contextVariables } from "../../program/mod.ts";
import { type ComponentContext, PermanentError } from "../../sdk/mod.ts";
import { pathIn } from "../config-path.ts";
import { propertiesText, propertyIn } from "./properties-text.ts";
import { flatProperties, type SubmitConfig } from "./submit-config.ts";
import type { Manager } from "./submit-log.ts";

/** Variables that Spark's and Hadoop's own scripts and clients look at. */
const SPARK_VARIABLES: readonly string[] = [
  "JAVA_HOME",
  "SPARK_HOME",
  "SPARK_CONF_DIR",
  "SPARK_LOCAL_IP",
  "SPARK_LOCAL_HOSTNAME",
  "SPARK_LOCAL_DIRS",
  "SPARK_DIST_CLASSPATH",
  "HADOOP_HOME",
  "HADOOP_CONF_DIR",
  "HADOOP_USER_NAME",
  "YARN_CONF_DIR",
  "PYSPARK_PYTHON",
  "PYSPARK_DRIVER_PYTHON",
  "KUBECONFIG",
  "KRB5CCNAME",
  "KRB5_CONFIG",
];

type Context = ComponentContext<SubmitConfig>;

/** A submission, ready to be started under a tag of its own. */
export interface Submission {
  /** The program, without a path where PATH is to find it. */
  readonly program: string;
  readonly manager: Manager;
  readonly isCluster: boolean;
  /** As spark-submit takes it; undefined where the installation says it. */
  readonly master: string | undefined;
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** What Spark is told in the properties file, with a tag by which the submission is found again. */
  readonly properties: (tag?: string) => string;
  /** What the properties say, the configuration's own before those of the installation. */
  readonly property: (name: string) => string | undefined;
  /** Arguments of the program. @param propertiesFile path of what `properties` gave */
  readonly args: (propertiesFile: string) => readonly string[];
}

/** A file for Spark: URIs and `local:` as they are, paths from the folder of the configuration. */
function fileIn(context: Context, given: string): string {
  return /^[a-z][a-z\d+.-]+:/iu.test(given) || given === "spark-internal" ? given : pathIn(context, given);
}

function programOf(context: Context, env: Readonly<Record<string, string>>): string {
  const { binary, sparkHome } = context.config;
  if (binary !== undefined) return binary.includes("/") ? pathIn(context, binary) : binary;
  const home = sparkHome === undefined ? env["SPARK_HOME"] : pathIn(context, sparkHome);
  return home === undefined || home === "" ? "spark-submit" : join(home, "bin", "spark-submit");
}

function readProperties(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (thrown) {
    throw new PermanentError(`Cannot read the properties file ${file}: ${messageOf(thrown)}`, {
      code: "SPARK_PROPERTIES_FILE",
      hint: "Correct properties-file; a relative path counts from the folder of the configuration.",
      cause: thrown,
    });
  }
}

/** What the installation says: our properties file takes the place of its own, so that one is copied into it. */
function basicProperties(context: Context, env: Readonly<Record<string, string>>, program: string): string {
  const { propertiesFile } = context.config;
  if (propertiesFile !== undefined) return readProperties(pathIn(context, propertiesFile));
  const home = env["SPARK_HOME"] ?? (program.endsWith("/bin/spark-submit") ? resolve(program, "../..") : "");
  const folder = env["SPARK_CONF_DIR"] ?? (home === "" ? undefined : join(home, "conf"));
  const file = folder === undefined ? "" : join(folder, "spark-defaults.conf");
  return file !== "" && existsSync(file) ? readProperties(file) : "";
}

function managerOf(master: string | undefined): Manager {
  if (master === undefined || master.startsWith("local")) return "local";
  if (master.startsWith("yarn")) return "yarn";
  return master.startsWith("k8s:") ? "kubernetes" : "standalone";
}

/** Properties by which a submission is found again. Tags of YARN are in small letters and short; pods are named as hosts. */
function tagProperties(
  { manager, isCluster }: Pick<Submission, "manager" | "isCluster">,
  tag: string,
  property: (name: string) => string | undefined,
): Record<string, string> {
  if (manager === "yarn") {
    const others = property("spark.yarn.tags");
    return { "spark.yarn.tags": others === undefined ? tag : `${others},${tag}` };
  }
  if (manager !== "kubernetes") return { "spark.cairn.submission": tag };
  const pod = property("spark.kubernetes.driver.pod.name");
  return {
    "spark.kubernetes.driver.label.cairn-submission": tag,
    ...(isCluster && pod === undefined && { "spark.kubernetes.driver.pod.name": `${tag}-driver` }),
  };
}

function optionsOf(context: Context, master: string | undefined, isCluster: boolean): readonly string[] {
  const { config, run, spark } = context;
  const name = config.name ?? `${spark.settings?.appName ?? run.pipelineName}/${run.componentName}`;
  const lists: readonly (readonly [string, readonly string[]])[] = [
    ["--py-files", config.pyFiles.map((file) => fileIn(context, file))],
    ["--jars", config.jars.map((file) => fileIn(context, file))],
    ["--files", config.files.map((file) => fileIn(context, file))],
    ["--packages", config.packages],
  ];
  const single: readonly (readonly [string, string | number | undefined])[] = [
    ["--master", master],
    ["--deploy-mode", isCluster ? "cluster" : config.deployMode],
    ["--name", name],
    ["--class", config.mainClass],
    ["--queue", config.queue],
    ["--driver-memory", config.driverMemory],
    ["--driver-cores", config.driverCores],
    ["--executor-memory", config.executorMemory],
    ["--executor-cores", config.executorCores],
    ["--num-executors", config.numExecutors],
  ];
  return [
    ...single.flatMap(([flag, value]) => (value === undefined ? [] : [flag, String(value)])),
    ...lists.flatMap(([flag, values]) => (values.length === 0 ? [] : [flag, values.join(",")])),
  ];
}

/** Works out what is submitted where, and how. @throws PermanentError SPARK_PROPERTIES_FILE */
export function submissionOf(context: Context): Submission {
  const { config, spark, run } = context;
  const env = {
    ...allowedEnv(context.env, [...BASE_VARIABLES, ...SPARK_VARIABLES, ...config.passEnv]),
    ...contextVariables(run),
    ...config.env,
  };
  const program = programOf(context, env);
  const basic = basicProperties(context, env, program);
  const own = { ...spark.settings?.config, ...flatProperties(config.conf) };
  const property = (name: string): string | undefined =>
    Object.hasOwn(own, name) ? own[name] : propertyIn(basic, name);
  const given = config.master ?? flatProperties(config.conf)["spark.master"] ?? spark.settings?.master;
  const manager = managerOf(given ?? property("spark.master") ?? env["MASTER"]);
  const isCluster =
    manager !== "local" &&
    (config.deployMode ?? property("spark.submit.deployMode") ?? env["DEPLOY_MODE"]) === "cluster";
  const application = fileIn(context, config.application);
  return {
    program,
    manager,
    isCluster,
    master: given,
    env,
    cwd: pathIn(context, config.cwd),
    property,
    properties: (tag) =>
      `${basic}\n${propertiesText({
        ...own,
        ...(tag !== undefined && tagProperties({ manager, isCluster }, tag, property)),
      })}`,
    args: (file) => [
      ...optionsOf(context, given, isCluster),
      "--properties-file",
      file,
      application,
      ...config.args,
    ],
  };
}
