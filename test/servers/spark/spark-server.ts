import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, installed, startServer, type RunningServer } from "../mod.ts";
import { CONNECT, spark, sparkPythonPath } from "./spark.ts";
import { NEWEST, RELEASES, type SparkVersion } from "./versions.ts";

/** A Spark Connect server, and where its packages are. */
export interface SparkServer {
  readonly version: SparkVersion;
  readonly port: number;
  /** `sc://127.0.0.1:PORT`. */
  readonly url: string;
  /** The driver's web server with its REST API, without a path. */
  readonly ui: string;
  /** For PySpark of the server's version: the value of PYTHONPATH. */
  readonly packages: string;
  /** A folder of the server's own, gone with it; for what queries write. */
  readonly folder: string;
}

export interface SparkServerOptions {
  readonly mayInstall: boolean;
  /** The newest by default. */
  readonly version?: SparkVersion;
  /** Spark's settings, besides those of the test server. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Asked of every call; Spark looks for it in its environment. */
  readonly token?: string;
  readonly heap?: string;
}

/** A JVM that starts Spark on two busy cores. */
const START_MS = 180_000;
const SERVE = join(import.meta.dir, "serve.sh");

/** What Spark reaches into, as its own launcher opens it. */
const OPENED = [
  "java.base/java.lang",
  "java.base/java.lang.invoke",
  "java.base/java.lang.reflect",
  "java.base/java.io",
  "java.base/java.net",
  "java.base/java.nio",
  "java.base/java.util",
  "java.base/java.util.concurrent",
  "java.base/java.util.concurrent.atomic",
  "java.base/jdk.internal.ref",
  "java.base/sun.nio.ch",
  "java.base/sun.nio.cs",
  "java.base/sun.security.action",
  "java.base/sun.util.calendar",
  "java.security.jgss/sun.security.krb5",
];

/** Small enough for two cores, and quick to show what a long query shows late. */
const SETTINGS: Readonly<Record<string, string>> = {
  "spark.driver.bindAddress": "127.0.0.1",
  "spark.driver.host": "127.0.0.1",
  "spark.connect.grpc.binding.address": "127.0.0.1",
  "spark.sql.shuffle.partitions": "4",
  "spark.ui.enabled": "true",
  "spark.connect.progress.reportInterval": "200ms",
  // Streams end by themselves every few seconds, as they do every two minutes by default.
  "spark.connect.execute.reattachable.senderMaxStreamDuration": "4s",
};

/**
 * Starts a server of its own. @throws with what it said, where it doesn't start, and where Spark isn't installed and
 * `mayInstall` is false.
 */
export async function startSpark(options: SparkServerOptions): Promise<SparkServer & RunningServer> {
  const version = options.version ?? NEWEST;
  const packages = await installed(await spark(version), options.mayInstall);
  const folder = mkdtempSync(join(tmpdir(), "cairn-spark-"));
  const [port, uiPort] = await Promise.all([freePort(), freePort()]);
  for (const name of ["local", "warehouse", "data"]) mkdirSync(join(folder, name));
  writeFileSync(join(folder, "log4j2.properties"), "rootLogger.level = warn\n");
  const settings = {
    ...SETTINGS,
    "spark.connect.grpc.binding.port": String(port),
    "spark.ui.port": String(uiPort),
    "spark.local.dir": join(folder, "local"),
    "spark.sql.warehouse.dir": join(folder, "warehouse"),
    "spark.checkpoint.dir": join(folder, "checkpoints"),
    ...options.settings,
  };
  const server = await startServer({
    name: `Spark ${version}`,
    command: ["sh", SERVE, folder, ...javaCommand({ ...options, version }, packages, folder, settings)],
    cwd: folder,
    env: {
      SPARK_HOME: join(packages, "pyspark"),
      SPARK_LOCAL_IP: "127.0.0.1",
      SPARK_CONNECT_MODE: "0",
      ...(options.token !== undefined && { SPARK_CONNECT_AUTHENTICATE_TOKEN: options.token }),
    },
    isUp: () => listens(port),
    startMs: START_MS,
  });
  return {
    ...server,
    version,
    port,
    url: `sc://127.0.0.1:${port}`,
    ui: `http://127.0.0.1:${uiPort}`,
    packages: await sparkPythonPath(version, packages),
    folder: join(folder, "data"),
  };
}

/** The server as one Java process: Spark's scripts would stand between it and its process ID. */
function javaCommand(
  { version = NEWEST, heap = "1g" }: SparkServerOptions,
  packages: string,
  folder: string,
  settings: Readonly<Record<string, string>>,
): string[] {
  const connect = join(packages, CONNECT);
  const own = RELEASES[version].connect !== undefined;
  return [
    "java",
    `-Xmx${heap}`,
    // Quicker to start, and less memory: the tests are many small queries.
    "-XX:+UseSerialGC",
    "-XX:+IgnoreUnrecognizedVMOptions",
    "-Dio.netty.tryReflectionSetAccessible=true",
    ...OPENED.map((name) => `--add-opens=${name}=ALL-UNNAMED`),
    "-cp",
    [folder, ...(own ? [connect, `${connect}/*`] : []), `${packages}/pyspark/jars/*`].join(":"),
    "org.apache.spark.deploy.SparkSubmit",
    "--master",
    "local[2]",
    "--name",
    "cairn-tests",
    ...Object.entries(settings).flatMap(([name, value]) => ["--conf", `${name}=${value}`]),
    "--class",
    own ? "LoopbackConnectServer" : "org.apache.spark.sql.connect.service.SparkConnectServer",
    "spark-internal",
  ];
}

async function listens(port: number): Promise<boolean> {
  const socket = await Bun.connect({ hostname: "127.0.0.1", port, socket: { data: () => undefined } });
  socket.end();
  return true;
}
