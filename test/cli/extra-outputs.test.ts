import { expect, test } from "bun:test";
import { runCairn, type TempDir, tempDir } from "../kit/mod.ts";
import { pipeline, writePlugins } from "./pipelines.ts";

function scene(): TempDir {
  const dir = tempDir("cairn-extra-");
  writePlugins(dir);
  const work = { type: "etl.Work", name: "A" };
  dir.write("p.conf", pipeline("P", [work, { ...work, name: "B" }, { ...work, name: "C" }]));
  // A file where a folder is wanted can't be written below, not even by root.
  dir.write("file", "");
  return dir;
}

for (const flag of ["audit", "metrics", "log-file"]) {
  test(`--${flag} that can't be written is one warning, and the run succeeds`, async () => {
    using dir = scene();
    const ran = await runCairn(["run", "p.conf", `--${flag}=file/x`], { cwd: dir.path });
    expect(ran.code).toBe(0);
    const told = ran.stderr.split("\n").filter((line) => / (?:warn|error) /.test(line));
    expect(told).toEqual([expect.stringContaining(`warn  --${flag}=file/x can't be written: `)]);
  });
}

test("durations in logs and audit files are whole milliseconds", async () => {
  using dir = scene();
  const ran = await runCairn(["run", "p.conf", "--log-format=json", "--audit=a.jsonl"], { cwd: dir.path });
  const text = ran.stderr + (await Bun.file(dir.join("a.jsonl")).text());
  const durations = [...text.matchAll(/"duration_ms":([\d.e-]+)/g)].map(([, ms]) => ms);
  expect(durations.length).toBeGreaterThanOrEqual(8);
  expect(durations.filter((ms) => !/^\d+$/.test(ms ?? ""))).toEqual([]);
});

for (const id of ["latest", "../x", "-x", "a".repeat(201)]) {
  test(`--run-id=${id.slice(0, 10)} is refused with and without a checkpoint`, async () => {
    using dir = scene();
    for (const more of [[], ["--checkpoint=ck"]]) {
      const ran = await runCairn(["run", "p.conf", `--run-id=${id}`, ...more], { cwd: dir.path });
      expect(ran.code).toBe(2);
      expect(ran.stderr).toContain("RUN_ID_INVALID");
    }
  });
}
