import { resolve } from "node:path";
import type { ComponentContext } from "../sdk/mod.ts";

type Run = Pick<ComponentContext, "run">;

/** What relative paths of a component's configuration count from: the folder of the configuration file. */
export function folderOf({ run }: Run): string {
  return run.configFolder ?? process.cwd();
}

/** A path of the configuration: relative ones count from the folder of its file. */
export function pathIn(context: Run, path: string): string {
  return resolve(folderOf(context), path);
}
