import { expect, test } from "bun:test";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { runCairn, seeded, startCairn, tempDir } from "../kit/mod.ts";

const ROUNDS = process.env["CAIRN_TEST_LONG"] === "1" ? 40 : 3;
/** Within this time a whole run is over, mostly, ms. */
const WINDOW_MS = 900;

const WRITE = `import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { defineComponent, v } from "cairn";

export default defineComponent({
  config: v.object({ uri: v.string(), mode: v.optional(v.string()), folder: v.optional(v.boolean()) }),
  async run({ config, output, run }) {
    const out = await output(config.uri, config);
    for (let at = 0; at < 3; at++) {
      if (config.folder) writeFileSync(join(out.path, at + ".txt"), run.componentName + at);
      else await out.write(run.componentName + at + "\\n");
      await Bun.sleep(15);
    }
    return { uri: out.uri };
  },
});
`;

/** Everything below a folder, hidden names included. */
function tree(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
    statSync(join(folder, name)).isFile(),
  );
  return Object.fromEntries(names.toSorted().map((name) => [name, readFileSync(join(folder, name), "utf8")]));
}

test("killed at any time with its worker processes, a run leaves in the end what a whole one does", async () => {
  const random = seeded("kills of staged outputs");
  using dir = tempDir("cairn-staged-kill-");
  dir.write("plugins/t/Write.ts", WRITE);
  const component = (name: string, config: string): string =>
    `{ instance-type = "t.Write", instance-name = "${name}", instance-config { ${config} } }`;
  const write = (round: string): string =>
    dir.write(
      `${round}/p.conf`,
      `pipeline {
  pipeline-name = "killed"
  checkpoint { enabled = true, location = "cp", auto-resume = true }
  pipeline-components = [
    ${component("File", `uri = "${dir.join(round, "lake/file.txt")}"`)}
    ${component("Append", `uri = "${dir.join(round, "lake/added")}", mode = append`)}
    ${component("Dataset", `uri = "${dir.join(round, "lake/set")}", folder = true`)}
  ]
}
`,
    );
  const args = (file: string): string[] => [
    "run",
    file,
    "--plugins",
    dir.join("plugins"),
    "--run-key=k",
    "--run-id=root",
  ];
  expect((await runCairn(args(write("whole")))).code).toBe(0);
  const whole = tree(dir.join("whole/lake"));
  expect(Object.keys(whole).length).toBe(7);
  for (let round = 0; round < ROUNDS; round++) {
    const file = write(`round${round}`);
    for (let kills = 1 + random.int(2); kills > 0; kills--) {
      const cairn = startCairn(args(file));
      const timer = setTimeout(() => cairn.kill("SIGKILL"), random.int(WINDOW_MS));
      await cairn.exited;
      clearTimeout(timer);
    }
    const last = await runCairn(args(file));
    expect(last.code, `seed ${random.seed}, round ${round}: ${last.stderr}`).toBe(0);
    expect(tree(dir.join(`round${round}`, "lake")), `seed ${random.seed}, round ${round}`).toEqual(whole);
  }
}, 600_000);
