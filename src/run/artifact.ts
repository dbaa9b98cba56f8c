import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { CairnError, messageOf } from "../base/mod.ts";
import type { Artifact } from "../checkpoint/mod.ts";
import type { OpenFiles } from "../files/mod.ts";
import type { ArtifactOptions } from "../sdk/mod.ts";

/** What gives data by URI, opened when it is needed. */
type Files = () => Promise<Pick<OpenFiles, "stat">>;

const REMOTE = /^(?!file:)[A-Za-z][A-Za-z0-9+.-]+:/i;

/** The absolute path that a path or `file:` URI names. */
function localPath(pathOrUri: string, cwd: string): string {
  return pathOrUri.startsWith("file:") ? fileURLToPath(pathOrUri) : resolve(cwd, pathOrUri);
}

function isMissing(thrown: unknown): boolean {
  const code: unknown = thrown instanceof Error ? Reflect.get(thrown, "code") : undefined;
  return code === "ENOENT" || code === "ENOTDIR";
}

async function hashOf(path: string): Promise<string> {
  const hash = new Bun.CryptoHasher("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk as Uint8Array);
  return hash.digest("hex");
}

/** Size and modification token of a file or folder, as an {@link Artifact} keeps them. */
async function look(path: string, files: Files): Promise<{ readonly size: number; readonly token: string }> {
  if (REMOTE.test(path)) {
    const found = await (await files()).stat(path);
    if (found !== undefined) return { size: found.size, token: found.token };
    throw Object.assign(new Error(`nothing is at ${path}`), { code: "ENOENT" });
  }
  const facts = await stat(path, { bigint: true });
  return { size: Number(facts.size), token: String(facts.mtimeNs) };
}

/** Records a file or object as it is now. Throws ARTIFACT_MISSING where it is not there, FILE_SCHEME_UNKNOWN, FILE_URI_INVALID. */
export async function recordArtifact(
  pathOrUri: string,
  options: ArtifactOptions,
  cwd: string,
  files: Files,
): Promise<Artifact> {
  const isRemote = REMOTE.test(pathOrUri);
  const path = isRemote ? pathOrUri : localPath(pathOrUri, cwd);
  try {
    const { size, token } = await look(path, files);
    return {
      uri: path,
      size,
      token,
      ...(options.hash === true && !isRemote ? { hash: await hashOf(path) } : {}),
      ...(options.consumed === true ? { consumed: true } : {}),
    };
  } catch (thrown) {
    if (thrown instanceof CairnError) throw thrown;
    throw new CairnError(
      `Cannot declare the artifact ${path}: ${isMissing(thrown) ? "there is no such file" : messageOf(thrown)}`,
      {
        code: isMissing(thrown) ? "ARTIFACT_MISSING" : "ARTIFACT_UNREADABLE",
        kind: "world",
        hint: "Declare a file after it has been written and closed.",
        cause: thrown,
      },
    );
  }
}

/**
 * Whether a declared file is still what it was. A recorded hash decides over the modification time.
 * Throws ARTIFACT_UNREADABLE where that can't be told, which is not "missing".
 */
export async function checkArtifact(
  artifact: Artifact,
  files: Files,
): Promise<"same" | "changed" | "missing"> {
  try {
    const { size, token } = await look(artifact.uri, files);
    if (size !== artifact.size) return "changed";
    if (token === artifact.token) return "same";
    if (artifact.hash === undefined) return "changed";
    return (await hashOf(artifact.uri)) === artifact.hash ? "same" : "changed";
  } catch (thrown) {
    if (isMissing(thrown)) return "missing";
    throw new CairnError(`Cannot check the artifact ${artifact.uri}: ${messageOf(thrown)}`, {
      code: "ARTIFACT_UNREADABLE",
      kind: "world",
      hint: "Make it readable, or start anew with --fresh.",
      cause: thrown,
    });
  }
}
