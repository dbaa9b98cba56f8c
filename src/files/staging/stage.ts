import { mkdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { sha256 } from "../../base/mod.ts";
import { fileError } from "../file-error.ts";
import { childUri, splitUri } from "../file-uri.ts";
import type { OpenFiles } from "../open-data-files.ts";
import { S3Files } from "../s3-files.ts";
import { isOurs, MANIFEST, type OutputMode, SPOOL_PREFIX, type Staged, stageName } from "./staged.ts";

/** What is to be staged. */
export interface StageRequest {
  readonly uri: string;
  readonly kind: "file" | "folder";
  readonly mode: OutputMode;
  /** Of `append` and of folders: what the published name begins with; an extension stays at its end. */
  readonly name: string;
  /** As {@link Staged} has it; of folders alone. */
  readonly keep?: boolean | undefined;
  readonly rootRunId: string;
  readonly component: string;
}

const OWNER_DIGITS = 16;
const NAME = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,99}$/;

/** Who an output is of: the same for every attempt and resume of the component. */
function ownerOf({ rootRunId, component }: StageRequest, name: string): string {
  return sha256(JSON.stringify([rootRunId, component, name])).slice(0, OWNER_DIGITS);
}

/** A name in a folder that the chain of runs and the component give, and no attempt: `orders.jsonl` as `orders-1f….jsonl`. */
function derivedName(request: StageRequest): string {
  const { name } = request;
  if (!NAME.test(name)) {
    throw fileError("FILE_URI_INVALID", `Cannot use ${JSON.stringify(name)} as the name of an output`, {
      kind: "config",
      hint: "Use letters, digits, dots, dashes and underscores, such as orders.parquet.",
    });
  }
  const dot = name.indexOf(".");
  const [stem, end] = dot <= 0 ? [name, ""] : [name.slice(0, dot), name.slice(dot)];
  return `${stem}-${ownerOf(request, name)}${end}`;
}

/** Chooses the names of an output; where a single object is to be made, its upload begins. Nothing can be seen of it yet. */
export async function planStage(
  files: OpenFiles,
  request: StageRequest,
  signal?: AbortSignal,
): Promise<Staged> {
  const { kind, mode } = request;
  const uri = files.resolve(request.uri);
  const inFolder = kind === "folder" || mode === "append";
  const target = inFolder ? childUri(uri, derivedName(request)) : uri;
  const { folder, name } = splitUri(target);
  const id = files.random.nonce();
  const place = childUri(folder, stageName(ownerOf(request, target), id, name));
  const staged: Staged = { id, kind, mode, uri, target, place, ...(request.keep === true && { keep: true }) };
  if (mode === "error") await refuseTaken(files, staged, signal);
  const where = files.kindOf(uri);
  if (where === "local") return staged;
  const spool = join(tmpdir(), SPOOL_PREFIX + id);
  if (where !== "s3" || kind === "folder") return { ...staged, spool };
  const { key: _key, ...upload } = await (await bucketOf(files, target)).uploads.begin(keyIn(target), signal);
  return { ...staged, spool, place: target, upload };
}

/**
 * Makes the place where the component writes; to be called once it is noted somewhere that it is to be swept. One that
 * was kept may be there, on this machine or on another.
 */
export async function makePlace(staged: Staged, isKept: boolean = false): Promise<void> {
  const path = localPath(staged);
  // In a folder that others can write to, only its owner reads it.
  if (staged.spool !== undefined) await mkdir(staged.spool, { mode: 0o700, recursive: isKept });
  await mkdir(staged.kind === "folder" ? path : dirname(path), { recursive: true });
}

/** Where the component writes on this machine. */
export function localPath(staged: Staged): string {
  return staged.spool === undefined ? staged.place : join(staged.spool, splitUri(staged.target).name);
}

/** Removes what was staged; what is published already, or gone, stays as it is. */
export async function discardStaged(files: OpenFiles, staged: Staged, signal?: AbortSignal): Promise<void> {
  await dropSpool(staged);
  if (staged.upload !== undefined) {
    const upload = { ...staged.upload, key: keyIn(staged.target) };
    await (await bucketOf(files, staged.target)).uploads.abort(upload, signal);
  } else if (isOurs(staged.place)) await files.remove(staged.place, signal);
}

/** Removes the local copy of what was uploaded. */
export async function dropSpool({ spool }: Staged): Promise<void> {
  if (spool !== undefined && isOurs(spool) && basename(dirname(spool)) === basename(tmpdir())) {
    await rm(spool, { recursive: true, force: true });
  }
}

/** What is published by renaming or completing has this at its end. */
export function manifestOf(folder: string): string {
  return childUri(folder, MANIFEST);
}

export async function bucketOf(files: OpenFiles, uri: string): Promise<S3Files> {
  const remote = await files.remote(uri);
  if (remote instanceof S3Files) return remote;
  throw new TypeError(`"${uri}" is in no bucket`);
}

/** The key of an object's URI. */
export function keyIn(uri: string): string {
  return uri.split("/").slice(3).join("/");
}

async function refuseTaken(
  files: OpenFiles,
  { kind, uri, target }: Staged,
  signal?: AbortSignal,
): Promise<void> {
  const taken = kind === "folder" ? manifestOf(uri) : target;
  if ((await files.stat(taken, signal)) === undefined) return;
  throw fileError("FILE_EXISTS", `Cannot write "${taken}": it is there already`, {
    hint: 'Remove it, choose another place, or say mode: "overwrite".',
  });
}
