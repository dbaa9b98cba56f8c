import { describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import type { JsonObject } from "../../../src/base/mod.ts";
import { fileCopyComponent } from "../../../src/builtin/file-copy.ts";
import { dangerOf, fileRemoveComponent } from "../../../src/builtin/file-remove.ts";
import { fileWaitComponent, waitForFiles } from "../../../src/builtin/file-wait.ts";
import { defineComponent } from "../../../src/sdk/mod.ts";
import { fakeClock, testComponent, type TestOptions, type TestRun } from "../../../src/sdk/testing.ts";
import { type TempDir, tempDir } from "../../kit/mod.ts";

type Component = Parameters<typeof testComponent>[0];

function run(component: unknown, dir: TempDir, config: JsonObject, more: TestOptions = {}): Promise<TestRun> {
  return testComponent(component as Component, { config, run: { configFolder: dir.path }, ...more });
}

function failure({ steering, error }: TestRun): unknown[] {
  return [steering, (error as { readonly code?: string }).code, (error as Error).message];
}

describe("file.wait", () => {
  test("goes on as soon as files are there, large enough, and tells which", async () => {
    using dir = tempDir();
    const config = { path: "in/*.csv", minCount: 2, minSize: "6B", pollInterval: "5ms" };
    const running = run(fileWaitComponent, dir, config);
    dir.write("in/a.csv", "123");
    dir.write("in/.hidden.csv", "123456");
    dir.write("in/other.txt", "123456");
    await Bun.sleep(20);
    dir.write("in/b.csv", "45");
    await Bun.sleep(20);
    dir.write("in/b.csv", "456");
    const waited = await running;
    expect(waited.outputs).toEqual({
      path: "in/*.csv",
      count: 2,
      size: 6,
      files: [dir.join("in/a.csv"), dir.join("in/b.csv")],
    });
  });

  test("waits until nothing changes any more", async () => {
    using dir = tempDir();
    const clock = fakeClock();
    const file = dir.join("growing");
    writeFileSync(file, "1");
    let grown = 0;
    const growing = {
      ...clock,
      sleep: (ms: number) => {
        if (grown++ < 5) writeFileSync(file, "x".repeat(grown + 1));
        clock.advance(ms);
        return Promise.resolve();
      },
    };
    const component = defineComponent({
      config: fileWaitComponent.config,
      run: (context) => waitForFiles(context, growing),
    });
    const waited = await run(component, dir, { path: "growing", stableFor: "10s", pollInterval: "1s" });
    expect(waited.outputs).toMatchObject({ size: 6 });
    expect(grown).toBe(15);
  });

  test("waits until files are gone, fails once that takes too long, or skips", async () => {
    using dir = tempDir();
    dir.write("lock", "");
    const config = { path: "lock", until: "absent", pollInterval: "5ms", timeout: "50ms" };
    expect(failure(await run(fileWaitComponent, dir, config))).toEqual([
      "transient",
      "FILE_WAIT_TIMEOUT",
      "Waiting in vain: lock did not go away within 50 ms: 1 still there",
    ]);
    const skipped = await run(fileWaitComponent, dir, { ...config, onTimeout: "skip" });
    expect(skipped.status).toBe("skipped");
    const running = run(fileWaitComponent, dir, { ...config, timeout: "1m" });
    await run(fileRemoveComponent, dir, { path: "lock" });
    expect((await running).outputs).toMatchObject({ count: 0 });
  });

  test("stops when it is told to", async () => {
    using dir = tempDir();
    const stop = new AbortController();
    const running = run(fileWaitComponent, dir, { path: "never" }, { signal: stop.signal });
    stop.abort(new Error("told to stop"));
    expect((await running).error).toEqual(new Error("told to stop"));
  });
});

describe("file.copy", () => {
  test("copies one file under a name, or into a folder, and declares it", async () => {
    using dir = tempDir();
    dir.write("a.txt", "content");
    const named = await run(fileCopyComponent, dir, { from: "a.txt", to: "out/b.txt", verify: "hash" });
    expect(named.outputs).toEqual({ to: dir.join("out/b.txt"), files: 1, bytes: 7, skipped: 0 });
    expect(named.artifacts.map(({ path }) => path)).toEqual([dir.join("out/b.txt")]);
    await run(fileCopyComponent, dir, { from: "a.txt", to: "out/deep/" });
    expect(dir.read("out/deep/a.txt")).toBe("content");
  });

  test("copies folders and patterns with their structure, without hidden files", async () => {
    using dir = tempDir();
    for (const name of ["src/x/1.csv", "src/x/y/2.csv", "src/3.txt", "src/.tmp/4.csv"]) dir.write(name, name);
    const folder = await run(fileCopyComponent, dir, { from: "src", to: "all" });
    expect(folder.outputs).toMatchObject({ files: 3, bytes: 11 + 13 + 9 });
    expect(dir.read("all/x/y/2.csv")).toBe("src/x/y/2.csv");
    expect(existsSync(dir.join("all/.tmp"))).toBe(false);
    await run(fileCopyComponent, dir, { from: "src/**/*.csv", to: "csv" });
    expect([dir.read("csv/x/1.csv"), existsSync(dir.join("csv/3.txt"))]).toEqual(["src/x/1.csv", false]);
    expect(folder.progress.at(-1)).toEqual({ done: 3, total: 3, label: "files" });
  });

  test("keeps what is there, or refuses to touch it, as mode says; a resume does not stumble over its own copies", async () => {
    using dir = tempDir();
    for (const name of ["in/1", "in/2"]) dir.write(name, "new");
    dir.write("out/2", "old");
    const config = { from: "in", to: "out", mode: "error" };
    expect(failure(await run(fileCopyComponent, dir, config)).slice(0, 2)).toEqual([
      "permanent",
      "FILE_EXISTS",
    ]);
    expect(existsSync(dir.join("out/1"))).toBe(false);
    const skipped = await run(fileCopyComponent, dir, { ...config, mode: "skip" });
    expect([skipped.outputs, dir.read("out/2")]).toEqual([
      expect.objectContaining({ skipped: 1, files: 1 }),
      "old",
    ]);
    const crashed = await run(
      fileCopyComponent,
      dir,
      { ...config, to: "elsewhere" },
      {
        crash: { step: "targets are free", at: "recorded" },
      },
    );
    dir.write("elsewhere/1", "half of an earlier attempt");
    expect((await crashed.resume()).outputs).toMatchObject({ files: 2 });
    expect(dir.read("elsewhere/1")).toBe("new");
  });

  test("refuses to copy nothing, and a folder into itself", async () => {
    using dir = tempDir();
    mkdirSync(dir.join("empty"));
    const none = (config: JsonObject): Promise<TestRun> =>
      run(fileCopyComponent, dir, { from: "*.csv", to: "out", ...config });
    expect(failure(await none({}))[1]).toBe("FILE_MISSING");
    expect(failure(await none({ from: "not-there" }))[1]).toBe("FILE_MISSING");
    expect((await none({ allowNone: true })).outputs).toMatchObject({ files: 0 });
    expect(failure(await none({ from: "empty", to: "empty/in" }))[1]).toBe("FILE_COPY_INTO_ITSELF");
  });
});

describe("file.remove", () => {
  test("removes files, patterns and, if told to, folders; what is not there is gone already", async () => {
    using dir = tempDir();
    for (const name of ["a.tmp", "b.tmp", "keep.txt", "folder/deep/x"]) dir.write(name, "");
    const removed = await run(fileRemoveComponent, dir, { paths: ["*.tmp", "not-there"] });
    expect(removed.outputs).toEqual({ removed: 2 });
    expect(failure(await run(fileRemoveComponent, dir, { path: "folder" }))[1]).toBe("FILE_IS_FOLDER");
    await run(fileRemoveComponent, dir, { path: "folder", recursive: true });
    expect([existsSync(dir.join("folder")), existsSync(dir.join("keep.txt"))]).toEqual([false, true]);
    const strict = await run(fileRemoveComponent, dir, { path: "not-there", mustExist: true });
    expect(failure(strict)[1]).toBe("FILE_MISSING");
  });

  test("refuses roots and what the pipeline itself stands in, by whatever way they are named", async () => {
    using dir = tempDir();
    symlinkSync("/", dir.join("link"));
    for (const path of ["/", "/etc", ".", "..", "link/etc", dir.path]) {
      const refusal = await run(fileRemoveComponent, dir, { path, recursive: true });
      expect(failure(refusal).slice(0, 2)).toEqual(["permanent", "FILE_REMOVE_DANGEROUS"]);
    }
    dir.write("folder/file", "");
    symlinkSync(dir.join("folder"), dir.join("other"));
    await run(fileRemoveComponent, dir, { path: "other", recursive: true });
    expect([existsSync(dir.join("other")), existsSync(dir.join("folder/file"))]).toEqual([false, true]);
    const refused = (uri: string): boolean => dangerOf(uri, ["/srv/pipelines", "/home/me"]) !== undefined;
    for (const uri of ["s3a://lake/", "hdfs://nn/", "hdfs://nn/user", "/srv", "/srv/pipelines", "/home/me"]) {
      expect([uri, refused(uri)]).toEqual([uri, true]);
    }
    for (const uri of ["s3a://lake/x", "hdfs://nn/user/me", "/srv/data", "/home/me/x"]) {
      expect([uri, refused(uri)]).toEqual([uri, false]);
    }
  });
});
