import { expect, test } from "bun:test";
import { runCairn, type TempDir, tempDir } from "../kit/mod.ts";

const CANARY = "canary-of-the-webhook";

/** A hook that keeps what it was given, and fails to open where it is told to. */
const HOOKS = `import { appendFileSync } from "node:fs";
import { defineHooks, v } from "cairn";

export default defineHooks({
  config: v.object({ url: v.pipe(v.string(), v.minLength(8)), fails: v.optional(v.boolean(), false) }),
  open({ url, fails }) {
    if (fails) throw new Error("cannot reach " + url);
    appendFileSync("given.txt", url);
    return { beforePipeline() { throw new Error("refused by " + url); } };
  },
});
`;

function scene(settings: string): TempDir {
  const dir = tempDir("cairn-hook-secrets-");
  dir.write("plugins/t/Hook.ts", HOOKS);
  dir.write("plugins/t/Work.ts", "export default async () => ({ done: true });\n");
  dir.write(
    "p.conf",
    `pipeline { pipeline-name = P
  hooks = [ { type = t.Hook, ${settings} } ]
  pipeline-components = [ { instance-type = t.Work, instance-name = A } ] }
`,
  );
  return dir;
}

test("a hook is given the secret that its settings name, and nobody else sees it", async () => {
  using dir = scene('url = "secret://env/WEBHOOK"');
  const ran = await runCairn(["run", "p.conf", "-v"], { cwd: dir.path, env: { WEBHOOK: CANARY } });
  expect(ran.code).toBe(0);
  expect(await Bun.file(dir.join("given.txt")).text()).toBe(CANARY);
  expect(ran.stderr).toContain("refused by");
  expect(ran.stdout + ran.stderr).not.toContain(CANARY);
});

test("a secret that is not there, or is refused, ends the run before anything ran, and is not shown", async () => {
  using dir = scene('url = "secret://env/WEBHOOK"');
  const missing = await runCairn(["run", "p.conf"], { cwd: dir.path });
  expect([missing.code, missing.stderr]).toEqual([2, expect.stringContaining("SECRET_UNRESOLVED")]);
  const short = await runCairn(["run", "p.conf"], { cwd: dir.path, env: { WEBHOOK: "canary" } });
  expect([short.code, short.stderr]).toEqual([2, expect.stringContaining("(at url)")]);
  expect(short.stderr).not.toContain("canary");
});

test("hooks that can't be opened tell why without their secrets", async () => {
  using dir = scene('url = "secret://env/WEBHOOK", fails = true');
  const ran = await runCairn(["run", "p.conf", "-v"], { cwd: dir.path, env: { WEBHOOK: CANARY } });
  expect([ran.code, ran.stderr]).toEqual([2, expect.stringContaining("cannot reach")]);
  expect(ran.stderr).not.toContain(CANARY);
});
