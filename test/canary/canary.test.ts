import { expect, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type CairnResult, runCairn, startCairn, type TempDir } from "../kit/mod.ts";
import { until } from "../run/pipeline-kit.ts";
import { findCanaries, MARK } from "./find-canaries.ts";
import { canaryScene, SECRET_ENV, SECRETS } from "./scene.ts";

const TEST_MS = 180_000;
/** What the person who starts the run types himself; a process list shows it whatever Cairn does. */
const ARGS = [
  "--env-file=given/more.env",
  `--set=secrets.password=${JSON.stringify(SECRETS.set)}`,
  "--log-file=run.log",
  "-v",
];

/** Everything that lies in a folder, but for what the test gave. */
function artefacts(dir: TempDir): { readonly name: string; readonly bytes: Buffer }[] {
  return readdirSync(dir.path, { recursive: true, encoding: "utf8" })
    .filter((name) => !name.startsWith("given") && statSync(dir.join(name)).isFile())
    .map((name) => ({ name, bytes: readFileSync(dir.join(name)) }));
}

/** What of a run holds a secret: its streams, and all its files. */
function leaks(dir: TempDir, { stdout, stderr }: Pick<CairnResult, "stdout" | "stderr">): string[] {
  const texts = [
    { name: "stdout", bytes: Buffer.from(stdout) },
    { name: "stderr", bytes: Buffer.from(stderr) },
    ...artefacts(dir),
  ];
  return texts.flatMap(({ name, bytes }) => findCanaries(bytes).map((found) => `${name}: ${found}`));
}

/** A file of /proc as text; empty where the process is gone or another's. */
function procText(pid: string, name: string): string {
  try {
    return readFileSync(join("/proc", pid, name), "latin1");
  } catch (thrown) {
    if (!(thrown instanceof Error)) throw thrown;
    return "";
  }
}

/** Process IDs of a process's children, theirs and so on. */
function descendants(pid: number): string[] {
  const parents = readdirSync("/proc")
    .filter((name) => /^\d+$/u.test(name))
    .map((name) => [name, procText(name, "stat").split(") ").at(-1)?.split(" ")[1] ?? ""] as const);
  const found: string[] = [];
  for (let level = [String(pid)]; level.length > 0;) {
    level = parents.filter(([, parent]) => level.includes(parent)).map(([child]) => child);
    found.push(...level);
  }
  return found;
}

test(
  "no secret is in anything that runs leave behind: a failing one, a resumed one, one in one go",
  async () => {
    using server = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch: (request) => Response.json({ echo: request.headers.get("authorization"), url: request.url }),
    });
    using dir = canaryScene(`http://127.0.0.1:${server.port}/api`);
    // What is left in the folder for temporary files is looked at, too.
    mkdirSync(dir.join("tmp"));
    const options = { cwd: dir.path, env: { ...SECRET_ENV, TMPDIR: dir.join("tmp") } };

    // A failing one, looked at while its components run.
    writeFileSync(dir.join("hold"), "");
    writeFileSync(dir.join("fail"), "");
    const running = startCairn(["run", "p.conf", ...ARGS, "--log-format=json"], options);
    const out = Promise.all([new Response(running.stdout).text(), new Response(running.stderr).text()]);
    await until("the component holds", () => running.exitCode !== null || holds(dir), 60_000);
    const processes = descendants(running.pid);
    if (processes.length === 0)
      throw new Error(`no process is there to be looked at: ${(await out).join("\n")}`);
    for (const pid of processes) expect(findCanaries(procText(pid, "cmdline"))).toEqual([]);
    const environs = [String(running.pid), ...processes].map((pid) => procText(pid, "environ")).join("\0");
    for (const secret of [SECRETS.file, SECRETS.vault]) {
      expect(environs).not.toContain(Buffer.from(secret).toString("latin1"));
    }
    rmSync(dir.join("hold"));
    const [stdout, stderr] = await out;
    expect([await running.exited, leaks(dir, { stdout, stderr })]).toEqual([3, []]);
    expect(stderr).toContain("***REDACTED***");
    expect(stderr).toContain("refused with ***REDACTED***");

    // A resumed one.
    rmSync(dir.join("fail"));
    const resumed = await runCairn(["run", "p.conf", ...ARGS, "--auto-resume", "--format=json"], options);
    expect([resumed.code, leaks(dir, resumed)]).toEqual([0, []]);
    const { components } = resumed.json() as { components: { name: string; status: string }[] };
    expect(components.map(({ name, status }) => `${name} ${status}`)).toEqual([
      "Leak restored",
      "Skips restored",
      "InRunner restored",
      "Exec restored",
      "Shell restored",
      "Http restored",
      "Fails completed",
    ]);

    // One in one go, and what other commands show.
    const whole = await runCairn(["run", "p.conf", ...ARGS, "--fresh", "--format=json"], options);
    expect([whole.code, leaks(dir, whole)]).toEqual([0, []]);
    await lookAtOthers(dir, options, (whole.json() as { runId: string }).runId);
  },
  TEST_MS,
);

/** What other commands show of the same configuration and runs. */
async function lookAtOthers(
  dir: TempDir,
  options: Parameters<typeof runCairn>[1],
  runId: string,
): Promise<void> {
  for (const args of [
    ["plan", "p.conf", ...ARGS.slice(0, 2)],
    ["validate", "p.conf", ...ARGS.slice(0, 2)],
    ["config", "show", "p.conf", ...ARGS.slice(0, 2)],
    ["checkpoints", "show", runId, "--config=p.conf", "--events", "--env-file=given/more.env"],
    ["checkpoints", "list", "--config=p.conf", "--all", "--env-file=given/more.env"],
  ]) {
    const shown = await runCairn(args, options);
    expect([args[0], args[1], leaks(dir, shown)]).toEqual([args[0], args[1], []]);
  }
}

/** Whether the component has come to where it waits. */
function holds(dir: TempDir): boolean {
  return existsSync(dir.join("run.log")) && dir.read("run.log").includes('"holding"');
}

test("a secret that is planted among what a run left behind is found", async () => {
  using dir = canaryScene("http://127.0.0.1:1");
  for (const name of ["audit.jsonl", "deep/events.jsonl"]) dir.write(name, "{}\n");
  expect(leaks(dir, { stdout: "", stderr: "" })).toEqual([]);
  dir.write("deep/events.jsonl", `{"a":"${Buffer.from(`x${SECRETS.env}`).toString("base64")}"}\n`);
  expect(leaks(dir, { stdout: `…${MARK}`, stderr: "" })).toEqual([
    expect.stringMatching(/^stdout: raw: /u),
    expect.stringMatching(/^stdout: /u),
    expect.stringMatching(/^stdout: /u),
    expect.stringMatching(/^stdout: /u),
    expect.stringMatching(/^deep\/events.jsonl: base64: /u),
    expect.stringMatching(/^deep\/events.jsonl: base64 over lines: /u),
  ]);
});
