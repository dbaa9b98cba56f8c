import { expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { runCairn, tempDir } from "../kit/mod.ts";
import { pipeline, writePlugins } from "./pipelines.ts";

const CANARY = "hunter2-canary";

test("secrets of --set reach neither the checkpoint nor the printed commands, and references are remembered", async () => {
  using dir = tempDir("cairn-set-");
  writePlugins(dir);
  const text = pipeline(
    "P",
    [
      { type: "etl.Work", name: "A", config: "source = ${token}" },
      { type: "etl.Fragile", name: "B" },
    ],
    'redact = ["customer-number"]',
  );
  dir.write("p.conf", `token = none\n${text}`);
  const given = [
    `--set=db={password="${CANARY}"}`,
    `--set=url="postgres://u:${CANARY}@db/x"`,
    `--set=customer-number="${CANARY}"`,
  ];
  const remembered = ['--set=token="secret://env/TOKEN"', "--set=day=${DAY}"];
  const env = { TOKEN: `${CANARY}-token`, DAY: "1" };
  const options = { cwd: dir.path, env };
  const failed = await runCairn(["run", "p.conf", "--checkpoint=ck", ...given, ...remembered], options);
  expect(failed.code).toBe(1);
  expect(failed.stdout + failed.stderr).not.toContain(CANARY);
  const files = readdirSync(dir.join("ck"), { recursive: true, withFileTypes: true });
  const records = files
    .filter((each) => each.isFile())
    .map((each) => readFileSync(join(each.parentPath, each.name)));
  expect(records.length).toBeGreaterThan(0);
  expect(Buffer.concat(records).toString()).not.toContain(CANARY);

  const command = failed.stderr.trimEnd().split("\n").at(-1) ?? "";
  expect(command).toEndWith(" '--set=db=…' '--set=url=…' '--set=customer-number=…'");
  const runId = /resume p\.conf (\S+)/.exec(command)?.[1] ?? "";
  dir.write("mended", "");
  const resumed = await runCairn(["resume", "p.conf", runId, "--checkpoint=ck", ...given], options);
  expect([resumed.code, resumed.stderr]).toEqual([0, expect.not.stringContaining(CANARY)]);
});
