import { describe, expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { createServer, type Http2Server, type ServerHttp2Stream } from "node:http2";
import type { AddressInfo } from "node:net";
import type { DoctorReport } from "../../src/api/mod.ts";
import { ageFindings } from "../../src/api/reach-spark.ts";
import { freePort } from "../servers/mod.ts";
import { sharedSpark } from "../servers/spark/shared-spark.ts";
import { runCairn, type TempDir, tempDir } from "../kit/mod.ts";

const server = await sharedSpark();
const LONG_MS = 180_000;

/** A server that speaks gRPC and answers every call with one status. */
async function answering(
  status: number,
  message: string,
): Promise<{ readonly url: string; readonly server: Http2Server }> {
  const grpc = createServer();
  grpc.on("stream", (stream: ServerHttp2Stream) => {
    const head = { ":status": 200, "content-type": "application/grpc" };
    stream.respond({ ...head, "grpc-status": String(status), "grpc-message": message }, { endStream: true });
  });
  await new Promise<void>((resolve) => {
    grpc.listen(0, "127.0.0.1", resolve);
  });
  return { url: `sc://127.0.0.1:${(grpc.address() as AddressInfo).port}`, server: grpc };
}

function scene(
  connectString: string,
  more: string = "",
  checkpoint: string = "checkpoint { location = cp }",
): TempDir {
  const dir = tempDir("cairn-engines-");
  dir.write("plugins/t/Work.ts", "export default async () => ({ done: true });");
  dir.write(
    "p.conf",
    `spark {
  connect-string = ${JSON.stringify(connectString)}
}
pipeline {
  pipeline-name = P
  ${checkpoint}
  pipeline-components = [ { instance-type = t.Work, instance-name = a } ${more} ]
}
`,
  );
  return dir;
}

interface Validated {
  readonly files: readonly { readonly findings: readonly Record<string, unknown>[] }[];
}

async function validated(
  dir: TempDir,
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly code: number; readonly findings: readonly Record<string, unknown>[] }> {
  const ran = await runCairn(["validate", "--resources", "--format=json", "p.conf"], {
    cwd: dir.path,
    env,
    timeoutMs: LONG_MS,
  });
  return { code: ran.code, findings: (ran.json() as Validated).files[0]?.findings ?? [] };
}

test("validate reaches nothing unless it is told to", async () => {
  using dir = scene(`sc://127.0.0.1:${await freePort()}`);
  expect((await runCairn(["validate", "p.conf"], { cwd: dir.path })).code).toBe(0);
});

test(
  "validate --resources tells at the connect string's place why Spark can't be reached",
  async () => {
    const closed = `sc://127.0.0.1:${await freePort()}`;
    const refusing = await answering(16, "who are you");
    try {
      for (const [url, code, word] of [
        [closed, "SPARK_UNREACHABLE", "refused"],
        [refusing.url, "SPARK_UNAUTHENTICATED", "who are you"],
        ["sc://127.0.0.1:99999", "SPARK_CONNECT_STRING", "port"],
      ] as const) {
        using dir = scene(url);
        const { code: exit, findings } = await validated(dir);
        expect(exit, url).toBe(2);
        expect(findings).toHaveLength(1);
        expect(findings[0]).toMatchObject({ severity: "error", code });
        expect(JSON.stringify(findings[0])).toContain(word);
        expect(JSON.stringify(findings[0])).toMatch(/"line":2\b/u);
      }
    } finally {
      refusing.server.close();
    }
  },
  LONG_MS,
);

test("old servers are told: too old is an error, the basics only a warning", () => {
  const codes = ["3.3.2", "3.4.0", "3.5.7", "4.0.0", "4.3.0-SNAPSHOT", "10.1.0"].map((version) =>
    ageFindings(version).map(({ severity, code }) => `${severity} ${code}`),
  );
  expect(codes).toEqual([
    ["error SPARK_TOO_OLD"],
    ["error SPARK_TOO_OLD"],
    ["warning SPARK_OLD"],
    [],
    [],
    [],
  ]);
});

test("validate --resources writes to the checkpoint location and asks for a refusal, and leaves nothing", async () => {
  using dir = scene("", "", 'checkpoint { enabled = true, location = "cp" }');
  dir.write("p.conf", dir.read("p.conf").replace(/^spark \{[^}]*\}/u, ""));
  expect(await validated(dir)).toEqual({ code: 0, findings: [] });
  expect(readdirSync(dir.path).toSorted()).toEqual(["p.conf", "plugins"]);
  dir.write("p.conf", dir.read("p.conf").replace('"cp"', '"/sys/cairn"'));
  const refused = await validated(dir);
  expect(refused.code).toBe(2);
  expect(refused.findings[0]).toMatchObject({ code: "CHECKPOINT_STORE_FAILED" });
  expect(JSON.stringify(refused.findings[0])).toContain('"line":4');
});

