import { sha256 } from "../../base/mod.ts";
import { fileError, isTaken } from "../file-error.ts";
import { childUri, splitUri } from "../file-uri.ts";
import type { OpenFiles } from "../open-data-files.ts";
import { type Manifest, manifestText, parseManifest, readSmall } from "./manifest.ts";
import { bucketOf, keyIn, manifestOf } from "./stage.ts";
import type { Published, Staged } from "./staged.ts";

/** Named instants of a publication, for crash tests. */
export type PublishPoint = (name: string) => void | Promise<void>;

/**
 * Gives what was staged its name. Doing it again, by whomever, changes nothing; so who finds it half done, or doesn't
 * know, does it.
 *
 * @throws STAGED_GONE where what was staged is neither there nor published; FILE_EXISTS with mode `error`
 */
export async function publishStaged(
  files: OpenFiles,
  staged: Staged,
  signal?: AbortSignal,
  point?: PublishPoint,
): Promise<Published> {
  if (staged.filled === undefined) throw new TypeError("what is published must be filled");
  const published = staged.kind === "file" ? await publishFile(files, staged, signal) : undefined;
  if (published !== undefined) return published;
  return publishFolder(files, staged, signal, point);
}

async function publishFile(files: OpenFiles, staged: Staged, signal?: AbortSignal): Promise<Published> {
  const { target, place, upload, mode } = staged;
  const overwrite = mode !== "error";
  if (upload !== undefined) {
    const { uploads } = await bucketOf(files, target);
    if (!(await uploads.complete({ ...upload, key: keyIn(target) }, overwrite, signal))) throw gone(staged);
  } else if ((await files.stat(place, signal)) !== undefined) {
    try {
      await files.move(place, target, { overwrite }, signal);
    } catch (thrown) {
      // It was linked, and its first name was still there.
      if (!isTaken(thrown) || !(await isPublished(files, staged, signal))) throw thrown;
      await files.remove(place, signal);
    }
  } else if (!(await isPublished(files, staged, signal))) throw gone(staged);
  const facts = await files.stat(target, signal);
  if (facts === undefined) throw gone(staged);
  return { uri: target, size: facts.size, token: facts.token };
}

/** Whether the target is what was staged: names change by a rename, times and sizes don't. */
async function isPublished(
  files: OpenFiles,
  { target, filled }: Staged,
  signal?: AbortSignal,
): Promise<boolean> {
  const facts = await files.stat(target, signal);
  return facts?.size === filled?.size && facts?.token === filled?.token;
}

async function publishFolder(
  files: OpenFiles,
  staged: Staged,
  signal: AbortSignal | undefined,
  point: PublishPoint | undefined,
): Promise<Published> {
  const { place, target, filled } = staged;
  const text =
    (await readSmall(files, manifestOf(place), signal)) ??
    (await readSmall(files, manifestOf(target), signal));
  if (text === undefined || sha256(text) !== filled?.token) throw gone(staged);
  const manifest = parseManifest(text, manifestOf(target));
  if (files.kindOf(target) === "s3") await copyFolder(files, staged, manifest, signal, point);
  else await moveFolder(files, staged, signal);
  await point?.("folder-published");
  if (staged.mode !== "append") await switchTo(files, staged, manifest, signal);
  const top = staged.mode === "append" ? manifestOf(target) : manifestOf(staged.uri);
  const facts = await files.stat(top, signal);
  if (facts === undefined) throw gone(staged);
  return { uri: top, size: facts.size, token: facts.token };
}

/** One rename. What an earlier passage of the same component published under this name goes first. */
async function moveFolder(files: OpenFiles, { place, target }: Staged, signal?: AbortSignal): Promise<void> {
  if ((await files.stat(manifestOf(place), signal)) === undefined) return;
  await files.remove(target, signal);
  await files.move(place, target, {}, signal);
}

/** Object by object, the manifest last: before it nobody takes the folder for whole. */
async function copyFolder(
  files: OpenFiles,
  { place, target }: Staged,
  manifest: Manifest,
  signal: AbortSignal | undefined,
  point: PublishPoint | undefined,
): Promise<void> {
  if ((await files.stat(manifestOf(place), signal)) === undefined) return;
  const names = new Set(manifest.files.map(({ name }) => childUri(target, name)));
  for (const old of await files.list(target, { recursive: true }, signal)) {
    if (!names.has(old.uri)) await files.remove(old.uri, signal);
  }
  for (const { name } of manifest.files) {
    await files.copy(childUri(place, name), childUri(target, name), {}, signal);
    await point?.("object-copied");
  }
  await files.copy(manifestOf(place), manifestOf(target), {}, signal);
  await point?.("manifest-copied");
  // The manifest goes first: without it the copies are not looked for again.
  await files.remove(manifestOf(place), signal);
  await files.remove(place, signal);
}

/** Names the subfolder as the dataset's present one. The one before stays for its readers, the one before that goes. */
async function switchTo(
  files: OpenFiles,
  staged: Staged,
  manifest: Manifest,
  signal?: AbortSignal,
): Promise<void> {
  const top = manifestOf(staged.uri);
  const folder = splitUri(staged.target).name;
  const before = await readSmall(files, top, signal);
  const old = before === undefined ? undefined : parseManifest(before, top);
  const replaces = old?.folder === folder ? old.replaces : old?.folder;
  const text = manifestText({
    version: 1,
    folder,
    ...(replaces !== undefined && { replaces }),
    files: manifest.files,
  });
  if (text === before) return;
  if (staged.mode === "error" && old !== undefined && old.folder !== folder) {
    throw fileError("FILE_EXISTS", `Cannot write "${top}": it is there already`);
  }
  await files.write(top, text, {}, signal);
  const outdated = old?.folder === folder ? undefined : old?.replaces;
  if (outdated !== undefined && outdated !== folder && DERIVED.test(outdated)) {
    await files.remove(childUri(staged.uri, outdated), signal);
  }
}

/** Names that staging derives; others are never removed. */
const DERIVED = /^[A-Za-z0-9_][A-Za-z0-9_-]*-[0-9a-f]{16}(?:\.[A-Za-z0-9._-]*)?$/;

function gone({ target, place }: Staged): Error {
  return fileError(
    "STAGED_GONE",
    `Cannot publish "${target}": what was staged at "${place}" is not there any more`,
    {
      hint: "The component has to run again.",
    },
  );
}
