import * as v from "valibot";
import { type Clock, durationText, type JsonObject, systemClock } from "../base/mod.ts";
import { durationSetting, sizeSetting } from "../config/mod.ts";
import type { DataFile, DataFiles } from "../files/mod.ts";
import {
  type ComponentContext,
  type ComponentDefinition,
  defineComponent,
  SkipComponent,
  TransientError,
} from "../sdk/mod.ts";
import { filesBelow, isPattern, matching } from "./file-match.ts";
import { withFiles } from "./file-tools.ts";

/** Files that are named in the outputs; there may be any number. */
const MAX_NAMED = 100;

/** What `file.wait` is told. Times in ms, sizes in bytes. */
export interface FileWaitConfig {
  /** Path, URI or pattern. */
  readonly path: string;
  readonly until: "exists" | "absent";
  /** Files that a pattern has to match. */
  readonly minCount: number;
  /** Of all files together. */
  readonly minSize: number;
  /** How long nothing may change any more. */
  readonly stableFor?: number | undefined;
  readonly pollInterval: number;
  readonly timeout?: number | undefined;
  readonly onTimeout: "fail" | "skip";
}

/** The configuration of `file.wait`. */
export const fileWaitConfig: v.GenericSchema<unknown, FileWaitConfig> = v.strictObject({
  path: v.pipe(v.string(), v.nonEmpty("must not be empty")),
  until: v.optional(v.picklist(["exists", "absent"]), "exists"),
  minCount: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1, "must be at least 1")), 1),
  minSize: v.optional(sizeSetting, "0"),
  stableFor: v.optional(durationSetting),
  pollInterval: v.optional(durationSetting, "10s"),
  timeout: v.optional(durationSetting),
  onTimeout: v.optional(v.picklist(["fail", "skip"]), "fail"),
});

/** What is there at one moment. */
interface Seen {
  readonly files: readonly DataFile[];
  readonly size: number;
  /** The same as long as nothing changes. */
  readonly state: string;
}

async function look(files: DataFiles, { path }: FileWaitConfig, signal: AbortSignal): Promise<Seen> {
  const found = await lookAt(files, path, signal);
  return {
    files: found,
    size: found.reduce((sum, { size }) => sum + size, 0),
    state: found.map(({ uri, size, token }) => `${uri}\0${size}\0${token}`).join("\n"),
  };
}

async function lookAt(files: DataFiles, path: string, signal: AbortSignal): Promise<readonly DataFile[]> {
  if (isPattern(path)) return (await matching(files, path, signal)).map(({ file }) => file);
  const uri = files.resolve(path);
  const there = await files.stat(uri, signal);
  if (there === undefined) return [];
  if (there.kind === "file") return [there];
  // A folder has what is in it.
  return [there, ...(await filesBelow(files, uri, signal)).map(({ file }) => file)];
}

/** An empty folder is there, too. */
function countOf(files: readonly DataFile[]): number {
  return files.filter(({ kind }) => kind === "file").length || files.length;
}

/** Undefined: it is there as wanted; else what is still missing. */
function missing(seen: Seen, config: FileWaitConfig): string | undefined {
  if (config.until === "absent") {
    return seen.files.length === 0 ? undefined : `${seen.files.length} still there`;
  }
  const count = countOf(seen.files);
  if (count < config.minCount) return `${count} of ${config.minCount} there`;
  if (seen.size < config.minSize) return `${seen.size} of ${config.minSize} bytes there`;
  return undefined;
}

/** Looks until all is as wanted, and stayed so for `stable-for`. */
async function waited(
  files: DataFiles,
  { config, signal, log }: ComponentContext<FileWaitConfig>,
  clock: Clock,
): Promise<Seen> {
  const { stableFor = 0, pollInterval, timeout } = config;
  const begin = clock.steady();
  let since = begin;
  let state: string | undefined;
  let said: string | undefined;
  for (;;) {
    const seen = await look(files, config, signal);
    const now = clock.steady();
    if (seen.state !== state) since = now;
    state = seen.state;
    const lacks =
      missing(seen, config) ??
      (now - since < stableFor ? `unchanged for ${durationText(now - since)}` : undefined);
    if (lacks === undefined) return seen;
    const word = lacks.replace(/unchanged for .*/u, "there, and not yet unchanged for long enough");
    if (word !== said) log.info(`waiting for ${config.path}: ${word}`);
    said = word;
    const left = timeout === undefined ? Number.POSITIVE_INFINITY : timeout - (now - begin);
    if (left <= 0) throw late(config, timeout ?? 0, lacks);
    await clock.sleep(
      Math.min(left, pollInterval, stableFor > 0 ? Math.max(stableFor / 2, 1) : pollInterval),
      signal,
    );
  }
}

function late({ path, until, onTimeout }: FileWaitConfig, timeout: number, lacks: string): Error {
  const what = until === "absent" ? "did not go away" : "did not come";
  const message = `${path} ${what} within ${durationText(timeout)}: ${lacks}`;
  if (onTimeout === "skip") return new SkipComponent(message);
  return new TransientError(`Waiting in vain: ${message}`, {
    code: "FILE_WAIT_TIMEOUT",
    hint: "Look at who makes it, or raise timeout.",
  });
}

/** Waits with a clock of the caller's. */
export function waitForFiles(context: ComponentContext<FileWaitConfig>, clock: Clock): Promise<JsonObject> {
  return withFiles(context, async (files) => {
    const seen = await waited(files, context, clock);
    const named = seen.files.filter(({ kind }) => kind === "file");
    context.progress(named.length, named.length, "files");
    return {
      path: context.config.path,
      count: named.length,
      size: seen.size,
      files: named.slice(0, MAX_NAMED).map(({ uri }) => uri),
    };
  });
}

/** `file.wait`: waits until files are there, or gone. */
export const fileWaitComponent: ComponentDefinition<typeof fileWaitConfig> = defineComponent({
  description: "Waits until files are there, large enough and no longer changing, or until they are gone.",
  config: fileWaitConfig,
  run: (context) => waitForFiles(context, systemClock),
});
