import { expect, test } from "bun:test";
import { cpSync } from "node:fs";
import { join } from "node:path";

import { cleanEnv, root, type TempDir, tempDir } from "../kit/mod.ts";

/** A checkout whose packages are all there, as npm leaves them, without running anything over the network. */
function checkout(dir: TempDir): void {
  for (const name of ["package.json", "package-lock.json", "scripts"]) {
    cpSync(join(root, name), dir.join(name), { recursive: true });
  }
  const sum = new Bun.CryptoHasher("sha256").update(dir.read("package-lock.json")).digest("hex");
  dir.write("node_modules/.installed", sum);
}

async function setUp(dir: TempDir): Promise<{ said: string; code: number }> {
  const shell = Bun.spawn(["bash", "-c", ". scripts/setup.sh && bun --version && echo $BUN"], {
    cwd: dir.path,
    env: cleanEnv(),
    stdout: "pipe",
    stderr: "pipe",
  });
  const [stdout, stderr, code] = await Promise.all([shell.stdout.text(), shell.stderr.text(), shell.exited]);
  return { said: stdout + stderr, code };
}

test("setup finds Bun where npm has run no install script, and puts it first on the PATH", async () => {
  using dir = tempDir();
  checkout(dir);
  dir.write("node_modules/bun/install.js", "process.exit(1);");
  dir.write("node_modules/bun/bin/bun.exe", "placeholder\n", 0o755);
  const folder = dir.join("node_modules/@oven/bun-linux-x64/bin");
  dir.write("node_modules/@oven/bun-linux-aarch64/bin/bun", "not for this machine\n", 0o755);
  dir.write("node_modules/@oven/bun-linux-x64/package.json", "{}");
  cpSync(process.execPath, join(folder, "bun"));
  const { said, code } = await setUp(dir);
  expect(said).toBe(`${Bun.version}\n${join(folder, "bun")}\n`);
  expect(code).toBe(0);
});

test("setup says what it looked for where there is no Bun for the machine", async () => {
  using dir = tempDir();
  checkout(dir);
  dir.write("node_modules/bun/install.js", "process.exit(1);");
  const { said, code } = await setUp(dir);
  expect(said).toContain(`setup: no Bun ${Bun.version} for this machine in node_modules`);
  expect(code).toBe(1);
});
