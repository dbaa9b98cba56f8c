import { isAbsolute } from "node:path";
import * as v from "valibot";
import type { JsonObject } from "../base/mod.ts";
import type { DataFile, DataFiles } from "../files/mod.ts";
import {
  type ComponentContext,
  type ComponentDefinition,
  defineComponent,
  PermanentError,
} from "../sdk/mod.ts";
import { filesBelow, isPattern, matching } from "./file-match.ts";
import { withFiles } from "./file-tools.ts";

/** Files that are copied side by side. */
const DEFAULT_PARALLEL = 4;
const MAX_PARALLEL = 64;

/** What `file.copy` is told. */
export interface FileCopyConfig {
  /** Path, URI or pattern of files, or a folder. */
  readonly from: string;
  /** The copy's name; for a folder or a pattern, or with a `/` at its end, the folder that copies go to. */
  readonly to: string;
  readonly mode: "overwrite" | "error" | "skip";
  readonly verify: "size" | "hash" | "none";
  /** No files to copy: false is an error. */
  readonly allowNone: boolean;
  readonly parallel: number;
}

const path = v.pipe(v.string(), v.nonEmpty("must not be empty"));

/** The configuration of `file.copy`. */
export const fileCopyConfig: v.GenericSchema<unknown, FileCopyConfig> = v.pipe(
  v.strictObject({
    from: path,
    to: path,
    mode: v.optional(v.picklist(["overwrite", "error", "skip"]), "overwrite"),
    verify: v.optional(v.picklist(["size", "hash", "none"]), "size"),
    allowNone: v.optional(v.boolean(), false),
    parallel: v.optional(
      v.pipe(
        v.number(),
        v.integer("must be a whole number"),
        v.minValue(1, "must be at least 1"),
        v.maxValue(MAX_PARALLEL, `must be at most ${MAX_PARALLEL}`),
      ),
      DEFAULT_PARALLEL,
    ),
  }),
  v.forward(
    v.check(({ to }) => !isPattern(to), "must not be a pattern"),
    ["to"],
  ),
);

type Context = ComponentContext<FileCopyConfig>;

/** One file and where it goes. */
interface Pair {
  readonly file: DataFile;
  readonly to: string;
}

interface Plan {
  readonly pairs: readonly Pair[];
  /** The one file that is made, where it is one by its name. */
  readonly single: string | undefined;
}

function refuse(message: string, code: string, hint: string): PermanentError {
  return new PermanentError(message, { code, hint });
}

/** What is copied where. Absolute names; nothing is written. */
async function planOf(files: DataFiles, { config, signal }: Context): Promise<Plan> {
  const to = files.resolve(config.to);
  const into = (relative: string): string => (to.endsWith("/") ? `${to}${relative}` : `${to}/${relative}`);
  if (isPattern(config.from)) {
    const found = await matching(files, config.from, signal);
    const pairs = found.filter(({ file }) => file.kind === "file");
    return { pairs: pairs.map(({ file, relative }) => ({ file, to: into(relative) })), single: undefined };
  }
  const from = files.resolve(config.from);
  const there = await files.stat(from, signal);
  if (there === undefined) {
    if (config.allowNone) return { pairs: [], single: undefined };
    throw refuse(`Cannot copy ${from}: nothing is there`, "FILE_MISSING", "Let file.wait wait for it first.");
  }
  if (there.kind === "file") {
    const name = from.slice(from.lastIndexOf("/") + 1);
    const single = config.to.endsWith("/") ? into(name) : to;
    return { pairs: [{ file: there, to: single }], single };
  }
  if (`${to}/`.startsWith(`${from.replace(/\/$/u, "")}/`)) {
    throw refuse(
      `Cannot copy ${from} to ${to}: that lies in it`,
      "FILE_COPY_INTO_ITSELF",
      "Copy to a place outside.",
    );
  }
  const found = await filesBelow(files, from, signal);
  return { pairs: found.map(({ file, relative }) => ({ file, to: into(relative) })), single: undefined };
}

async function hashOf(files: DataFiles, uri: string, signal: AbortSignal): Promise<string> {
  const hash = new Bun.CryptoHasher("sha256");
  for await (const part of files.read(uri, {}, signal)) hash.update(part);
  return hash.digest("hex");
}

/** Throws where the copy is not what the original is. */
async function verify(
  files: DataFiles,
  { file, to }: Pair,
  copy: DataFile,
  { config, signal }: Context,
): Promise<void> {
  if (config.verify === "none") return;
  const differs =
    copy.size !== file.size ||
    (config.verify === "hash" &&
      (await hashOf(files, file.uri, signal)) !== (await hashOf(files, to, signal)));
  if (!differs) return;
  throw refuse(
    `Cannot use the copy ${to}: it is not what ${file.uri} is (${copy.size} and ${file.size} bytes)`,
    "FILE_COPY_DIFFERS",
    "The original was changed while it was copied, or a disk or server lies.",
  );
}

/** With `mode = error`: nothing that is made may be there. Found out once, so that a resume does not stumble over its own copies. */
async function checkFree(
  files: DataFiles,
  { pairs }: Plan,
  { config, step, signal }: Context,
): Promise<void> {
  if (config.mode !== "error") return;
  await step("targets are free", async () => {
    for (const { to } of pairs) {
      if ((await files.stat(to, signal)) === undefined) continue;
      throw refuse(
        `Cannot copy to ${to}: it is there already`,
        "FILE_EXISTS",
        "Remove it, or write mode = overwrite or mode = skip.",
      );
    }
  });
}

/** Works through the items, some side by side; the first failure ends it once those under way are done. */
async function inParallel<T>(
  items: readonly T[],
  width: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = items.values();
  let failed: { readonly thrown: unknown } | undefined;
  const worker = async (): Promise<void> => {
    for (const item of queue) {
      if (failed !== undefined) return;
      try {
        await work(item);
      } catch (thrown) {
        failed ??= { thrown };
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, worker));
  if (failed !== undefined) throw failed.thrown;
}

async function copyAll(files: DataFiles, context: Context): Promise<JsonObject> {
  const { config, signal, progress } = context;
  const plan = await planOf(files, context);
  if (plan.pairs.length === 0 && !config.allowNone) {
    throw refuse(
      `Cannot copy ${config.from}: no file matches`,
      "FILE_MISSING",
      "Let file.wait wait for files first, or write allow-none = true.",
    );
  }
  await checkFree(files, plan, context);
  const done = { files: 0, bytes: 0, skipped: 0 };
  await inParallel(plan.pairs, config.parallel, async (pair) => {
    signal.throwIfAborted();
    const isSkipped = config.mode === "skip" && (await files.stat(pair.to, signal)) !== undefined;
    if (isSkipped) done.skipped++;
    else {
      const copy = await files.copy(pair.file.uri, pair.to, {}, signal);
      await verify(files, pair, copy, context);
      done.files++;
      done.bytes += pair.file.size;
    }
    progress(done.files + done.skipped, plan.pairs.length, "files");
  });
  if (plan.single !== undefined && isAbsolute(plan.single)) await context.artifact(plan.single);
  return { to: plan.single ?? files.resolve(config.to), ...done };
}

/** `file.copy`: copies files within and across file systems. */
export const fileCopyComponent: ComponentDefinition<typeof fileCopyConfig> = defineComponent({
  description: "Copies files and folders between local, S3 and HDFS paths; readers see whole files only.",
  config: fileCopyConfig,
  run: (context) => withFiles(context, (files) => copyAll(files, context)),
});
