import { realpath } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, dirname, isAbsolute, join, relative, sep } from "node:path";
import * as v from "valibot";
import type { JsonObject } from "../base/mod.ts";
import type { DataFile, DataFiles } from "../files/mod.ts";
import {
  type ComponentContext,
  type ComponentDefinition,
  defineComponent,
  PermanentError,
} from "../sdk/mod.ts";
import { isPattern, matching } from "./file-match.ts";
import { folderOf } from "./config-path.ts";
import { withFiles } from "./file-tools.ts";

/** What `file.remove` is told. */
export interface FileRemoveConfig {
  /** Paths, URIs or patterns. */
  readonly paths: readonly string[];
  /** Folders go with everything in them; without it they are refused. */
  readonly recursive: boolean;
  /** What is not there is an error. */
  readonly mustExist: boolean;
}

const path = v.pipe(v.string(), v.nonEmpty("must not be empty"));

/** The configuration of `file.remove`. */
export const fileRemoveConfig: v.GenericSchema<unknown, FileRemoveConfig> = v.pipe(
  v.strictObject({
    path: v.optional(path),
    paths: v.optional(v.pipe(v.array(path), v.minLength(1, "must not be empty"))),
    recursive: v.optional(v.boolean(), false),
    mustExist: v.optional(v.boolean(), false),
  }),
  v.check(
    (given) => (given.path === undefined) !== (given.paths === undefined),
    "needs either path or paths",
  ),
  v.transform(({ path: one, paths, recursive, mustExist }) => ({
    paths: paths ?? (one === undefined ? [] : [one]),
    recursive,
    mustExist,
  })),
);

type Context = ComponentContext<FileRemoveConfig>;

/** Whether `path` is `folder` or lies above it. */
function holds(path: string, folder: string): boolean {
  const way = relative(path, folder);
  return way === "" || !(way === ".." || way.startsWith(`..${sep}`));
}

/** Why a name is never removed; undefined where it may be. */
export function dangerOf(uri: string, keep: readonly string[]): string | undefined {
  const parts = uri
    .replace(/^[a-z0-9]+:\/\/[^/]*/u, "")
    .split("/")
    .filter((part) => part !== "");
  if (parts.length === 0) return isAbsolute(uri) ? "it is the root of this machine" : "it is a root";
  if (!isAbsolute(uri)) {
    const isHdfs = /^(?:hdfs|s?webhdfs):/u.test(uri);
    return isHdfs && parts.length === 1 ? "it is a folder right below the root" : undefined;
  }
  if (parts.length === 1) return "it lies right below the root of this machine";
  const kept = keep.find((folder) => holds(uri, folder));
  return kept === undefined ? undefined : `${kept} is in it, or is it`;
}

/** Where a local name really is: a folder on its way may be a link. The last part is not followed, since a link itself is removed. */
async function realPlace(uri: string): Promise<string> {
  if (!isAbsolute(uri)) return uri;
  try {
    return join(await realpath(dirname(uri)), basename(uri));
  } catch (thrown) {
    // Nothing is there, so nothing is removed.
    if (!(thrown instanceof Error)) throw thrown;
    return uri;
  }
}

async function check(uri: string, context: Context): Promise<void> {
  const { env } = context;
  const keep = [folderOf(context), process.cwd(), env["HOME"] ?? homedir()];
  const danger = dangerOf(uri, keep) ?? dangerOf(await realPlace(uri), keep);
  if (danger === undefined) return;
  throw new PermanentError(`Cannot remove ${uri}: ${danger}`, {
    code: "FILE_REMOVE_DANGEROUS",
    hint: "Name the files that are to go, or a folder further down.",
  });
}

async function targetsOf(
  files: DataFiles,
  given: string,
  { config, signal }: Context,
): Promise<readonly DataFile[]> {
  const found = isPattern(given)
    ? (await matching(files, given, signal)).map(({ file }) => file)
    : [await files.stat(files.resolve(given), signal)].filter((file) => file !== undefined);
  if (found.length > 0 || !config.mustExist) return found;
  throw new PermanentError(`Cannot remove ${given}: nothing is there`, { code: "FILE_MISSING" });
}

async function removeAll(files: DataFiles, context: Context): Promise<JsonObject> {
  const { config, signal, progress } = context;
  const targets: DataFile[] = [];
  for (const given of config.paths) {
    if (!isPattern(given)) await check(files.resolve(given), context);
    targets.push(...(await targetsOf(files, given, context)));
  }
  // Everything is looked at before anything goes.
  for (const { uri, kind } of targets) {
    await check(uri, context);
    if (kind === "file" || config.recursive) continue;
    throw new PermanentError(`Cannot remove ${uri}: it is a folder`, {
      code: "FILE_IS_FOLDER",
      hint: "Write recursive = true to remove it with everything in it.",
    });
  }
  for (const [done, { uri }] of targets.entries()) {
    signal.throwIfAborted();
    await files.remove(uri, signal);
    progress(done + 1, targets.length, "removed");
  }
  return { removed: targets.length };
}

/** `file.remove`: removes files and folders. */
export const fileRemoveComponent: ComponentDefinition<typeof fileRemoveConfig> = defineComponent({
  description: "Removes files and folders; what is not there is no error, and roots are refused.",
  config: fileRemoveConfig,
  run: (context) => withFiles(context, (files) => removeAll(files, context)),
});
