import { expect, test } from "bun:test";

import { countJunit } from "../../scripts/check/junit.ts";
import { tempDir } from "../kit/mod.ts";

test("the counts are those of a real run: passed, failed, and skipped with their names", async () => {
  using dir = tempDir();
  dir.write(
    "a.test.ts",
    `import { describe, expect, test } from "bun:test";
     describe("group <one> & \\"two\\"", () => {
       test("passes", () => { console.log("3 passed, 4 failed <failure>"); });
       test("fails", () => { expect(1).toBe(2); });
       test.skipIf(true)("skipped: no <server> & no 'java'", () => {});
     });
     test.skipIf(true)("alone", () => {});
     test("throws", () => { throw new Error("<skipped/>"); });
     test.each([1, 2])("passes %d", () => {});`,
  );
  const runner = Bun.spawn(
    [process.execPath, "test", "--reporter=junit", `--reporter-outfile=${dir.join("junit.xml")}`],
    { cwd: dir.path, stdout: "ignore", stderr: "ignore" },
  );
  expect(await runner.exited).toBe(1);
  expect(countJunit(dir.read("junit.xml"))).toEqual({
    passed: 3,
    failed: 2,
    skipped: [`group <one> & "two" > skipped: no <server> & no 'java'`, "alone"],
  });
});
