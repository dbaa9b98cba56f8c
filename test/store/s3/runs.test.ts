import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { cairnCommand, cleanEnv, fromSeed, runCairn, seeded, tempDir } from "../../kit/mod.ts";
import { killRound } from "../../kill/round.ts";
import { KEYS, sparkConfig } from "../../servers/s3/s3-server.ts";
import { BUCKET, newPrefix } from "./s3-bench.ts";
import { versitygwForFile } from "./servers.ts";

const versity = await versitygwForFile(1);
const endpoint = versity?.gateways[0]?.endpoint ?? "";
const AWS = {
  AWS_ENDPOINT_URL_S3: endpoint,
  AWS_ACCESS_KEY_ID: KEYS.accessKeyId,
  AWS_SECRET_ACCESS_KEY: KEYS.secretAccessKey,
};

const STEP = `export default async (ctx) => {
  if (ctx.env.FAIL_AT === ctx.config.name) throw new Error("as the test wants");
};
`;

/** Where it is to be slow, it says that it has begun and, much later, that it has gone on. */
const SLOW_STEP = `import { writeFileSync } from "node:fs";
export default async (ctx) => {
  if (ctx.env.SLOW !== ctx.config.name) return;
  writeFileSync(ctx.env.BEGUN, String(process.pid));
  await new Promise((resolve) => setTimeout(resolve, 20_000));
  writeFileSync(ctx.env.LATE, "");
};
`;

/** A configuration as Spark's users have it. */
function pipeline(spark: Readonly<Record<string, string>>, location: string): string {
  const settings = Object.entries(spark).map(([name, value]) => `"${name}" = "${value}"`);
  const components = ["A", "B", "C"].map(
    (name) => `{ instance-type = "Step", instance-name = "${name}", instance-config { name = "${name}" } }`,
  );
  return `spark { app-name = "daily", config { ${settings.join("\n")} } }
pipeline {
  pipeline-name = "daily"
  plugins = ["plugins"]
  ${location === "" ? "" : `checkpoint { enabled = true, location = "${location}", auto-resume = true }`}
  pipeline-components = [ ${components.join("\n")} ]
}
`;
}

interface Result {
  readonly exitCode: number;
  readonly components: readonly { readonly name: string; readonly status: string }[];
}

/** Whether a process is gone, or dead and not yet collected. */
function processGone(pid: number): boolean {
  expect(pid).toBeGreaterThan(0);
  try {
    return /^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return true;
  }
}

function statuses(result: unknown): string[] {
  return (result as Result).components.map(({ name, status }) => `${name} ${status}`);
}

