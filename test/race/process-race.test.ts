import { expect, test } from "bun:test";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { runCairn, tempDir, type TempDir } from "../kit/mod.ts";

/** Races of two processes; the same with 1,000 in-process starts each is in test/checkpoint/race.test.ts. */
const RACES = process.env["CAIRN_TEST_LONG"] === "1" ? 1_000 : 12;

const WORK = `import { appendFileSync, existsSync } from "node:fs";
export default async function work({ run, config }) {
  appendFileSync(config.effects, run.componentName + "\\n");
  if (run.componentName === "second" && !existsSync(config.mended)) throw new Error("not yet");
  // Long enough that a second runner, if there were one, would be seen at work.
  await Bun.sleep(40);
}
`;

/** Writes a pipeline whose second component fails until a file is there. */
function writePipeline(dir: TempDir): string {
  dir.write("plugins/race/Work.ts", WORK);
  const config = `{ effects = ${JSON.stringify(dir.join("effects"))}, mended = ${JSON.stringify(dir.join("mended"))} }`;
  const component = (name: string): string =>
    `{ instance-type = "race.Work", instance-name = ${name}, instance-config ${config} }`;
  return dir.write(
    "pipeline.conf",
    `pipeline {
  pipeline-name = "race"
  checkpoint { enabled = true, location = "checkpoints", auto-resume = true }
  pipeline-components = [ ${component("first")}, ${component("second")} ]
}
`,
  );
}

/** What ran, in order; forgets it. */
function ran(dir: TempDir): string[] {
  const file = dir.join("effects");
  const names = existsSync(file) ? readFileSync(file, "utf8").split("\n").filter(Boolean) : [];
  rmSync(file, { force: true });
  return names;
}

for (const situation of ["resumers", "fresh starters"] as const) {
  test(
    `two processes as ${situation}, ${RACES} times: one runs, the other ends with 5 and names it, or has nothing to do`,
    async () => {
      for (let race = 0; race < RACES; race++) {
        using dir = tempDir("cairn-race-");
        const pipeline = writePipeline(dir);
        if (situation === "resumers") {
          expect((await runCairn(["run", pipeline, "--run-key=r"])).code).toBe(1);
          expect(ran(dir)).toEqual(["first", "second"]);
        }
        dir.write("mended", "");
        const both = await Promise.all([1, 2].map(() => runCairn(["run", pipeline, "--run-key=r"])));
        const codes = both.map(({ code }) => code);
        // Zero twice: the second came after the first had ended, and found the key's run completed.
        expect([
          [0, 5],
          [5, 0],
          [0, 0],
        ]).toContainEqual(codes);
        expect(ran(dir)).toEqual(situation === "resumers" ? ["second"] : ["first", "second"]);
        const refused = both.find(({ code }) => code === 5);
        if (refused) expect(refused.stderr).toMatch(/held by process \d+ on host/);
      }
    },
    RACES * 10_000,
  );
}
