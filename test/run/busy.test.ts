import { expect, test } from "bun:test";
import { existsSync, writeFileSync } from "node:fs";
import { cairnCommand, cleanEnv, runCairn, tempDir } from "../kit/mod.ts";
import { until } from "./pipeline-kit.ts";

const LEASE_MS = 4_000;

/** Keeps its event loop busy for two leases, then for as long as the test wants. */
const BUSY = `import { existsSync, writeFileSync } from "node:fs";
export default (ctx) => {
  writeFileSync(ctx.env.BEGUN, "");
  const end = Date.now() + ${2 * LEASE_MS};
  while (Date.now() < end);
  writeFileSync(ctx.env.LONG, "");
  while (!existsSync(ctx.env.ENOUGH));
};
`;

/** A location whose leases are timed; they are taken at once only from processes of this boot that are gone. */
const config = (isolation: string): string => `pipeline {
  pipeline-name = "busy"
  plugins = ["plugins"]
  checkpoint { enabled = true, location = "store", lease = ${LEASE_MS}ms, auto-resume = true, store { layout = link } }
  pipeline-components = [ { instance-type = "Busy", instance-name = "Busy", isolation = ${isolation} } ]
}
`;

for (const isolation of ["process", "none"]) {
  test(`a component that is busy for two leases keeps the lease, with isolation = ${isolation}`, async () => {
    using dir = tempDir();
    dir.write("plugins/Busy.js", BUSY);
    const file = dir.write("busy.conf", config(isolation));
    const [begun, long, enough] = [dir.join("begun"), dir.join("long"), dir.join("enough")];
    const holder = Bun.spawn([...cairnCommand(), "run", file, "--format=json"], {
      cwd: dir.path,
      env: cleanEnv({ BEGUN: begun, LONG: long, ENOUGH: enough }),
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
    });
    const [said, document] = [holder.stderr.text(), holder.stdout.text()];
    try {
      for (const sign of [begun, long]) {
        const sees = (): boolean => existsSync(sign) || holder.exitCode !== null;
        await until(`the component to say "${sign}"`, sees, 40_000);
        if (holder.exitCode !== null) throw new Error(await said);
        const other = await runCairn(["run", file, "--format=json"], { cwd: dir.path });
        expect({ code: other.code, said: other.stderr }).toMatchObject({ code: 5 });
        expect(other.stderr).toContain(`process ${holder.pid}`);
      }
      writeFileSync(enough, "");
      const code = await holder.exited;
      expect({ code, said: code === 0 ? "" : await said }).toEqual({ code: 0, said: "" });
      expect(JSON.parse(await document)).toMatchObject({ status: "completed" });
    } finally {
      holder.kill("SIGKILL");
      await holder.exited;
    }
  }, 60_000);
}
