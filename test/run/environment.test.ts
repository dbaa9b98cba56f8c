import { expect, test } from "bun:test";
import { runCairn, tempDir } from "../kit/mod.ts";

/** Says what it, and what a process that it starts, sees of our variables. */
const LOOK = `export default async ({ env }) => {
  const ours = (text) => text.split("\\n").filter((line) => /^(CAIRN|BUN_|NODE_)/.test(line));
  const child = Bun.spawnSync(["/usr/bin/env"], { env: process.env }).stdout.toString();
  return { context: ours(Object.keys(env).join("\\n")), child: ours(child), kept: env.KEPT };
};
`;

for (const isolation of ["process", "fresh", "none"]) {
  test(`with isolation ${isolation}, neither components nor what they start see the variables of our flags`, async () => {
    using dir = tempDir();
    dir.write("plugins/t/Look.ts", LOOK);
    dir.write(
      "p.conf",
      `pipeline { pipeline-name = "look", pipeline-components = [ { instance-type = t.Look, instance-name = look } ] }\n`,
    );
    const env = { CAIRN_RUN_ID: "mine", CAIRN_FORMAT: "json", CAIRN_PLUGINS: "", KEPT: "yes" };
    const ran = await runCairn(["run", "p.conf", `--isolation=${isolation}`], { cwd: dir.path, env });
    expect(ran.code).toBe(0);
    expect(ran.json()).toMatchObject({
      runId: "mine",
      components: [{ outputs: { context: [], child: [], kept: "yes" } }],
    });
  });
}
