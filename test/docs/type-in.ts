import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { cairnCommand, cleanEnv, root, type TempDir } from "../kit/mod.ts";

/** The README's shell blocks of one kind (the word after `sh`), in order. */
export async function readmeBlocks(kind: string): Promise<string[]> {
  const readme = await Bun.file(join(root, "README.md")).text();
  const blocks = [...readme.matchAll(/^```sh (\w+)\n(.*?)^```$/gms)];
  return blocks.filter((match) => match[1] === kind).map((match) => match[2] ?? "");
}

/** What typing blocks into one shell in a folder came to: its exit code, and what each block printed. */
export interface Typed {
  readonly code: number;
  readonly output: string;
  readonly said: readonly string[];
}

/** Types blocks into one shell, in which `cairn` is the program under test. */
export async function typeIn(
  dir: TempDir,
  blocks: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Typed> {
  const [command = "", ...args] = cairnCommand();
  if (args.length === 0) symlinkSync(command, dir.join("cairn"));
  else
    dir.write(
      "cairn",
      `#!/bin/sh\nexec ${[command, ...args].map((part) => `'${part}'`).join(" ")} "$@"\n`,
      0o755,
    );
  const marked = blocks.map((block, index) => `echo "<<block ${index}>>"\n${block}`).join("\n");
  const shell = Bun.spawn(["bash", "-euo", "pipefail", "-c", `exec 2>&1\n${marked}`], {
    cwd: dir.path,
    env: cleanEnv({ PATH: `${dir.path}:${process.env["PATH"]}`, ...env }),
    stdin: "ignore",
    stdout: "pipe",
    stderr: "inherit",
  });
  const output = await shell.stdout.text();
  return { code: await shell.exited, output, said: output.split(/<<block \d+>>\n/).slice(1) };
}
