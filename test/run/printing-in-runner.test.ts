import { expect, test } from "bun:test";
import { runCairn, tempDir } from "../kit/mod.ts";

const CANARY = "canary-that-is-printed";

const PRINTS = `import { defineComponent, v } from "cairn";
console.log("loading");
export default defineComponent({
  config: v.object({ secret: v.string(), sleepMs: v.number() }),
  async run({ config, run, log }) {
    console.log("%s says", run.componentName, { rows: 3 }, config.secret);
    await Bun.sleep(config.sleepMs);
    console.error("to stderr", config.secret);
    log.info("logged");
    process.stdout.write("begun ");
    process.stderr.write(new TextEncoder().encode("bytes\\n"));
    process.stdout.write("and ended by " + run.componentName);
  },
});
`;

for (const isolation of ["none", "process"]) {
  test(`with isolation ${isolation}, what components print is lines of theirs, masked, and standard output is one document`, async () => {
    using dir = tempDir("cairn-prints-");
    dir.write("plugins/t/Prints.ts", PRINTS);
    const component = (name: string, sleepMs: number): string =>
      `{ instance-type = t.Prints, instance-name = ${name}, depends-on = [], instance-config { secret = "secret://env/CANARY", sleep-ms = ${sleepMs} } }`;
    dir.write(
      "p.conf",
      `pipeline { pipeline-name = P, max-parallel = 2, hooks = [ { type = logging, format = human-readable } ], pipeline-components = [ ${component("A", 60)}, ${component("B", 20)} ] }\n`,
    );
    const args = ["run", "p.conf", "--format=json", `--isolation=${isolation}`];
    const ran = await runCairn(args, { cwd: dir.path, env: { CANARY } });
    expect(ran.json()).toMatchObject({ status: "completed", exitCode: 0 });
    expect(ran.stderr).not.toContain(CANARY);
    for (const name of ["A", "B"]) {
      for (const line of [
        `info  ${name}: stdout: ${name} says {`,
        `warn  ${name}: stderr: to stderr ***REDACTED***`,
        `info  ${name}: logged`,
        `warn  ${name}: stderr: bytes`,
        `info  ${name}: stdout: begun and ended by ${name}`,
      ]) {
        expect(ran.stderr).toContain(line);
      }
      expect(ran.stderr).toContain(`[${name === "A" ? 1 : 2}/2] ${name}: completed`);
    }
    // Every line has a time, but for those of the hook, which writes to standard error itself.
    const others = ran.stderr
      .split("\n")
      .filter((line) => !/^(?:\d{4}-|\[[12]\/2\]|Pipeline|  |\}|$)/.test(line));
    expect(others).toEqual([]);
  });
}
