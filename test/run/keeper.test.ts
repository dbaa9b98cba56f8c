import { expect, test } from "bun:test";
import { cairnCommand, cleanEnv, tempDir } from "../kit/mod.ts";
import { isAlive, until } from "./pipeline-kit.ts";

const LONG_MS = 40_000;
const KEEPER = [...cairnCommand(), "__keeper"];

/** Has a component in the runner that waits until it is told to end. */
const WAITS = `import { existsSync, writeFileSync } from "node:fs";
export default async (ctx) => {
  writeFileSync(ctx.env.BEGUN, "");
  while (!existsSync(ctx.env.ENOUGH)) await Bun.sleep(20);
};
`;
const CONFIG = `pipeline {
  pipeline-name = "kept"
  checkpoint { enabled = true, location = "store", store { layout = link } }
  pipeline-components = [ { instance-type = Waits, instance-name = Waits, isolation = none } ]
}
`;

/** The process IDs of a process's children that are keepers. */
async function keepersOf(pid: number): Promise<number[]> {
  const listed = Bun.spawn(["ps", "-o", "pid=,args=", "--ppid", String(pid)], { stdout: "pipe" });
  const lines = (await listed.stdout.text()).split("\n").filter((line) => line.includes(" __keeper "));
  return lines.map((line) => Number.parseInt(line, 10));
}

for (const end of ["is killed", "ends while its keeper is stopped"]) {
  test(`no keeper is left where the runner ${end}`, async () => {
    using dir = tempDir("cairn-keeper-");
    dir.write("plugins/Waits.js", WAITS);
    dir.write("p.conf", CONFIG);
    const [begun, enough] = [dir.join("begun"), dir.join("enough")];
    const runner = Bun.spawn([...cairnCommand(), "run", "p.conf"], {
      cwd: dir.path,
      env: cleanEnv({ BEGUN: begun, ENOUGH: enough }),
      stdin: "ignore",
      stdout: "ignore",
      stderr: "pipe",
    });
    try {
      // The first readers of its words are gone early: that is nothing to fail by.
      await runner.stderr.cancel();
      await until("the component to begin", () => Bun.file(begun).exists(), LONG_MS);
      const [keeper] = await keepersOf(runner.pid);
      if (keeper === undefined) throw new Error("the lease has no keeper");
      if (end === "is killed") runner.kill("SIGKILL");
      else {
        process.kill(keeper, "SIGSTOP");
        dir.write("enough", "");
      }
      expect(await runner.exited).toBe(end === "is killed" ? 137 : 0);
      await until("the keeper to end", () => !isAlive(keeper), LONG_MS);
    } finally {
      runner.kill("SIGKILL");
      await runner.exited;
    }
  }, 60_000);
}

test("a keeper ends when its standard input does", async () => {
  const keeper = Bun.spawn([...KEEPER, String(process.pid)], {
    env: cleanEnv(),
    stdin: "pipe",
    stdout: "ignore",
    stderr: "inherit",
  });
  await keeper.stdin.end();
  expect(await keeper.exited).toBe(0);
});

test("a keeper ends with the process that started it, whoever holds its standard input open", async () => {
  const script = '"$@" $$ <&3 & echo $!; wait';
  const parent = Bun.spawn(["sh", "-c", script, "sh", ...KEEPER], {
    env: cleanEnv(),
    stdio: ["ignore", "pipe", "inherit", "pipe"],
  });
  const reader = parent.stdout.getReader();
  const { value } = await reader.read();
  const keeper = Number(new TextDecoder().decode(value));
  expect(isAlive(keeper)).toBe(true);
  parent.kill("SIGKILL");
  await parent.exited;
  await until("the keeper to end", () => !isAlive(keeper), LONG_MS);
});

test("a keeper's answer says what the store failed with, by its code", async () => {
  using dir = tempDir("cairn-keeper-");
  dir.write("p.conf", CONFIG);
  dir.write("store/taken", "");
  const keeper = Bun.spawn([...KEEPER, String(process.pid)], {
    cwd: dir.path,
    env: cleanEnv(),
    stdin: "pipe",
    stdout: "pipe",
    stderr: "inherit",
  });
  const place = { text: dir.join("store/taken"), folder: dir.path, configured: false };
  await keeper.stdin.write(
    `${JSON.stringify({ place, path: "p.conf", cwd: dir.path, plugins: [], options: {} })}\n`,
  );
  await keeper.stdin.flush();
  const { value } = await keeper.stdout.getReader().read();
  expect(JSON.parse(new TextDecoder().decode(value))).toMatchObject({
    error: { code: "STORE_NOT_A_FOLDER", kind: "config", message: expect.stringContaining("taken") },
  });
  await keeper.stdin.end();
  expect(await keeper.exited).toBe(0);
});
