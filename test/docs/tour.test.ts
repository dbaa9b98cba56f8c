import { expect, test } from "bun:test";
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { cleanEnv, cairnCommand, root, tempDir } from "../kit/mod.ts";

/** The blocks of the README's tour, in order. */
async function tourBlocks(): Promise<string[]> {
  const readme = await Bun.file(join(root, "README.md")).text();
  return [...readme.matchAll(/^```sh tour\n(.*?)^```$/gms)].map((match) => match[1] ?? "");
}

test("the README's tour does what it says, typed in block by block", async () => {
  using dir = tempDir();
  const [command = "", ...args] = cairnCommand();
  if (args.length === 0) symlinkSync(command, dir.join("cairn"));
  else
    dir.write(
      "cairn",
      `#!/bin/sh\nexec ${[command, ...args].map((part) => `'${part}'`).join(" ")} "$@"\n`,
      0o755,
    );
  const blocks = await tourBlocks();
  expect(blocks.length).toBe(6);

  const marked = blocks.map((block, index) => `echo "<<block ${index}>>"\n${block}`).join("\n");
  const shell = Bun.spawn(["bash", "-euo", "pipefail", "-c", `exec 2>&1\n${marked}`], {
    cwd: dir.path,
    env: cleanEnv({ PATH: `${dir.path}:${process.env["PATH"]}` }),
    stdin: "ignore",
    stdout: "pipe",
    stderr: "inherit",
  });
  const output = await shell.stdout.text();
  expect(await shell.exited, output).toBe(0);
  const said = output.split(/<<block \d+>>\n/).slice(1);

  expect(said[1]).not.toContain("error");
  expect(said[2]).toContain("exit 1");
  expect(said[2]).toContain("cairn resume daily.conf");
  expect(said[3]).toContain("Load(orders)");
  expect(said[3]).toMatch(/restore .*Fetch\(orders\)|Fetch\(orders\).*restore/);
  expect(said[4]).toContain("2026-11-23-1\n2026-11-23-2\n2026-11-23-3\n");
  expect(said[4]).not.toContain("fetched 3 orders");
  expect(said[5]).toContain('"status"');
}, 60_000);
