import { expect, test } from "bun:test";
import { existsSync, readdirSync, rmSync } from "node:fs";
import { Interrupt } from "../../../src/api/mod.ts";
import { runCairn, startCairn } from "../../kit/mod.ts";
import { type Ran, testPipeline, type TestPipeline, until } from "../../run/pipeline-kit.ts";
import { fakeSubmit, fixture } from "./fake-submit.ts";
import { fakeYarn } from "./fake-yarn.ts";

const CHECKPOINT = `checkpoint { enabled = true, location = "cp", cleanup-on-success = false, intent-settle = 300 ms }`;
const MASTERS = {
  yarn: "master = yarn, deploy-mode = cluster",
  standalone: 'master = "spark://m:7077", deploy-mode = cluster',
  kubernetes: 'master = "k8s://https://k:6443", deploy-mode = cluster',
};

function text(pipeline: TestPipeline, config: string, more: string = ""): string {
  const own = `application = "app.py", binary = "./fake/spark-submit", poll-interval = 50 ms, ${config}`;
  return pipeline.text([{ type: "spark.submit", name: "S", config: own, more }], CHECKPOINT);
}

function only({ result }: Ran): NonNullable<Ran["result"]["components"][0]> {
  const [component] = result.components;
  if (component === undefined) throw new Error("there is no component");
  return component;
}

const STATUS_FINISHED = fixture("standalone-status").replace("SUBMITTED", "FINISHED");
const STATUS_RUNNING = fixture("standalone-status").replace("SUBMITTED", "RUNNING");

test("what is given becomes arguments, and properties a file that only its owner could read", async () => {
  using pipeline = testPipeline();
  const fake = fakeSubmit(pipeline.dir, { log: fixture("local") });
  pipeline.dir.write("base.conf", "spark.base 1\nspark.over 1\n");
  const config = `
    args = ["--day", "2026-11-24", "a b", "$HOME"], main-class = "x.Main", master = "local[2]", name = "N"
    py-files = ["lib.zip", "s3a://b/c.py"], jars = ["j.jar"], files = ["f.txt"], packages = ["g:a:1", "g:b:2"]
    queue = etl, driver-memory = 1g, driver-cores = 2, executor-memory = 512m, executor-cores = 3, num-executors = 4
    properties-file = base.conf, env { OWN = x }
    conf { spark { over = 2, executor.instances = 7, hadoop.fs.s3a.secret.key = "secret://env/KEY" }, "spark.quoted.key" = true }`;
  const block = 'spark { master = "local[9]", config { spark.block = 1, spark.executor.instances = 1 } }\n';
  const ran = await pipeline.run(block + text(pipeline, config), {
    env: { ...process.env, KEY: "hush-hush" },
  });
  expect(only(ran)).toMatchObject({ status: "completed", outputs: { state: "SUCCEEDED", exitCode: 0 } });
  const at = (name: string): string => pipeline.dir.join(name);
  expect(fake.calls()).toMatch(/ --properties-file \/\S+ /u);
  expect(fake.calls().replace(/ --properties-file \S+/u, "")).toBe(
    `--master local[2] --name N --class x.Main --queue etl --driver-memory 1g --driver-cores 2 --executor-memory 512m --executor-cores 3 --num-executors 4 --py-files ${at("lib.zip")},s3a://b/c.py --jars ${at("j.jar")} --files ${at("f.txt")} --packages g:a:1,g:b:2 ${at("app.py")} --day 2026-11-24 a b $HOME\n`,
  );
  const conf = fake.conf();
  for (const line of [
    "spark.base 1",
    "spark.over=2",
    "spark.executor.instances=7",
    "spark.quoted.key=true",
    "spark.block=1",
  ])
    expect(conf).toContain(`${line}\n`);
  expect(conf).toContain("spark.hadoop.fs.s3a.secret.key=hush-hush\n");
  expect(conf.indexOf("spark.over 1")).toBeLessThan(conf.indexOf("spark.over=2"));
  expect(fake.calls()).not.toContain("hush");
});

test("the name, master and settings of the spark block count where the component says nothing", async () => {
  using pipeline = testPipeline();
  const fake = fakeSubmit(pipeline.dir, { log: "" });
  await pipeline.run(`spark { app-name = daily, master = "local[9]" }\n${text(pipeline, "")}`);
  expect(fake.calls()).toStartWith("--master local[9] --name daily/S ");
});

