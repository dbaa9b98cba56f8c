import { sha256 } from "../../base/mod.ts";
import { fileError } from "../file-error.ts";
import { childUri } from "../file-uri.ts";
import { HdfsFiles } from "../hdfs-files.ts";
import { syncFile } from "../local-files.ts";
import type { OpenFiles } from "../open-data-files.ts";
import { folderManifest, manifestText } from "./manifest.ts";
import { bucketOf, dropSpool, keyIn, localPath, manifestOf } from "./stage.ts";
import type { Staged } from "./staged.ts";

/**
 * Brings what the component wrote to its place, whole and on the disk, and says what is there. After that it can be
 * published by anybody who knows the answer.
 *
 * @throws FILE_MISSING where nothing was written
 */
export async function fillStaged(files: OpenFiles, staged: Staged, signal?: AbortSignal): Promise<Staged> {
  const filled =
    staged.kind === "file" ? await fillFile(files, staged, signal) : await fillFolder(files, staged, signal);
  await dropSpool(staged);
  return { ...staged, filled };
}

type Filled = NonNullable<Staged["filled"]>;

async function fillFile(files: OpenFiles, staged: Staged, signal?: AbortSignal): Promise<Filled> {
  const path = localPath(staged);
  const written = await files.stat(path);
  if (written?.kind !== "file") {
    throw fileError("FILE_MISSING", `Cannot publish "${staged.uri}": nothing was written to it`, {
      hint: "Write to output.path or with output.write(…), or give the output up with output.discard().",
    });
  }
  if (staged.upload !== undefined) {
    const upload = { ...staged.upload, key: keyIn(staged.target) };
    await (await bucketOf(files, staged.target)).uploads.send(upload, files.read(path, {}, signal), signal);
    return { size: written.size, token: upload.writer };
  }
  if (staged.spool !== undefined) {
    const remote = await files.remote(staged.place);
    if (!(remote instanceof HdfsFiles)) throw new TypeError(`"${staged.place}" is in no cluster`);
    await remote.fill(staged.place, files.read(path, {}, signal), signal);
    const { size = 0, token = "" } = (await files.stat(staged.place, signal)) ?? {};
    return { size, token };
  }
  await syncFile(path);
  return { size: written.size, token: written.token };
}

async function fillFolder(files: OpenFiles, staged: Staged, signal?: AbortSignal): Promise<Filled> {
  const path = localPath(staged);
  for (const file of await files.list(path, { recursive: true }, signal)) {
    if (staged.spool === undefined) await syncFile(file.uri);
    else {
      const name = file.uri.slice(path.length + 1);
      await files.write(childUri(staged.place, name), files.read(file.uri, {}, signal), {}, signal);
    }
  }
  // What a cluster wrote there itself is part of it.
  const text = manifestText(await folderManifest(files, staged.place, signal));
  await files.write(manifestOf(staged.place), text, {}, signal);
  return { size: Buffer.byteLength(text), token: sha256(text) };
}
