import { expect, test } from "bun:test";
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { cairnCommand, cleanEnv, root, type TempDir, tempDir } from "../kit/mod.ts";

/** Pages whose examples are complete: blocks named for a file are that file, `sh` is typed in, `text` is what it says. */
const PAGES = [
  "budget",
  "components/exec",
  "components/file",
  "components/quality-check",
  "components/sql",
  "contracts",
  "ends",
  "external-actions",
  "order",
  "plugins/any-language",
  "retries",
  "secrets",
  "selections",
  "staged-outputs",
  "start",
  "timeouts",
];

/** First-party plugins lie beside an installed executable. */
const PLUGINS = join(root, "plugins");

interface Block {
  readonly language: string;
  /** What stands after the language: the name of the file. */
  readonly file: string;
  readonly text: string;
}

async function blocksOf(page: string): Promise<readonly Block[]> {
  const content = await Bun.file(join(root, "docs", `${page}.md`)).text();
  return [...content.matchAll(/^```(\w+)(?: (\S+))?\n(.*?)^```$/gmsu)].map(
    ([, language = "", file = "", text = ""]) => ({ language, file, text }),
  );
}

function putOnPath(dir: TempDir): void {
  const [command = "", ...args] = cairnCommand();
  if (args.length === 0) symlinkSync(command, dir.join("cairn"));
  else {
    const words = [command, ...args].map((part) => `'${part}'`).join(" ");
    dir.write("cairn", `#!/bin/sh\nexec ${words} "$@"\n`, 0o755);
  }
}

/** A line of a page as a pattern: `…` is anything. */
function pattern(line: string): RegExp {
  return new RegExp(line.trim().split("…").map(RegExp.escape).join(".*"), "u");
}

for (const page of PAGES) {
  test(`the example of docs/${page}.md does what the page says`, async () => {
    using dir = tempDir();
    putOnPath(dir);
    const blocks = await blocksOf(page);
    for (const { file, text } of blocks) if (file !== "") dir.write(file, text);
    const commands = blocks.filter(({ language, file }) => language === "sh" && file === "");
    expect(commands.length).toBeGreaterThan(0);
    for (const { text } of commands) {
      const shell = Bun.spawn(["bash", "-c", `exec 2>&1\n${text}`], {
        cwd: dir.path,
        env: cleanEnv({ PATH: `${dir.path}:${process.env["PATH"]}`, CAIRN_PLUGINS: PLUGINS }),
        stdin: "ignore",
        stdout: "pipe",
      });
      const said = (await shell.stdout.text()).split("\n");
      await shell.exited;
      const after = blocks[blocks.findIndex((block) => block.text === text) + 1];
      for (const line of after?.language === "text" ? after.text.trim().split("\n") : []) {
        expect(
          said.some((one) => pattern(line).test(one)),
          `${line}\n--- is not in:\n${said.join("\n")}`,
        ).toBe(true);
      }
    }
  }, 60_000);
}
