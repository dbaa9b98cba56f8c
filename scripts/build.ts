/**
 * Builds `dist/cairn` with the Bun that runs this script, which has to be the pinned one.
 *
 *     bun scripts/build.ts [--verify] [--outfile=FILE]
 *
 * `--verify` builds a second time and compares the bytes. Prints the file, its size and its SHA-256.
 */
import { rmSync } from "node:fs";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";

import manifest from "../package.json" with { type: "json" };
import { compile } from "./build/compile.ts";

const root = join(import.meta.dir, "..");
const { values } = parseArgs({
  options: {
    verify: { type: "boolean", default: false },
    outfile: { type: "string", default: "dist/cairn" },
  },
});

if (Bun.version !== manifest.devDependencies.bun) {
  throw new Error(
    `Cannot build with Bun ${Bun.version}: ${manifest.devDependencies.bun} is pinned; use scripts/build.sh, which brings it`,
  );
}

const entry = join(root, "src/main.ts");
await compile(entry, values.outfile);
const sum = await sha256(values.outfile);
await checkDeaf(values.outfile);
if (values.verify) {
  const second = join(root, "dist/second", basename(values.outfile));
  await compile(entry, second);
  const secondSum = await sha256(second);
  rmSync(join(root, "dist/second"), { recursive: true });
  if (sum !== secondSum) throw new Error(`Two builds differ: ${sum} and ${secondSum}`);
  console.log("two builds, the same bytes");
}
console.log(`${values.outfile}  ${(Bun.file(values.outfile).size / 1e6).toFixed(1)} MB  sha256:${sum}`);

async function sha256(path: string): Promise<string> {
  return new Bun.CryptoHasher("sha256").update(await Bun.file(path).bytes()).digest("hex");
}

/** The executable says its version, and says the same where the environment wants it to be Bun. */
async function checkDeaf(executable: string): Promise<void> {
  for (const env of [{}, { BUN_OPTIONS: "--revision" }, { BUN_BE_BUN: "1" }]) {
    const said = await new Response(
      Bun.spawn([executable, "--version"], { env, stderr: "inherit" }).stdout,
    ).text();
    if (said.trim().split(" ").at(-1) !== manifest.version) {
      throw new Error(
        `${executable} --version says "${said.trim()}" under ${JSON.stringify(env)}, not ${manifest.version}`,
      );
    }
  }
}
