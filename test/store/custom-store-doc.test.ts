import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { storeLaws } from "../../src/store/testing.ts";
import { root, tempDir } from "../kit/mod.ts";

const page = readFileSync(join(root, "docs/custom-store.md"), "utf8");

test("the store and its test in docs/custom-store.md pass the conformance suite as they stand", async () => {
  using dir = tempDir();
  const blocks = [...page.matchAll(/```ts\n\/\/ plugins\/(\S+)\n([\s\S]*?)```/g)];
  expect(blocks.map(([, name]) => name)).toEqual(["sqlite.ts", "sqlite.test.ts"]);
  for (const [, name = "", code = ""] of blocks) {
    // In the executable these two modules are its own.
    const here = code
      .replaceAll('from "cairn"', `from ${JSON.stringify(join(root, "src/sdk/mod.ts"))}`)
      .replaceAll('from "cairn/testing"', `from ${JSON.stringify(join(root, "src/sdk/testing.ts"))}`);
    dir.write(name, here);
  }
  const run = Bun.spawn([process.execPath, "test", dir.join("sqlite.test.ts")], {
    cwd: dir.path,
    stdout: "pipe",
    stderr: "pipe",
  });
  const said = await new Response(run.stderr).text();
  expect(said).toContain(" 0 fail");
  expect(Number(/ (\d+) pass/.exec(said)?.[1])).toBe(storeLaws.length - 4);
  expect(await run.exited).toBe(0);
}, 60_000);
