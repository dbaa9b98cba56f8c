import { mkdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { installedAt, runTool, type Installation } from "../mod.ts";
import { NEWEST, RELEASES, type SparkRelease, type SparkVersion } from "./versions.ts";

const SERVER = join(import.meta.dir, "LoopbackConnectServer.java");
const MAVEN_COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy";

/** Where an installation has what PySpark doesn't bring: the connect jar and the program that starts it. */
export const CONNECT = "connect";

/**
 * Spark from PyPI: 456 MB, older ones 320 to 440. `pip` checks every package against the sums in the version's file of
 * requirements. `requirements.txt`, which `pip-compile --generate-hashes` wrote from the one line
 * `pyspark[connect]==4.3.0`, has PySpark's client, too; the others are Spark alone.
 */
export async function spark(version: SparkVersion = NEWEST): Promise<Installation> {
  const release = RELEASES[version];
  const hash = new Bun.CryptoHasher("sha256").update(readFileSync(release.requirements));
  if (release.connect !== undefined) hash.update(release.connect.sha256).update(readFileSync(SERVER));
  const sum = hash.digest("hex").slice(0, 12);
  const python = await runTool(["python3", "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]);
  return {
    name: version === NEWEST ? "spark" : `spark${version}`,
    key: `${sum}-python${python.trim()}`,
    async fill(folder) {
      await pip(release, folder);
      if (release.connect !== undefined) await fillConnect(release.connect, folder);
    },
  };
}

/**
 * The PYTHONPATH of a version's PySpark, which lies in `packages`. Older ones borrow what the client needs from the
 * newest, where that is installed.
 */
export async function sparkPythonPath(version: SparkVersion, packages: string): Promise<string> {
  if (RELEASES[version].withClient) return packages;
  return `${packages}:${installedAt(await spark(NEWEST))}`;
}

async function pip({ requirements, withClient }: SparkRelease, folder: string): Promise<void> {
  const command = [
    "python3",
    "-m",
    "pip",
    "install",
    "--quiet",
    "--disable-pip-version-check",
    "--no-compile",
    ...(withClient ? [] : ["--no-deps"]),
  ];
  await runTool([...command, "--target", folder, "--require-hashes", "--requirement", requirements]);
}

/** The jar by Maven, from wherever its settings say; the program that starts it, by javac. */
async function fillConnect(
  { artifact, sha256 }: NonNullable<SparkRelease["connect"]>,
  folder: string,
): Promise<void> {
  const connect = join(folder, CONNECT);
  mkdirSync(connect);
  await runTool(["mvn", "-B", "-q", MAVEN_COPY, `-Dartifact=${artifact}`, `-DoutputDirectory=${connect}`]);
  const [, name, version] = artifact.split(":");
  const jar = join(connect, `${name}-${version}.jar`);
  const found = new Bun.CryptoHasher("sha256").update(readFileSync(jar)).digest("hex");
  if (found !== sha256) throw new Error(`${basename(jar)} has the SHA-256 ${found}, ${sha256} was due`);
  const classPath = `${jar}:${folder}/pyspark/jars/*`;
  await runTool(["javac", "-nowarn", "-cp", classPath, "-d", connect, SERVER]);
}