test("a secret in the arguments is refused", async () => {
  using pipeline = testPipeline();
  const refused: unknown = await pipeline
    .run(text(pipeline, 'args = ["secret://env/KEY"]'))
    .catch((thrown: unknown) => thrown);
  expect(JSON.stringify(refused)).toContain("process list");
});

test("a failed driver is the component's failure, with what it said last, and a retry submits again", async () => {
  using pipeline = testPipeline();
  const log = `${fixture("local")}Traceback (most recent call last):\n  File "app.py", line 3, in <module>\nValueError: no such day\n`;
  const fake = fakeSubmit(pipeline.dir, { log, code: 75 });
  const retry = "retry-policy { max-retries = 1, initial-delay-ms = 1, retryable-exceptions = [None] }";
  const ran = await pipeline.run(text(pipeline, "", retry));
  expect(only(ran)).toMatchObject({
    status: "failed",
    attempts: 2,
    error: { name: "TransientError", code: "SPARK_SUBMIT_FAILED" },
  });
  expect(only(ran).error?.message).toStartWith(
    "the Spark application failed with exit code 75: ValueError: no such day\nlast lines of its log:",
  );
  expect(fake.starts()).toBe(2);
  pipeline.dir.write("fake/code", "0");
  const again = await pipeline.run(text(pipeline, "", retry), { resume: "latest" });
  expect(only(again)).toMatchObject({ status: "completed" });
  expect(fake.starts()).toBe(3);
});

test("a missing spark-submit is told before anything is on record", async () => {
  using pipeline = testPipeline();
  const ran = await pipeline.run(text(pipeline, ""));
  expect(only(ran)).toMatchObject({
    status: "failed",
    error: { name: "PermanentError", code: "PROGRAM_MISSING" },
  });
  fakeSubmit(pipeline.dir, { log: "" });
  expect(only(await pipeline.run(text(pipeline, ""), { resume: "latest" })).status).toBe("completed");
});

test("YARN: the log tells the end, and the tag is among the properties", async () => {
  using pipeline = testPipeline();
  const fake = fakeSubmit(pipeline.dir, { log: fixture("yarn-succeeded") });
  const ran = await pipeline.run(text(pipeline, `${MASTERS.yarn}, conf { spark.yarn.tags = mine }`));
  expect(only(ran)).toMatchObject({
    status: "completed",
    outputs: {
      state: "SUCCEEDED",
      applicationId: "application_1668477395550_1045",
      trackingUrl: "http://Almaren-Node-105:8088/proxy/application_1668477395550_1045/",
    },
  });
  expect(fake.conf()).toMatch(/^spark\.yarn\.tags=mine,cairn-[0-9a-f]{32}$/mu);
  expect(fake.calls()).toContain("--deploy-mode cluster");
});

test("Kubernetes: spark-submit's own success is none where the driver's exit code says otherwise", async () => {
  using pipeline = testPipeline();
  const log = fixture("kubernetes-pending") + fixture("kubernetes-exit-1");
  const fake = fakeSubmit(pipeline.dir, { log, code: 0 });
  const ran = await pipeline.run(text(pipeline, MASTERS.kubernetes));
  expect(only(ran)).toMatchObject({ status: "failed", error: { code: "SPARK_SUBMIT_FAILED" } });
  expect(only(ran).error?.message).toContain("failed with exit code 1");
  expect(fake.conf()).toMatch(/^spark\.kubernetes\.driver\.pod\.name=cairn-[0-9a-f]{32}-driver$/mu);
});

test("standalone: the master is asked for the end of what spark-submit left running", async () => {
  using pipeline = testPipeline();
  const fake = fakeSubmit(pipeline.dir, { log: fixture("standalone-rest"), status: STATUS_RUNNING });
  const running = pipeline.run(text(pipeline, MASTERS.standalone));
  await until(
    "a question",
    () => existsSync(pipeline.dir.join("fake/calls")) && fake.calls().includes("--status"),
    60_000,
  );
  pipeline.dir.write("fake/status", STATUS_FINISHED);
  expect(only(await running)).toMatchObject({
    status: "completed",
    outputs: { state: "SUCCEEDED", submissionId: "driver-20241102232042-0000" },
  });
  expect(fake.calls()).toContain("--status driver-20241102232042-0000");
  expect(fake.starts()).toBe(1);
});

