import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installed, runTool, startServer, type Installation } from "../mod.ts";

const SOURCES = readdirSync(import.meta.dir)
  .filter((name) => !name.endsWith(".ts"))
  .toSorted();

/** Jars by Maven, which checks them against its repository's sums; the program that starts them, by javac. */
export const hdfs: Installation = {
  name: "hdfs",
  key: SOURCES.reduce(
    (hash, name) => hash.update(name).update(readFileSync(join(import.meta.dir, name))),
    new Bun.CryptoHasher("sha256"),
  )
    .digest("hex")
    .slice(0, 12),
  async fill(folder) {
    const jars = join(folder, "jars");
    const classes = join(folder, "classes");
    const pom = join(import.meta.dir, "pom.xml");
    await runTool([
      "mvn",
      "-B",
      "-q",
      "-f",
      pom,
      "dependency:copy-dependencies",
      `-DoutputDirectory=${jars}`,
    ]);
    // The daemons look for their web pages, which lie in Hadoop's own test jar; empty folders do.
    for (const name of ["hdfs", "datanode"]) mkdirSync(join(classes, "webapps", name), { recursive: true });
    for (const name of SOURCES.filter((source) => source.endsWith(".properties"))) {
      copyFileSync(join(import.meta.dir, name), join(classes, name));
    }
    const java = SOURCES.filter((name) => name.endsWith(".java")).map((name) => join(import.meta.dir, name));
    await runTool(["javac", "-nowarn", "-cp", `${jars}/*`, "-d", classes, ...java]);
  },
};

export interface HdfsServerOptions {
  /** Two NameNodes. */
  readonly ha?: boolean;
  readonly kerberos?: boolean;
  /** Hadoop's settings of all daemons. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** What an administrator does. */
export type HdfsAct =
  | `failover?to=${0 | 1}`
  | `stop-name?i=${0 | 1}`
  | `start-name?i=${0 | 1}`
  | "stop-data"
  | "start-data"
  | `safe-mode?on=${0 | 1}`
  | `quota?path=${string}&names=${number}`
  | `permission?path=${string}&mode=${string}`
  | `age?path=${string}&ms=${number}`
  | `write?path=${string}&text=${string}`;

export interface HdfsServer extends AsyncDisposable {
  /** Holds `core-site.xml` and `hdfs-site.xml` for clients; with Kerberos `krb5.conf`, `alice.keytab`, `token.v0`, `token.v1`. */
  readonly folder: string;
  /** `hdfs://ns1`, `hdfs://127.0.0.1:40123`. */
  readonly uri: string;
  /** `host:port` of each NameNode. */
  readonly nameNodes: readonly { readonly rpc: string; readonly http: string }[];
  /** `host:port` of the DataNode's web server. */
  readonly dataNode: string;
  act(act: HdfsAct): Promise<void>;
}

/** A JVM that starts a whole cluster on two busy cores. */
const START_MS = 120_000;

/** Starts a whole HDFS in one Java process. */
export async function startHdfs(options: HdfsServerOptions, mayInstall: boolean): Promise<HdfsServer> {
  const home = await installed(hdfs, mayInstall);
  const folder = mkdtempSync(join(tmpdir(), "cairn-hdfs-"));
  const ready = join(folder, "ready.json");
  const settings = Object.entries(options.settings ?? {}).map(([name, value]) => `conf.${name}=${value}`);
  try {
    const server = await startServer({
      name: "HDFS",
      command: [
        "java",
        "-Xms64m",
        "-Xmx256m",
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        // Hadoop 3.4 reaches into these; without the first its web servers answer 500.
        "--add-opens=java.base/java.lang=ALL-UNNAMED",
        "--add-opens=java.security.jgss/sun.security.krb5=ALL-UNNAMED",
        "--add-exports=java.security.jgss/sun.security.krb5=ALL-UNNAMED",
        "-cp",
        `${home}/classes:${home}/jars/*`,
        "HdfsServer",
        folder,
        ...(options.ha === true ? ["ha"] : []),
        ...(options.kerberos === true ? ["kerberos"] : []),
        ...settings,
      ],
      // Whoever runs the daemons is the administrator.
      env: { HADOOP_USER_NAME: "hdfs" },
      isUp: () => Promise.resolve(existsSync(ready)),
      startMs: START_MS,
    });
    const { control, ...said } = JSON.parse(readFileSync(ready, "utf8")) as Pick<
      HdfsServer,
      "uri" | "nameNodes" | "dataNode"
    > & { readonly control: number };
    writeClientFiles(folder, { ...said, kerberos: options.kerberos === true });
    return {
      ...said,
      folder,
      act: (act) => perform(control, act),
      async [Symbol.asyncDispose]() {
        await server.stop();
        rmSync(folder, { recursive: true, force: true });
      },
    };
  } catch (thrown) {
    rmSync(folder, { recursive: true, force: true });
    throw thrown;
  }
}

async function perform(control: number, act: HdfsAct): Promise<void> {
  const answer = await fetch(`http://127.0.0.1:${control}/${act}`);
  if (!answer.ok) throw new Error(`${act}: ${await answer.text()}`);
}

type Cluster = Pick<HdfsServer, "uri" | "nameNodes"> & { readonly kerberos: boolean };

/** The files that a cluster's administrator gives to clients. */
function writeClientFiles(folder: string, { uri, nameNodes, kerberos }: Cluster): void {
  const several = nameNodes.length > 1;
  writeFileSync(
    join(folder, "core-site.xml"),
    siteXml({ "fs.defaultFS": uri, "hadoop.security.authentication": kerberos ? "kerberos" : "simple" }),
  );
  const addresses = nameNodes.flatMap(({ rpc, http }, i) => {
    const suffix = several ? `.ns1.nn${i}` : "";
    return [
      [`dfs.namenode.rpc-address${suffix}`, rpc],
      [`dfs.namenode.http-address${suffix}`, http],
    ];
  });
  const names = several ? { "dfs.nameservices": "ns1", "dfs.ha.namenodes.ns1": "nn0,nn1" } : {};
  writeFileSync(
    join(folder, "hdfs-site.xml"),
    siteXml({ ...names, ...(Object.fromEntries(addresses) as Record<string, string>) }),
  );
}

/** A configuration file of Hadoop. */
function siteXml(settings: Readonly<Record<string, string>>): string {
  const properties = Object.entries(settings).map(
    ([name, value]) => `  <property><name>${name}</name><value>${value}</value></property>\n`,
  );
  return `<?xml version="1.0"?>\n<configuration>\n${properties.join("")}</configuration>\n`;
}
