import { expect, test } from "bun:test";
import { endFromLog } from "../../../src/builtin/spark-submit/submit-end.ts";
import { type Manager, SubmitLog } from "../../../src/builtin/spark-submit/submit-log.ts";
import { readStatus } from "../../../src/builtin/spark-submit/submit-status.ts";
import { propertiesText, propertyIn } from "../../../src/builtin/spark-submit/properties-text.ts";
import { countTasks } from "../../../src/builtin/spark-submit/ui-progress.ts";
import { fixture } from "./fake-submit.ts";

function read(manager: Manager, ...names: readonly string[]): SubmitLog {
  const log = new SubmitLog(manager);
  for (const text of names.map(fixture).join("\n").split("\n")) log.take({ text });
  return log;
}

test("YARN's reports tell ID, tracking URL, state and end; the first ID counts", () => {
  const running = read("yarn", "yarn-submitted");
  expect(running.facts).toEqual({
    applicationId: "application_1490070587984_0007",
    submissionId: "application_1490070587984_0007",
    state: "RUNNING",
    trackingUrl: "http://Master:8088/proxy/application_1490070587984_0007/",
  });
  expect(endFromLog("yarn", running.facts)).toBeUndefined();
  const done = read("yarn", "yarn-succeeded");
  expect(done.facts).toMatchObject({ applicationId: "application_1668477395550_1045", state: "FINISHED" });
  expect(endFromLog("yarn", done.facts)).toBe("SUCCEEDED");
  const failed = new SubmitLog("yarn");
  for (const text of fixture("yarn-succeeded").replace("SUCCEEDED", "FAILED").split("\n"))
    failed.take({ text });
  expect(endFromLog("yarn", failed.facts)).toBe("FAILED");
});

test("on Kubernetes the submission is known by namespace and pod, and the driver's exit code counts", async () => {
  const pending = read("kubernetes", "kubernetes-pending");
  expect(pending.facts).toMatchObject({
    submissionId: "batch-pipeline-qa:empreporting-1589212705263-driver",
    applicationId: "spark-8f4a0340943a4df79d0e2f16eb24a751",
    state: "PENDING",
  });
  await pending.submitted;
  expect(endFromLog("kubernetes", pending.facts)).toBeUndefined();
  const failed = read("kubernetes", "kubernetes-pending", "kubernetes-exit-1");
  expect(failed.facts.driverExitCode).toBe(1);
  expect(endFromLog("kubernetes", failed.facts)).toBe("FAILED");
  expect(read("kubernetes", "kubernetes-waiting").facts.submissionId).toBe(
    "spark:spark-pi-1548020873671-driver",
  );
});

test("a container beside the driver's does not decide", () => {
  const log = new SubmitLog("kubernetes");
  const lines = [
    "container name: spark-kubernetes-driver",
    "exit code: 0",
    "container name: istio-proxy",
    "exit code: 143",
  ];
  for (const text of lines) log.take({ text: `\t ${text}` });
  expect(endFromLog("kubernetes", log.facts)).toBe("SUCCEEDED");
});

test("standalone masters name the driver by REST and by RPC, and tell its state", () => {
  expect(read("standalone", "standalone-rest").facts.submissionId).toBe("driver-20241102232042-0000");
  const rpc = read("standalone", "standalone-rpc");
  expect(rpc.facts).toMatchObject({ submissionId: "driver-20240321080909-0000", state: "FINISHED" });
  expect(endFromLog("standalone", rpc.facts)).toBe("SUCCEEDED");
  const status = fixture("standalone-status");
  const ends = [
    "SUBMITTED",
    "RUNNING",
    "RELAUNCHING",
    "UNKNOWN",
    "FINISHED",
    "ERROR",
    "KILLED",
    "NOT_FOUND",
  ].map((state) => readStatus("standalone", status.replace("SUBMITTED", state).split("\n"))?.end);
  expect(ends).toEqual([undefined, undefined, undefined, undefined, "SUCCEEDED", "FAILED", "KILLED", "LOST"]);
  expect(readStatus("standalone", ["Exception in thread main"])).toBeUndefined();
});

test("the driver's web server is known from the log", () => {
  expect(read("local", "local").facts).toEqual({ uiUrl: "http://127.0.0.1:4040" });
});

test("of a million lines only the last few are kept", () => {
  const log = new SubmitLog("yarn");
  for (let line = 0; line < 1_000_000; line++) log.take({ text: `line ${line}` });
  expect(log.last).toHaveLength(10);
  expect(log.last.at(-1)).toBe("line 999999");
});

test("tasks are counted over all jobs, and never more done than there are", () => {
  const jobs = [
    { numTasks: 4, numCompletedTasks: 3, numSkippedTasks: 0 },
    { numTasks: 10, numCompletedTasks: 4, numSkippedTasks: 9 },
    "no job",
  ];
  expect(countTasks(jobs)).toEqual({ done: 13, total: 14 });
});

test("properties are read back as they were written, the last one of a name counts", () => {
  const text = propertiesText({ "a.b": "one", "c d": " x\n=#", e: "C:\\dir", "f:g": "" });
  expect(text).toBe("a.b=one\nc\\ d=\\ x\\n=#\ne=C:\\\\dir\nf\\:g=\n");
  const file =
    "# spark.master no\nspark.master   yarn\nspark.submit.deployMode=cluster\nspark.master = local[2]\n";
  expect(propertyIn(file, "spark.master")).toBe("local[2]");
  expect(propertyIn(file, "spark.submit.deployMode")).toBe("cluster");
  expect(propertyIn(file, "spark.none")).toBeUndefined();
});
