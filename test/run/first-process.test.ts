import { expect, test } from "bun:test";
import { cairnCommand, cleanEnv } from "../kit/mod.ts";
import { testPipeline, until } from "./pipeline-kit.ts";

/** Whether this user may make a process namespace, in which a program is number 1. */
const canUnshare =
  Bun.which("unshare") !== null &&
  Bun.spawnSync(["unshare", "--pid", "--fork", "--mount-proc", "true"]).exitCode === 0;

/** Leaves an orphan behind that dies later; then looks for dead processes that nobody fetched. */
const ORPHAN = `import { readdirSync, readFileSync } from "node:fs";
const dead = () => readdirSync("/proc").filter((name) => /^\\d+$/.test(name)).filter((pid) => {
  try { const text = readFileSync("/proc/" + pid + "/stat", "latin1"); return text.slice(text.lastIndexOf(")") + 2)[0] === "Z"; } catch { return false; }
});
export default async (ctx) => {
  if (ctx.config.leave) { Bun.spawn(["sh", "-c", "(sleep 0.2; true) & exit 0"]); await Bun.sleep(50); process.exit(1); }
  await Bun.sleep(4000);
  return { dead: dead().length };
};
`;

/** Runs Cairn as the first process of a namespace of its own. */
function startFirst(args: readonly string[], cwd: string): Bun.Subprocess<"ignore", "pipe", "pipe"> {
  const command = ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc", ...cairnCommand(), ...args];
  return Bun.spawn(command, { cwd, env: cleanEnv(), stdin: "ignore", stdout: "pipe", stderr: "pipe" });
}

test.skipIf(!canUnshare)(
  "as the first process, dead orphans are fetched (needs the right to make a process namespace)",
  async () => {
    using pipeline = testPipeline({ "t/Orphan.ts": ORPHAN });
    const text = pipeline.text(
      [
        { type: "t.Orphan", name: "Leave", config: "leave = true" },
        { type: "t.Orphan", name: "Look" },
      ],
      "fail-fast = false",
    );
    const file = pipeline.dir.write("p.conf", text);
    const cairn = startFirst(["run", file, "--format=json"], pipeline.dir.path);
    const result = JSON.parse(await new Response(cairn.stdout).text()) as {
      readonly components: readonly { readonly status: string; readonly outputs: unknown }[];
    };
    expect(result.components.map(({ status }) => status)).toEqual(["failed", "completed"]);
    expect(result.components[1]?.outputs).toEqual({ dead: 0 });
  },
);

test.skipIf(!canUnshare)(
  "as the first process, a signal interrupts as it does elsewhere (needs the right to make a process namespace)",
  async () => {
    const wait = `import { writeFileSync } from "node:fs";
export default async (ctx) => { writeFileSync(ctx.config.file, "x"); await Bun.sleep(100_000); };
`;
    using pipeline = testPipeline({ "t/Wait.ts": wait });
    const started = pipeline.dir.join("started");
    const text = pipeline.text([{ type: "t.Wait", name: "W", config: `file = ${JSON.stringify(started)}` }]);
    const file = pipeline.dir.write("p.conf", text);
    const unshare = startFirst(["run", file, "--grace=100ms"], pipeline.dir.path);
    await until("the component to start", () => Bun.file(started).exists());
    const [first] = (await Bun.file(`/proc/${unshare.pid}/task/${unshare.pid}/children`).text()).split(" ");
    process.kill(Number(first), "SIGTERM");
    expect(await unshare.exited).toBe(143);
  },
);
