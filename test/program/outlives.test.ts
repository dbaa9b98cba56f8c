import { expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { cleanEnv, root, tempDir, type TempDir } from "../kit/mod.ts";
import { isAlive, until } from "../run/pipeline-kit.ts";

/** A process that runs one script of `sh` as a program, until it is killed. */
function startStarter(dir: TempDir, script: string): Bun.Subprocess<"ignore", "ignore", "ignore"> {
  const program = JSON.stringify(join(root, "src/program/mod.ts"));
  const file = dir.write(
    "starter.ts",
    `import { runProgram } from ${program};
await runProgram({
  command: ["/bin/sh", "-c", ${JSON.stringify(script)}],
  env: { PATH: process.env.PATH }, cwd: ${JSON.stringify(dir.path)}, graceMs: 1000, lines: () => undefined,
});
`,
  );
  return Bun.spawn([process.execPath, file], {
    env: cleanEnv(),
    cwd: dir.path,
    stdio: ["ignore", "ignore", "ignore"],
  });
}

/** The processes that the script wrote down; it says "done" once all are there. */
async function pidsOf(dir: TempDir): Promise<readonly number[]> {
  let text = "";
  await until(
    "the program to start",
    () => {
      text = existsSync(dir.join("pids")) ? readFileSync(dir.join("pids"), "utf8") : "";
      return text.includes("done\n");
    },
    60_000,
  );
  return text.split("\n").flatMap((line) => (/^\d+$/u.test(line) ? [Number(line)] : []));
}

const CASES: readonly (readonly [title: string, script: string])[] = [
  ["a program and its children", "echo $$ >>pids; sleep 1000 & echo $! >>pids; echo done >>pids; wait"],
  [
    "a program that ignores what it can, with a busy child",
    "trap '' TERM INT HUP PIPE; echo $$ >>pids; (while :; do :; done) & echo $! >>pids; echo done >>pids; wait",
  ],
  [
    "a program that closes every descriptor it has got, and its children",
    `exec bash -c 'for fd in /proc/self/fd/*; do n=\${fd##*/}; [ $n -gt 2 ] && eval "exec $n>&-"; done; sleep 1000 & echo $! >>pids; echo $$ >>pids; echo done >>pids; exec sleep 1000'`,
  ],
];

for (const [title, script] of CASES) {
  test(`a SIGKILL of whoever started it leaves nothing of ${title}`, async () => {
    using dir = tempDir();
    const starter = startStarter(dir, script);
    const pids = await pidsOf(dir);
    expect(pids.length).toBeGreaterThan(0);
    expect(pids.every(isAlive)).toBe(true);
    starter.kill("SIGKILL");
    await starter.exited;
    for (const pid of pids) await until(`process ${pid} to be gone`, () => !isAlive(pid));
  });
}

test("a program that starts while its starter is killed does not outlive it, whenever that happens", async () => {
  using dir = tempDir();
  for (let round = 0; round < 12; round++) {
    const starter = startStarter(dir, "echo $$ >>pids; exec sleep 1000");
    // Somewhere between the start of Bun and that of the program: each round a little later.
    await Bun.sleep(round * 8);
    starter.kill("SIGKILL");
    await starter.exited;
  }
  // Whatever is left of any of them works in the test's folder.
  await until("no process in the test's folder", () => !processFolders().includes(dir.path));
});

/** The working directories of all processes that can be seen. */
function processFolders(): readonly string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/u.test(name))
    .map((pid) => {
      try {
        return readlinkSync(`/proc/${pid}/cwd`);
      } catch (thrown) {
        // It has gone meanwhile, or is somebody else's.
        if (!(thrown instanceof Error)) throw thrown;
        return "";
      }
    });
}
