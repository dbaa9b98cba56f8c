import { expect, test } from "bun:test";
import { join } from "node:path";
import { root, runCairn, tempDir } from "../kit/mod.ts";
import { KEYS, sparkConfig } from "../servers/s3/s3-server.ts";
import { BUCKET, newPrefix } from "../store/s3/s3-bench.ts";
import { versitygwForFile } from "../store/s3/servers.ts";

const versity = await versitygwForFile(1);
const endpoint = versity?.gateways[0]?.endpoint ?? "";

interface Document {
  readonly exitCode: number;
  readonly components: readonly {
    readonly status: string;
    readonly outputs: { readonly rows: number } | null;
    readonly error: { readonly code: string } | null;
  }[];
}

test.skipIf(versity === undefined)(
  "sql on DuckDB reads objects, globs and datasets of a bucket and publishes there",
  async () => {
    using dir = tempDir();
    const place = `s3a://${BUCKET}/${newPrefix()}`;
    const s3 = new Bun.S3Client({ endpoint, bucket: BUCKET, region: "us-east-1", ...KEYS });
    const key = place.slice(`s3a://${BUCKET}/`.length);
    await s3.write(`${key}/in/a.csv`, "id,n\n1,10\n2,20\n");
    await s3.write(`${key}/in/b.csv`, "id,n\n3,30\n");
    await s3.write(`${key}/in/other.txt`, "no table");
    const settings = Object.entries(sparkConfig(endpoint)).map(([name, value]) => `"${name}" = "${value}"`);
    const components = [
      `sources { t = "${place}/in/*.csv" }, statements = ["SELECT * FROM t"], target { path = "${place}/out" }`,
      `sources { t = "${place}/out" }, statements = ["SELECT * FROM t WHERE n > 10"], target { path = "${place}/one.parquet" }`,
      `sources { t = "${place}/one.parquet" }, statements = ["SELECT * FROM t WHERE id = 3"]`,
      `sources { t = "${place}/nowhere/*.csv" }, statements = ["SELECT * FROM t"]`,
    ].map((text, at) => `{ instance-type = sql, instance-name = S${at}, instance-config { ${text} } }`);
    dir.write(
      "sql.conf",
      `spark { config { ${settings.join("\n")} } }
pipeline {
  pipeline-name = "sql"
  plugins = [${JSON.stringify(join(root, "plugins"))}]
  pipeline-components = [ ${components.join("\n")} ]
}
`,
    );
    const done = await runCairn(["run", "sql.conf", "--format=json"], { cwd: dir.path });
    expect(done.stdout, done.stderr).toStartWith("{");
    const document = done.json() as Document;
    expect(
      document.components.map(({ outputs, error }) => outputs?.rows ?? error?.code ?? done.stdout),
    ).toEqual([3, 2, 1, "SQL_SOURCE_MISSING"]);
    expect(await s3.exists(`${key}/one.parquet`)).toBe(true);
  },
  60_000,
);
