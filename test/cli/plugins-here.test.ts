import { expect, test } from "bun:test";
import { runCairn, tempDir } from "../kit/mod.ts";
import { writePlugins } from "./pipelines.ts";

test("plugins are looked for in plugins/ of the working directory where no configuration is named", async () => {
  using dir = tempDir("cairn-plugins-here-");
  writePlugins(dir);
  const listed = await runCairn(["plugins", "list", "--format=json"], { cwd: dir.path });
  expect(listed.json()).toMatchObject({
    plugins: expect.arrayContaining([expect.objectContaining({ type: "etl.Work" })]),
  });
  const shown = await runCairn(["plugins", "show", "etl.Wrok"], { cwd: dir.path });
  expect([shown.code, shown.stderr]).toEqual([2, expect.stringContaining('"etl.Work"')]);
});