test("a component that is told to stop kills the application in the cluster, too; a resume submits it again", async () => {
  using pipeline = testPipeline();
  const killed = fixture("standalone-status").replace("SUBMITTED", "KILLED");
  const fake = fakeSubmit(pipeline.dir, { log: fixture("standalone-rest"), status: STATUS_RUNNING, killed });
  const abort = new AbortController();
  const running = pipeline.run(text(pipeline, MASTERS.standalone), { signal: abort.signal, graceMs: 60_000 });
  await until(
    "a question",
    () => existsSync(pipeline.dir.join("fake/calls")) && fake.calls().includes("--status"),
    60_000,
  );
  abort.abort(new Interrupt("SIGTERM"));
  expect((await running).result.status).toBe("interrupted");
  expect(fake.calls()).toContain("--kill driver-20241102232042-0000");
  const resuming = pipeline.run(text(pipeline, MASTERS.standalone), { resume: "latest" });
  await until("the second start", () => fake.starts() === 2, 60_000);
  pipeline.dir.write("fake/status", STATUS_FINISHED);
  expect(only(await resuming)).toMatchObject({ status: "completed" });
});

/** Runs the command line until `when` holds, and kills it. */
async function killedWhen(pipeline: TestPipeline, config: string, when: () => boolean): Promise<void> {
  const file = pipeline.dir.write("p.conf", text(pipeline, config));
  const cairn = startCairn(["run", file], { cwd: pipeline.dir.path });
  await until("the moment to kill", when, 60_000);
  cairn.kill("SIGKILL");
  await cairn.exited;
}

function resumed(pipeline: TestPipeline, ...more: readonly string[]): ReturnType<typeof runCairn> {
  const args = ["resume", pipeline.dir.join("p.conf"), "latest", "--format=json", ...more];
  return runCairn(args, { cwd: pipeline.dir.path });
}

test("YARN: after a killed runner the application is found by its tag, waited for, and never started twice", async () => {
  using pipeline = testPipeline();
  await using yarn = fakeYarn();
  // It has not named the application yet.
  const fake = fakeSubmit(pipeline.dir, {
    log: "17/03/20 22:06:40 INFO yarn.Client: Requesting a new application\n",
    hold: true,
  });
  const config = `${MASTERS.yarn}, yarn-resource-manager = "${yarn.url}"`;
  await killedWhen(pipeline, config, () => fake.starts() === 1);
  const [, tag = ""] = /^spark\.yarn\.tags=(\S+)$/mu.exec(fake.conf()) ?? [];
  yarn.add("application_1_0007", tag, "RUNNING");
  const resuming = resumed(pipeline);
  await until("a look", () => yarn.looks() > 0, 60_000);
  yarn.set("application_1_0007", "FINISHED", "SUCCEEDED");
  const result = await resuming;
  expect(result.code, result.stderr).toBe(0);
  expect(result.json()).toMatchObject({
    components: [
      { status: "completed", outputs: { applicationId: "application_1_0007", state: "SUCCEEDED" } },
    ],
  });
  expect(fake.starts()).toBe(1);
}, 120_000);

test("YARN: what the resource manager surely does not have is started once more", async () => {
  using pipeline = testPipeline();
  await using yarn = fakeYarn();
  const fake = fakeSubmit(pipeline.dir, {
    log: "17/03/20 22:06:40 INFO yarn.Client: Requesting a new application\n",
    hold: true,
  });
  const config = `${MASTERS.yarn}, yarn-resource-manager = "${yarn.url}"`;
  await killedWhen(pipeline, config, () => fake.starts() === 1);
  rmSync(pipeline.dir.join("fake/hold"));
  pipeline.dir.write("fake/log", fixture("yarn-succeeded"));
  const result = await resumed(pipeline);
  expect(result.code, result.stderr).toBe(0);
  expect(fake.starts()).toBe(2);
}, 120_000);

