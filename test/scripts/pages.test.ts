import { expect, test } from "bun:test";

import { root } from "../kit/mod.ts";

test("generated pages are fresh and no link of any page leads nowhere", async () => {
  const check = Bun.spawn([process.execPath, "scripts/docs.ts", "--check"], { cwd: root, stdout: "pipe" });
  expect(await check.stdout.text()).toBe("");
  expect(await check.exited).toBe(0);
});