describe.skipIf(versity === undefined)("runs whose checkpoints are on S3", () => {
  test("a configuration that has only spark.config and a location works as it is: run, fail, list, resume", async () => {
    using dir = tempDir();
    dir.write("plugins/Step.js", STEP);
    dir.write("daily.conf", pipeline(sparkConfig(endpoint), `s3a://${BUCKET}/${newPrefix()}`));
    const cwd = dir.path;
    const failed = await runCairn(["run", "daily.conf", "--format=json"], { cwd, env: { FAIL_AT: "B" } });
    expect([failed.code, ...statuses(failed.json())]).toEqual([1, "A completed", "B failed", "C not-run"]);
    const listed = await runCairn(["checkpoints", "list", "daily.conf"], { cwd });
    expect(listed.stdout).toContain("failed at 2/3 B");
    const resumed = await runCairn(["run", "daily.conf", "--format=json"], { cwd });
    expect([resumed.code, ...statuses(resumed.json())]).toEqual([
      0,
      "A restored",
      "B completed",
      "C completed",
    ]);
  });

  test("a location on the command line takes its credentials from the AWS environment", async () => {
    using dir = tempDir();
    dir.write("plugins/Step.js", STEP);
    dir.write("daily.conf", pipeline({}, ""));
    const location = `s3://${BUCKET}/${newPrefix()}`;
    const args = ["run", "daily.conf", `--checkpoint=${location}`, "--format=json"];
    const failed = await runCairn(args, { cwd: dir.path, env: { ...AWS, FAIL_AT: "C" } });
    expect(failed.code).toBe(1);
    const resumed = await runCairn([...args, "--auto-resume"], { cwd: dir.path, env: AWS });
    expect([resumed.code, ...statuses(resumed.json())]).toEqual([
      0,
      "A restored",
      "B restored",
      "C completed",
    ]);
  });

  test("a bucket that isn't there is exit 2, keys that are refused are exit 6, and neither runs anything", async () => {
    using dir = tempDir();
    dir.write("plugins/Step.js", STEP);
    dir.write("daily.conf", pipeline({}, ""));
    const cwd = dir.path;
    const nowhere = await runCairn(["run", "daily.conf", "--checkpoint=s3a://no-such-bucket/x"], {
      cwd,
      env: AWS,
    });
    expect(nowhere.code).toBe(2);
    expect(nowhere.stderr).toContain('there is no bucket "no-such-bucket"');
    const env = { ...AWS, AWS_SECRET_ACCESS_KEY: "wrong" };
    const refused = await runCairn(["run", "daily.conf", `--checkpoint=s3a://${BUCKET}/x`], { cwd, env });
    expect(refused.code).toBe(6);
    expect(refused.stderr).toContain("SignatureDoesNotMatch");
  });

  test("a runner that was stopped past its lease records nothing when it goes on, and its component is gone", async () => {
    using dir = tempDir();
    const [begun, late] = [dir.join("begun"), dir.join("late")];
    dir.write("plugins/Step.js", SLOW_STEP);
    const location = `s3a://${BUCKET}/${newPrefix()}`;
    dir.write(
      "daily.conf",
      pipeline(sparkConfig(endpoint), location).replace("auto-resume", "lease = 3s, auto-resume"),
    );
    const env = { BEGUN: begun, LATE: late };
    const sleeper = Bun.spawn([...cairnCommand(), "run", "daily.conf", "--format=json"], {
      cwd: dir.path,
      env: cleanEnv({ ...env, SLOW: "B" }),
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
    });
    const said = sleeper.stderr.text();
    const document = sleeper.stdout.text();
    while (!existsSync(begun)) {
      expect(sleeper.exitCode).toBeNull();
      await Bun.sleep(20);
    }
    sleeper.kill("SIGSTOP");
    const second = ["run", "daily.conf", "--format=json", "--if-held=wait", "--wait=60s"];
    const taken = await runCairn(second, { cwd: dir.path, env });
    expect([taken.code, ...statuses(taken.json())]).toEqual([0, "A restored", "B completed", "C completed"]);
    sleeper.kill("SIGCONT");
    expect(await sleeper.exited).toBe(5);
    expect(await said).not.toContain("B completed");
    expect(JSON.parse(await document)).toMatchObject({ exitCode: 5, reason: "fenced" });
    expect(existsSync(late)).toBe(false);
    // Its component's process is gone: what it holds has ended.
    expect(processGone(Number(readFileSync(begun, "utf8")))).toBe(true);
  }, 90_000);

  /** Kills of an ordinary test run, and of a long one. */
  const kills = process.env["CAIRN_TEST_LONG"] === "1" ? 300 : 10;
  test(
    `${kills} SIGKILLs of runner, worker or both lose no reported completion and take nothing unfinished as finished`,
    async () => {
      const random = seeded("kill tool on S3");
      const place = { location: `s3a://${BUCKET}/${newPrefix()}`, env: AWS };
      for (let done = 0, round = 0; done < kills; round++) {
        const result = await killRound(cairnCommand(), fromSeed(random.seed + round), 6, place);
        expect(result.broken).toEqual([]);
        done += result.kills;
      }
    },
    kills * 6_000,
  );
});
