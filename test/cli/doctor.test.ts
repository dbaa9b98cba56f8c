import { expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, readdirSync } from "node:fs";
import type { DoctorReport } from "../../src/api/mod.ts";
import { runCairn, type TempDir, tempDir } from "../kit/mod.ts";
import { expectGolden } from "./expect-golden.ts";

/** A store over files in the folder of its location that takes every write; `check` looks first whether it may. */
function folderStore(scheme: string, check: string): string {
  return `import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { defineCheckpointStore } from "cairn";

export default defineCheckpointStore({
  scheme: "${scheme}",
  open({ location }) {
    const folder = new URL(location).pathname;
    mkdirSync(folder, { recursive: true });
    const path = (key) => join(folder, encodeURIComponent(key));
    const put = async (key, text) => writeFileSync(path(key), text);
    return {
      location,
      timeGrainMs: 1,
      async putIfAbsent(key, text) {
        ${check}
        await put(key, text);
        return true;
      },
      put,
      get: async (key) => (existsSync(path(key)) ? readFileSync(path(key), "utf8") : undefined),
      list: async (prefix, after = "") =>
        readdirSync(folder)
          .map((name) => decodeURIComponent(name))
          .filter((key) => key.startsWith(prefix) && key > after)
          .toSorted()
          .map((key) => ({ key, size: 1, modifiedAt: statSync(path(key)).mtimeMs })),
      delete: async (key) => rmSync(path(key), { force: true }),
      time: async () => Date.now(),
      close: async () => {},
    };
  },
});
`;
}

function doctor(dir: TempDir, ...args: readonly string[]): ReturnType<typeof runCairn> {
  return runCairn(["doctor", "--plugins=plugins", ...args], { cwd: dir.path });
}

function failed(report: DoctorReport): string[] {
  return report.checks.filter(({ status }) => status === "finding").map(({ name }) => name);
}

test("a sound local location has no finding, and looks afterwards as it did before", async () => {
  using dir = tempDir("cairn-doctor-");
  const result = await runCairn(["doctor", "--location=cp", "--format=json"], { cwd: dir.path });
  expect([result.code, result.stderr]).toEqual([0, ""]);
  const report = result.json() as DoctorReport;
  expect(report).toMatchObject({ version: 1, location: dir.join("cp"), sound: true, findings: [] });
  expect(report.checks.map(({ name, status }) => `${name} ${status}`)).toEqual([
    "plugin-folders ok",
    "location ok",
    "permissions ok",
    "create-if-absent ok",
    "exclusive-append ok",
    "read-after-write ok",
    "list-after-write ok",
    "clock ok",
    "latency ok",
    "folder ok",
    "free-space ok",
    "clean-up ok",
    "spark-connect skipped",
    expect.stringMatching(/^spark-submit (?:ok|skipped)$/u) as string,
    expect.stringMatching(/^duckdb (?:ok|skipped)$/u) as string,
  ]);
  expect(report.checks.find(({ name }) => name === "latency")?.facts).toMatchObject({
    append: { medianMs: expect.any(Number), worstMs: expect.any(Number) },
  });
  expect(report.checks.find(({ name }) => name === "exclusive-append")?.facts).toMatchObject({
    writers: 5,
    wrong: 0,
  });
  expect(existsSync(dir.join("cp"))).toBe(false);
});

test("a store that ignores the condition of a write is found by the races, and told", async () => {
  using dir = tempDir("cairn-doctor-");
  dir.write("plugins/liar.ts", folderStore("liar", ""));
  const location = `--location=liar://host${dir.join("data")}`;
  const result = await doctor(dir, location);
  expect(result.code).toBe(1);
  await expectGolden("doctor-liar", dir, result);
  const report = (await doctor(dir, location, "--format=json")).json() as DoctorReport;
  expect(failed(report)).toEqual(["create-if-absent", "exclusive-append"]);
  expect(report).toMatchObject({ version: 1, sound: false });
  expect(report.findings[0]).toMatchObject({
    check: "create-if-absent",
    severity: "error",
    code: "STORE_BROKEN_PROMISE",
    message: '5 of 5 writers were told that they had written number 1 of the log "new-1"',
  });
  expect(readdirSync(dir.join("data"))).toEqual([]);
});

test("a store that looks before it writes passes alone and fails the races", async () => {
  using dir = tempDir("cairn-doctor-");
  dir.write(
    "plugins/hasty.ts",
    folderStore("hasty", "if (existsSync(path(key))) return false;\n        await Bun.sleep(3);"),
  );
  const result = await doctor(dir, `--location=hasty://host${dir.join("data")}`, "--format=json");
  expect(result.code).toBe(1);
  const report = result.json() as DoctorReport;
  expect(report.checks.find(({ name }) => name === "permissions")?.status).toBe("ok");
  expect(failed(report)).toContain("exclusive-append");
});

test("the run itself refuses a store that ignores conditions, unless the configuration says single-writer", async () => {
  using dir = tempDir("cairn-doctor-");
  dir.write("plugins/liar.ts", folderStore("liar", ""));
  dir.write("plugins/t/Work.ts", "export default async () => ({ done: true });");
  const conf = (more: string): string =>
    `pipeline {
  pipeline-name = "lies"
  checkpoint { enabled = true, location = "liar://host${dir.join("data")}"${more} }
  pipeline-components = [ { instance-type = t.Work, instance-name = a } ]
}`;
  dir.write("p.conf", conf(""));
  const refused = await runCairn(["run", "p.conf"], { cwd: dir.path });
  expect([refused.code, refused.stderr]).toEqual([
    6,
    expect.stringContaining("a second record was written over the first one"),
  ]);
  expect(refused.stderr).toContain("single-writer = true");
  dir.write("p.conf", conf(", single-writer = true"));
  expect((await runCairn(["run", "p.conf"], { cwd: dir.path })).code).toBe(0);
});

test("a folder that others may write to is a finding", async () => {
  using dir = tempDir("cairn-doctor-");
  mkdirSync(dir.join("cp"));
  chmodSync(dir.join("cp"), 0o777);
  const result = await runCairn(["doctor", "--location=cp", "--format=json"], { cwd: dir.path });
  expect(result.code).toBe(1);
  expect((result.json() as DoctorReport).findings).toMatchObject([
    { check: "folder", severity: "warning", code: "LOCATION_OPEN" },
  ]);
  expect(readdirSync(dir.join("cp"))).toEqual([]);
});

test("a location that can't be written is a finding with the store's own hint, and nothing else is tried", async () => {
  using dir = tempDir("cairn-doctor-");
  const result = await runCairn(["doctor", "--location=/sys/cairn", "--format=json"], { cwd: dir.path });
  expect(result.code).toBe(1);
  const report = result.json() as DoctorReport;
  expect(report.findings[0]).toMatchObject({ check: "permissions", code: "STORE_NOT_WRITABLE" });
  const skipped = report.checks.filter(({ summary }) => summary === "the location can't be used");
  expect(skipped.length).toBe(6);
});

test("a wrong location, and a wrong configuration, are exit 2", async () => {
  using dir = tempDir("cairn-doctor-");
  for (const flag of ["--location=htfs://x", "--config=missing.conf"]) {
    expect((await runCairn(["doctor", flag], { cwd: dir.path })).code).toBe(2);
  }
});
