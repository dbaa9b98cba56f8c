import { readFile, realpath } from "node:fs/promises";
import { dirname, isAbsolute, join } from "node:path";
import { CairnError, sha256 } from "../../base/mod.ts";
import { realPluginFile } from "../plugin-file.ts";
import { readHeader } from "./header.ts";

function refuse(file: string, pattern: string, state: string): CairnError {
  return new CairnError(
    `Cannot read the code of ${file}: its cairn-files names ${JSON.stringify(pattern)}, ${state}`,
    {
      code: "PLUGIN_FILES",
      kind: "config",
      hint: "Paths count from the component's own file, and stay in the plugin folder.",
    },
  );
}

async function declaredFiles(file: string, folder: string): Promise<readonly string[]> {
  const found = new Set<string>();
  for (const pattern of readHeader(file).files) {
    if (isAbsolute(pattern)) throw refuse(file, pattern, "which is no relative path");
    const before = found.size;
    for await (const name of new Bun.Glob(pattern).scan({ cwd: dirname(file), dot: true })) {
      // Throws where it leads out of the folder.
      const real = await realPluginFile(folder, join(dirname(file), name));
      if (real !== undefined) found.add(real);
    }
    if (found.size === before) throw refuse(file, pattern, "which is no file");
  }
  return [...found].toSorted();
}

/** SHA-256 over a component's file and the files that it declares. Throws PLUGIN_FILES. */
export async function hashExecutable(file: string, folder: string): Promise<string> {
  const files = [await realpath(file), ...(await declaredFiles(file, folder))];
  const contents: string[] = [];
  for (const each of files) contents.push(sha256(await readFile(each)));
  return sha256(JSON.stringify(contents));
}