test("standalone: killed before the driver had its ID, the outcome is unknown until somebody says it", async () => {
  using pipeline = testPipeline();
  const fake = fakeSubmit(pipeline.dir, { log: "Using Spark's default log4j profile\n", hold: true });
  await killedWhen(pipeline, MASTERS.standalone, () => fake.starts() === 1);
  const unknown = await resumed(pipeline);
  expect(unknown.code).toBe(1);
  expect(unknown.json()).toMatchObject({ components: [{ error: { code: "OUTCOME_UNKNOWN" } }] });
  expect(fake.starts()).toBe(1);
  const declared = await resumed(pipeline, "--declare=S/submit=done");
  expect(declared.code, declared.stderr).toBe(0);
  expect(fake.starts()).toBe(1);
}, 120_000);

test("standalone: killed while it ran, the driver is waited for by its ID", async () => {
  using pipeline = testPipeline();
  const fake = fakeSubmit(pipeline.dir, { log: fixture("standalone-rest"), status: STATUS_RUNNING });
  const file = pipeline.dir.join("fake/calls");
  await killedWhen(pipeline, MASTERS.standalone, () => existsSync(file) && fake.calls().includes("--status"));
  pipeline.dir.write("fake/status", STATUS_FINISHED);
  const result = await resumed(pipeline);
  expect(result.code, result.stderr).toBe(0);
  expect(fake.starts()).toBe(1);
}, 120_000);

test("an application that takes too long is killed in the cluster", async () => {
  using pipeline = testPipeline();
  const killed = fixture("standalone-status").replace("SUBMITTED", "KILLED");
  const fake = fakeSubmit(pipeline.dir, { log: fixture("standalone-rest"), status: STATUS_RUNNING, killed });
  const ran = await pipeline.run(text(pipeline, `${MASTERS.standalone}, timeout = 6 s`));
  expect(only(ran)).toMatchObject({ status: "failed", error: { code: "SPARK_SUBMIT_TIMEOUT" } });
  expect(fake.calls()).toContain("--kill driver-20241102232042-0000");
});

test("no properties file outlives a run", async () => {
  using pipeline = testPipeline();
  fakeSubmit(pipeline.dir, { log: "" });
  const tmp = pipeline.dir.join("tmp");
  pipeline.dir.write("tmp/.keep", "");
  await pipeline.run(text(pipeline, `env { TMPDIR = ${JSON.stringify(tmp)} }`));
  expect(readdirSync(tmp)).toEqual([".keep"]);
});

test("Kubernetes: killed before it named the pod, the pod is found by its name", async () => {
  using pipeline = testPipeline();
  const pod = fixture("kubernetes-pending");
  const fake = fakeSubmit(pipeline.dir, {
    log: "20/05/11 21:00:00 INFO SparkKubernetesClientFactory: Auto-configuring K8S client\n",
    hold: true,
    status: `Application status (driver):\n${pod.replace("Pending", "Running")}`,
  });
  await killedWhen(pipeline, MASTERS.kubernetes, () => fake.starts() === 1);
  const [, name = ""] = /^spark\.kubernetes\.driver\.pod\.name=(\S+)$/mu.exec(fake.conf()) ?? [];
  const resuming = resumed(pipeline);
  await until("a question", () => fake.calls().includes("--status"), 60_000);
  pipeline.dir.write("fake/status", pod.replace("Pending", "Succeeded"));
  const result = await resuming;
  expect(result.code, result.stderr).toBe(0);
  expect(fake.calls()).toContain(`--status default:${name}`);
  expect(fake.starts()).toBe(1);
}, 120_000);

test("progress and the application's ID come from the driver's web server", async () => {
  using pipeline = testPipeline();
  const jobs = [{ numTasks: 8, numCompletedTasks: 3, numSkippedTasks: 0 }];
  using ui = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: ({ url }) => Response.json(url.endsWith("/jobs") ? jobs : [{ id: "local-1700000000000" }]),
  });
  const log = fixture("local").replace("127.0.0.1:4040", `127.0.0.1:${ui.port}`);
  fakeSubmit(pipeline.dir, { log, hold: true });
  const seen: string[] = [];
  const ran = await pipeline.run(text(pipeline, ""), {
    observer: {
      progress: ({ done, total }) => {
        seen.push(`${done} of ${total}`);
        rmSync(pipeline.dir.join("fake/hold"), { force: true });
      },
    },
  });
  expect(seen).toContain("3 of 8");
  expect(only(ran)).toMatchObject({ status: "completed", outputs: { applicationId: "local-1700000000000" } });
});