async function doctor(
  dir: TempDir,
  env: Readonly<Record<string, string>> = {},
): Promise<{
  readonly code: number;
  readonly report: DoctorReport;
  readonly checks: Readonly<Record<string, string>>;
}> {
  const ran = await runCairn(["doctor", "--config=p.conf", "--format=json"], {
    cwd: dir.path,
    env,
    timeoutMs: LONG_MS,
  });
  const report = ran.json() as DoctorReport;
  return {
    code: ran.code,
    report,
    checks: Object.fromEntries(report.checks.map(({ name, status }) => [name, status])),
  };
}

test(
  "doctor finds spark-submit and its version without starting it, and DuckDB's plugin",
  async () => {
    using dir = scene(`sc://127.0.0.1:${await freePort()}`);
    dir.write("spark/bin/spark-submit", "#!/bin/sh\nexit 9\n", 0o755);
    dir.write("spark/jars/spark-core_2.13-4.0.1.jar", "");
    dir.write("plugins/sql/index.ts", "export default async () => undefined;");
    dir.write("plugins/sql/node_modules/@duckdb/node-api/package.json", '{"version": "1.2.3-r.1"}');
    const { code, report, checks } = await doctor(dir, { SPARK_HOME: dir.join("spark") });
    expect(code).toBe(1);
    expect(checks).toMatchObject({ "spark-connect": "finding", "spark-submit": "ok", duckdb: "ok" });
    expect(report.findings).toMatchObject([{ check: "spark-connect", code: "SPARK_UNREACHABLE" }]);
    const facts = Object.fromEntries(report.checks.map((check) => [check.name, check.facts]));
    expect(facts["spark-submit"]).toMatchObject({ version: "4.0.1" });
    expect(facts["duckdb"]).toMatchObject({ version: "1.2.3-r.1" });
  },
  LONG_MS,
);

test(
  "what a pipeline needs and is not there is a finding; what it does not need is none",
  async () => {
    using dir = scene(
      "sc://x",
      ", { instance-type = spark.submit, instance-name = b, instance-config { application = a.py } }",
    );
    dir.write("p.conf", dir.read("p.conf").replace(/^spark \{[^}]*\}/u, ""));
    const env = { SPARK_HOME: dir.join("nowhere") };
    const { code, report, checks } = await doctor(dir, env);
    expect(code).toBe(1);
    expect(checks).toMatchObject({
      "spark-connect": "skipped",
      "spark-submit": "finding",
      duckdb: "skipped",
    });
    expect(report.findings).toMatchObject([{ check: "spark-submit", code: "PROGRAM_MISSING" }]);
    dir.write("p.conf", dir.read("p.conf").replace("application", "spark-home = x, application"));
    expect((await doctor(dir, env)).checks).toMatchObject({ "spark-submit": "skipped" });
  },
  LONG_MS,
);

describe.skipIf(server === undefined)("a Spark Connect server", () => {
  test(
    "is reached by validate --resources, and doctor tells version and latency",
    async () => {
      using dir = scene(server?.url ?? "");
      expect(await validated(dir)).toEqual({ code: 0, findings: [] });
      const { report, checks } = await doctor(dir);
      expect(checks["spark-connect"], JSON.stringify(report)).toBe("ok");
      const facts = report.checks.find(({ name }) => name === "spark-connect")?.facts;
      expect(facts?.["version"]).toMatch(/^4\./u);
      expect(facts?.["latencyMs"]).toBeGreaterThan(0);
      expect(facts?.["queryMs"]).toBeGreaterThan(0);
    },
    LONG_MS,
  );
});
