import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { cairnCommand, cleanEnv, root, runCairn, startCairn, tempDir } from "../../kit/mod.ts";
import { isAlive, testPipeline, until } from "../../run/pipeline-kit.ts";
import { installed, serverFor } from "../../servers/mod.ts";
import { spark } from "../../servers/spark/spark.ts";

/** The folder of PySpark's packages, which hold a whole Spark. */
const packages = await serverFor("spark-submit", async (mayInstall) => installed(await spark(), mayInstall));

/** A JVM that starts Spark on two busy cores, several times. */
const LONG_MS = 400_000;

const env = {
  SPARK_HOME: join(packages ?? "", "pyspark"),
  PYTHONPATH: packages ?? "",
  SPARK_LOCAL_IP: "127.0.0.1",
};

/** Takes its time where the file `slow` is, and has its effect at the end. */
const JOB = `import os, time
from pyspark.sql import SparkSession

spark = SparkSession.builder.getOrCreate()
rows = spark.range(100).count()
with open("pids", "w") as pids:
    pids.write(f"{os.getpid()} {os.getppid()}")
os.rename("pids", "started")
while os.path.exists("slow"):
    time.sleep(0.05)
with open("effects", "a") as effects:
    effects.write(f"{rows} {spark.conf.get('spark.my.secret')}\\n")
spark.stop()
`;

describe.skipIf(packages === undefined)("spark-submit itself", () => {
  test(
    "the runner is killed while an application runs: nothing of it is left, and a resume has it succeed once",
    async () => {
      using pipeline = testPipeline();
      const { dir } = pipeline;
      dir.write("job.py", JOB);
      dir.write("slow", "");
      const config = `application = job.py, master = "local[1]", pass-env = [PYTHONPATH], conf { spark.my.secret = hush }`;
      const checkpoint = `checkpoint { enabled = true, location = "cp" }`;
      const text = pipeline.text([{ type: "spark.submit", name: "S", config }], checkpoint);
      const file = dir.write("p.conf", text);
      const runner = startCairn(["run", file], { cwd: dir.path, env });
      await until("the driver to start", () => existsSync(dir.join("started")), 200_000);
      const pids = dir.read("started").split(" ").map(Number);
      // Whatever users of the machine can see: the arguments of the JVM.
      const shown = await Bun.file(`/proc/${pids[1]}/cmdline`).text();
      expect(shown).toContain("--properties-file");
      expect(shown).not.toContain("hush");
      runner.kill("SIGKILL");
      await runner.exited;
      for (const pid of pids) {
        expect(pid).toBeGreaterThan(1);
        await until("driver and JVM to be gone", () => !isAlive(pid), 60_000);
      }
      expect(existsSync(dir.join("effects"))).toBe(false);

      await Bun.file(dir.join("slow")).delete();
      const args = ["resume", file, "latest", "--format=json"];
      const resumed = await runCairn(args, { cwd: dir.path, env, timeoutMs: 200_000 });
      expect(resumed.code, resumed.stderr).toBe(0);
      expect(resumed.json()).toMatchObject({
        components: [{ status: "completed", outputs: { state: "SUCCEEDED", exitCode: 0 } }],
      });
      expect(dir.read("effects")).toBe("100 hush\n");
    },
    LONG_MS,
  );

  test(
    "a driver's exit code is the component's failure, with its last words",
    async () => {
      using pipeline = testPipeline();
      pipeline.dir.write("job.py", `import sys\nprint("no such day", file=sys.stderr)\nsys.exit(3)\n`);
      const config = `application = job.py, pass-env = [PYTHONPATH]`;
      const text = pipeline.text([{ type: "spark.submit", name: "S", config }]);
      const { result } = await pipeline.run(text, { env: { ...process.env, ...env } });
      const [component] = result.components;
      expect(component).toMatchObject({ status: "failed", error: { code: "SPARK_SUBMIT_FAILED" } });
      expect(component?.error?.message).toContain("exit code 3");
      expect(component?.error?.message).toContain("no such day");
    },
    LONG_MS,
  );

  test(
    "the example of docs/components/spark-submit.md does what the page says",
    async () => {
      const page = await Bun.file(join(root, "docs/components/spark-submit.md")).text();
      const block = (head: string): string =>
        new RegExp(`^\`\`\`${RegExp.escape(head)}\n(.*?)^\`\`\`$`, "msu").exec(page)?.[1] ?? "";
      using dir = tempDir();
      dir.write("spark.conf", block("hocon spark.conf"));
      dir.write("sum_orders.py", block("python sum_orders.py"));
      dir.write("orders.csv", block("text orders.csv"));
      const words = cairnCommand().map((part) => `'${part}'`);
      dir.write("cairn", `#!/bin/sh\nexec ${words.join(" ")} "$@"\n`, 0o755);
      const shell = Bun.spawn(["bash", "-c", `exec 2>&1\n${block("sh")}`], {
        cwd: dir.path,
        env: cleanEnv({ ...env, PATH: `${dir.path}:${process.env["PATH"]}`, S3_SECRET: "hush" }),
        stdin: "ignore",
        stdout: "pipe",
      });
      const said = await shell.stdout.text();
      for (const line of block("text").trim().split("\n")) {
        expect(said).toMatch(new RegExp(line.split("…").map(RegExp.escape).join(".*"), "u"));
      }
    },
    LONG_MS,
  );
});
