import { expect, test } from "bun:test";
import type { JsonObject } from "../../../src/base/mod.ts";
import { fileCopyComponent } from "../../../src/builtin/file-copy.ts";
import { fileRemoveComponent } from "../../../src/builtin/file-remove.ts";
import { fileWaitComponent } from "../../../src/builtin/file-wait.ts";
import { testComponent, type TestRun } from "../../../src/sdk/testing.ts";
import { tempDir } from "../../kit/mod.ts";
import type { HdfsServer } from "../../servers/hdfs/hdfs-server.ts";
import { LAW_MS } from "./hdfs-bench.ts";

type Component = Parameters<typeof testComponent>[0];

/** The file components on a cluster that is there already. */
export function testFileComponents(server: HdfsServer): void {
  test(
    "file.copy, file.wait and file.remove work on it",
    async () => {
      using dir = tempDir();
      const env = { HADOOP_CONF_DIR: server.folder, HADOOP_USER_NAME: "alice" };
      const run = (component: unknown, config: JsonObject): Promise<TestRun> =>
        testComponent(component as Component, { config, run: { configFolder: dir.path }, env });
      for (const name of ["in/a.csv", "in/b/c.csv"]) dir.write(name, name);
      const there = await run(fileCopyComponent, {
        from: "in",
        to: "hdfs:///tmp/components/one",
        verify: "hash",
      });
      expect([there.error, there.outputs]).toEqual([undefined, expect.objectContaining({ files: 2 })]);
      const waited = await run(fileWaitComponent, {
        path: "hdfs:///tmp/components/one/**/*.csv",
        minCount: 2,
      });
      expect([waited.error, waited.outputs]).toEqual([undefined, expect.objectContaining({ count: 2 })]);
      const back = await run(fileCopyComponent, {
        from: "hdfs:///tmp/components/one/b/c.csv",
        to: "back.csv",
      });
      expect([back.error, dir.read("back.csv")]).toEqual([undefined, "in/b/c.csv"]);
      const removed = await run(fileRemoveComponent, { path: "hdfs:///tmp/components", recursive: true });
      expect([removed.error, removed.outputs]).toEqual([undefined, { removed: 1 }]);
      const root = await run(fileRemoveComponent, { path: "hdfs:///tmp", recursive: true });
      expect((root.error as { code?: string }).code).toBe("FILE_REMOVE_DANGEROUS");
    },
    LAW_MS,
  );
}
