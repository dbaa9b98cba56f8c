import { realpath } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { sha256 } from "../base/mod.ts";
import { hashExecutable } from "./executable/hash-executable.ts";
import { isBareSpecifier, isInstalled, isProvided, packageName, resolveImport } from "./import-target.ts";
import { readModule } from "./module-imports.ts";
import { packagesHash } from "./packages-hash.ts";
import { isPluginFileName } from "./plugin-file.ts";
import type { ResolvedType } from "./plugin.ts";

/** Gives the code part of fingerprints; remembers what it has read, so one belongs to one run. */
export interface CodeHasher {
  /**
   * SHA-256 over the plugin's file, all files that it imports (statically, or dynamically by a literal name)
   * outside of `node_modules`, and the npm packages among them by their lockfile. Contents alone count: no
   * modification times, no paths. `builtin:<revision>` for built-ins; of components in other languages the file and
   * those that it declares.
   */
  hash(resolved: ResolvedType): Promise<string>;
}

export interface CodeHasherOptions {
  /** Revisions of the built-in types, raised by hand when what they do changes. */
  readonly revisions: ReadonlyMap<string, number>;
}

async function hashFrom(entry: string): Promise<string> {
  const queue = [await realpath(entry)];
  const seen = new Set(queue);
  const packages = new Map<string, string>();
  const contents: string[] = [];
  for (const file of queue) {
    const module = await readModule(file);
    contents.push(module.hash);
    for (const specifier of module.imports) {
      if (isProvided(specifier)) continue;
      const target = await resolveImport(specifier, file);
      if (isBareSpecifier(specifier) && (target === undefined || isInstalled(target))) {
        const name = packageName(specifier);
        if (!packages.has(name)) packages.set(name, dirname(file));
        continue;
      }
      // A bare name may lead to files of one's own too: a linked package, `#imports`, the package's own name.
      if (target === undefined || seen.has(target)) continue;
      seen.add(target);
      queue.push(target);
    }
  }
  const installed = await packagesHash(packages);
  return sha256(JSON.stringify([contents, installed]));
}

/** Makes a {@link CodeHasher}. A thousand components of one type cost one hash. */
export function createCodeHasher(options: CodeHasherOptions): CodeHasher {
  const known = new Map<string, Promise<string>>();
  return {
    hash({ type, file, folder }) {
      if (file === undefined) return Promise.resolve(`builtin:${options.revisions.get(type) ?? 1}`);
      const before = known.get(file);
      if (before !== undefined) return before;
      const isModule = isPluginFileName(basename(file));
      const fresh = isModule ? hashFrom(file) : hashExecutable(file, folder ?? dirname(file));
      known.set(file, fresh);
      return fresh;
    },
  };
}
